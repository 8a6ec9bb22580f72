import { randomUUID } from 'node:crypto'
import { createScope } from '../../sql/scope.ts'
import { stateVersion } from '../../sql/state.ts'
import { suffixOf } from '../activation/context.ts'
import { type ForgetRequest, forget, type Memory, recall } from '../activation/forget.ts'
import { copyAsCurrent, versionOf } from '../activation/state.ts'
import type { Configuration } from '../config/activation.ts'
import { loadConfiguration, UsageError } from '../config/load.ts'
import { createLog } from '../log.ts'
import { counted } from '../plural.ts'
import { connectorVersion } from '../version.ts'
import { openWarehouse } from '../warehouse/registry.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { type Answer, answerWith } from './document.ts'
import { clockOffset } from './run-all.ts'
import { ownerOf } from './stored.ts'
import { type Proposal, withYes } from './with-yes.ts'

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
        request === null ? nothing(name) : wouldForget(name, await recallAny(request), options),
      ),
    act: () =>
      answerWith(schema, options, () =>
        onRequest(name, options, { readOnly: false }, async (request) => {
          if (request === null) return nothing(name)
          const memory = await recallAny(request)
          mayForget(name, memory, options)
          await forget(request, (now) => mayForget(name, now, options))
          return forgotten(name, memory)
        }),
      ),
  })

/** Opens the warehouse for `work`, which is given null where the activation has no state. */
const onRequest = async <T>(
  name: string,
  options: ResetOptions,
  open: { readonly readOnly: boolean },
  work: (request: ForgetRequest | null) => Promise<T>,
): Promise<T> => {
  const configuration = await loadConfiguration(options.config, process.env, { credentials: 'may_be_missing' })
  const warehouse = await openWarehouse(configuration.warehouse, open)
  try {
    await checkName(configuration, warehouse, name)
    const stateless = requestOf(configuration, warehouse, name, options)
    const version = await versionOf(stateless)
    return await work(version === null ? null : { ...stateless, version })
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

/** Refused while an audience is known, since no platform is asked: its people would stay in it without anybody knowing. */
const mayForget = (name: string, { audienceId, intent }: Memory, { abandon }: ResetOptions): void => {
  if (abandon || (audienceId === null && intent === null)) return
  const audience = audienceId === null ? `"${intent}", which may exist by now,` : audienceId
  throw new UsageError(
    `${name} was not reset: the people in its audience ${audience} would stay there and nobody would know of them. Delete that audience on the platform or leave it as it is, then: tidemark reset ${name} --yes --abandon`,
  )
}

const counts = ({ identifiers, members }: Memory): string =>
  `a ledger of ${counted(identifiers, 'identifier')}, with ${counted(members, 'member')} in the audience`

const what = (memory: Memory): string => {
  const { audienceId, intent } = memory
  const audience = audienceId ?? (intent === null ? null : `"${intent}"`)
  return audience === null ? counts(memory) : `audience ${audience} and ${counts(memory)}`
}

const documentOf = (name: string, memory: Memory | null, done: boolean) => ({
  activation: name,
  done,
  audience_id: memory?.audienceId ?? null,
  identifiers: memory?.identifiers ?? 0,
  members: memory?.members ?? 0,
  error: null,
})

const nothing = (name: string): Answer & Proposal => ({
  document: documentOf(name, null, false),
  text: `${name} has never run: there is nothing to forget.`,
  exit: 0,
  words: null,
  yesIsEnough: false,
})

const wouldForget = (name: string, memory: Memory, { abandon }: ResetOptions): Proposal => {
  const known = memory.audienceId !== null || memory.intent !== null
  const stay = known ? ' The people in that audience stay there: no platform is called.' : ''
  return {
    document: documentOf(name, memory, false),
    text: `This would forget ${what(memory)}.${stay}`,
    words: ['reset', name, '--yes', ...(known ? ['--abandon'] : [])],
    yesIsEnough: abandon === true || !known,
  }
}

const forgotten = (name: string, memory: Memory): Answer => {
  const stay =
    memory.audienceId === null
      ? ''
      : ` Whoever is in audience ${memory.audienceId} stays there. A platform may refuse a second audience of its name, X even after the first is deleted: give the new one another audience.name.`
  return {
    document: documentOf(name, memory, true),
    text: `${name} has forgotten ${what(memory)}. Its next run is a first sync and makes a new audience.${stay}`,
    exit: 0,
  }
}
