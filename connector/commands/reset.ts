import { randomUUID } from 'node:crypto'
import { createScope } from '../../sql/scope.ts'
import { stateVersion } from '../../sql/state.ts'
import { suffixOf } from '../activation/context.ts'
import { type ForgetRequest, forget, type Memory, recall } from '../activation/forget.ts'
import { copyAsCurrent, versionOf } from '../activation/state.ts'
import type { Configuration } from '../config/activation.ts'
import { loadWithMissing, type MissingCredentials } from '../config/missing.ts'
import { createLog } from '../log.ts'
import { connectorVersion } from '../version.ts'
import { openWarehouse } from '../warehouse/registry.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { answerWith } from './document.ts'
import { forgotten, mayForget, nothing, type Seen, wouldForget } from './reset-text.ts'
import { clockOffset } from './run-all.ts'
import { standingOf, unasked } from './still-there.ts'
import { ownerOf } from './stored.ts'
import { withYes } from './with-yes.ts'

export interface ResetOptions {
  readonly config: string
  readonly json?: boolean
  readonly yes?: boolean
  readonly abandon?: boolean
}

const schema = 'tidemark.reset/1'

/** `tidemark reset`: forgets ledger and audience of one activation, so that its next run is a first sync. */
export const reset = (name: string, options: ResetOptions): Promise<number> =>
  withYes(schema, options, {
    look: () =>
      onRequest(name, options, { readOnly: true }, async (request) =>
        request === null ? nothing(name) : wouldForget(await seen(request, options), options),
      ),
    act: () =>
      answerWith(schema, options, () =>
        onRequest(name, options, { readOnly: false }, async (request) => {
          if (request === null) return nothing(name)
          const before = await seen(request, options)
          mayForget(before, options)
          await forget(request, (memory) => mayForget({ ...before, ...asItIs(before, memory) }, options))
          return forgotten(before)
        }),
      ),
  })

interface ResetRequest extends ForgetRequest {
  readonly missing: MissingCredentials
}

/** What would be forgotten. The platform is asked before the lease is taken, and not where the answer does not count. */
const seen = async (request: ResetRequest, { abandon }: ResetOptions): Promise<Seen> => {
  const { activation, missing } = request
  const memory = await recallAny(request)
  const known = memory.audienceId !== null || memory.intent !== null
  const standing = known && !abandon ? await standingOf(activation, missing, memory) : unasked
  return { name: request.scope.activation, activation, memory, standing }
}

/** The platform was asked about the audience that there was then. */
const asItIs = ({ memory: before, standing }: Seen, memory: Memory): Pick<Seen, 'memory' | 'standing'> => ({
  memory,
  standing: memory.audienceId === before.audienceId ? standing : unasked,
})

/** Opens the warehouse for `work`, which is given null where the activation has no state. */
const onRequest = async <T>(
  name: string,
  options: ResetOptions,
  open: { readonly readOnly: boolean },
  work: (request: ResetRequest | null) => Promise<T>,
): Promise<T> => {
  const { configuration, missing } = await loadWithMissing(options.config, process.env, 'needed')
  const warehouse = await openWarehouse(configuration.warehouse, open)
  try {
    await checkName(configuration, warehouse, name)
    const stateless = requestOf(configuration, warehouse, name, options)
    const version = await versionOf(stateless)
    return await work(version === null ? null : { ...stateless, version, missing })
  } finally {
    await warehouse.close()
  }
}

/** What a state of any version remembers: nothing may be migrated before it is sure that it is to be forgotten. */
const recallAny = async (request: ForgetRequest): Promise<Memory> => {
  const { version, warehouse } = request
  if (version === stateVersion) return recall(request)
  const scope = createScope({ ...scopeOptions(warehouse, request.schema, request.scope.activation), stateless: true })
  return warehouse.withScratch(async () => {
    await copyAsCurrent(request, scope, version)
    return recall({ warehouse, scope })
  })
}

const scopeOptions = ({ dialect }: Warehouse, schema: string, name: string) => ({
  dialect,
  schema,
  activation: name,
  suffix: suffixOf(name),
  fence: '0',
  ...clockOffset(),
})

const requestOf = (
  configuration: Configuration,
  warehouse: Warehouse,
  name: string,
  options: ResetOptions,
): Omit<ForgetRequest, 'version'> => {
  const { schema } = configuration.warehouse
  const suffix = suffixOf(name)
  return {
    activation: configuration.activations.find((a) => a.name === name) ?? null,
    scope: createScope(scopeOptions(warehouse, schema, name)),
    suffix,
    warehouse,
    schema,
    leaseSeconds: configuration.run.leaseSeconds,
    resetId: `reset/${randomUUID()}`,
    connectorVersion: connectorVersion(),
    log: createLog(process.stderr.isTTY && !options.json ? 'text' : 'json'),
  }
}

/** Names of the file, and of what has state in the warehouse: whoever took an activation out must be able to forget it. */
const checkName = async (configuration: Configuration, warehouse: Warehouse, name: string): Promise<void> => {
  if (configuration.activations.some((a) => a.name === name)) return
  await ownerOf(warehouse, configuration.warehouse.schema, name)
}
