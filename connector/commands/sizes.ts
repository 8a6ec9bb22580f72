import { readControl } from '../../sql/control.ts'
import { insertSize } from '../../sql/sizes.ts'
import { stateVersion } from '../../sql/state.ts'
import { scopeOf, suffixOf } from '../activation/context.ts'
import { upgradeShared, versionOf } from '../activation/state.ts'
import { type Exit, exits, RunStopped } from '../activation/stop.ts'
import { stopOf } from '../activation/stop-of.ts'
import type { Activation, Configuration } from '../config/activation.ts'
import { contractOf } from '../destination/registry.ts'
import { connectorVersion } from '../version.ts'
import { openWarehouse } from '../warehouse/registry.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { type Ask, askOf } from './ask.ts'
import { type Answer, answerWith } from './document.ts'
import { percentOf, rateOf } from './match-rate.ts'
import { clockOffset } from './run-all.ts'
import { checkSelection, configured, type SelectionOptions, selected, withoutCredentials } from './selection.ts'
import { worstExit } from './summary.ts'
import { renderTable } from './table.ts'
import { openWaits } from './waits.ts'

export interface SizesOptions extends SelectionOptions {
  readonly config: string
  readonly json?: boolean
}

/** What was found of one activation. */
interface Size {
  readonly activation: string
  readonly audience_id: string | null
  readonly platform_size: number | null
  readonly ledger_members: number | null
  readonly notes: readonly string[]
  readonly error: { readonly code: string; readonly message: string } | null
  readonly exit: 0 | Exit
}

/** `tidemark sizes`: asks the platforms how large the audiences are, and notes it in `audience_sizes`. */
export const sizes = async (names: readonly string[], options: SizesOptions): Promise<number> => {
  checkSelection(names, options)
  return answerWith('tidemark.sizes/1', options, async () => {
    const { configuration, activations, missing } = await configured(options.config, (all) =>
      selected(all, names, options),
    )
    const warehouse = await openWarehouse(configuration.warehouse)
    try {
      const found: Size[] = []
      const asks = new Map<string, Ask>()
      const waits = openWaits()
      // One after the other: an ad account has one pace, and sizes are in no hurry.
      for (const activation of activations) {
        const { destination } = activation
        const ask = asks.get(destination.name) ?? askOf(destination, waits)
        asks.set(destination.name, ask)
        const stop = withoutCredentials(missing, activation)
        const size = stop ? Promise.reject(stop) : observe(configuration, warehouse, activation, ask)
        found.push(await size.catch((error) => unknown(activation, error)))
      }
      return answer(found)
    } finally {
      await warehouse.close()
    }
  })
}

/** What goes wrong with one audience says nothing of the others. */
const unknown = (activation: Activation, error: unknown): Size => {
  const { code, message, exit } = stopOf(error)
  return {
    activation: activation.name,
    audience_id: null,
    platform_size: null,
    ledger_members: null,
    notes: [],
    error: { code, message },
    exit,
  }
}

const observe = async (
  { warehouse: { schema } }: Configuration,
  warehouse: Warehouse,
  activation: Activation,
  ask: Ask,
): Promise<Size> => {
  const suffix = suffixOf(activation.name)
  const scope = scopeOf({ activation, warehouse, schema, ...clockOffset() }, suffix, '0')
  const state = { warehouse, schema, suffix, scope }
  const version = await versionOf(state)
  const none = { activation: activation.name, platform_size: null, ledger_members: null, error: null, exit: 0 } as const
  if (version === null) return { ...none, audience_id: null, notes: ['it has never run'] }
  if (version < stateVersion) throw olderState(activation.name)
  const [control = {}] = await warehouse.rows('control', readControl(scope))
  const audienceId = control.audience_id ?? null
  const ledgerMembers = Number(control.ledger_members)
  if (audienceId === null) return { ...none, audience_id: null, notes: ['it has no audience yet'] }
  const inspect = contractOf(activation.destination).account(activation.destination).inspectAudience
  if (!inspect)
    return { ...none, audience_id: audienceId, ledger_members: ledgerMembers, notes: ['its platform tells no sizes'] }
  const { size, notes } = await ask(inspect(audienceId), `asking for the size of audience ${audienceId}`)
  await upgradeShared(state, connectorVersion())
  const observation = { size, notes: notes.length === 0 ? null : notes.join('; ') }
  await warehouse.execute('sizes', insertSize(scope, audienceId, observation))
  return { ...none, audience_id: audienceId, platform_size: size, ledger_members: ledgerMembers, notes }
}

const olderState = (activation: string): RunStopped =>
  new RunStopped(
    exits.configuration,
    'older_state',
    `The state of ${activation} is of an older version of Tidemark; run it once with this one: tidemark run ${activation}`,
  )

const answer = (found: readonly Size[]): Answer => ({
  document: { sizes: found.map(({ exit, ...size }) => ({ ...size, match_rate: rateOf(size) })) },
  text: [
    renderTable(
      found.map((size) => ({
        activation: size.activation,
        audience: size.audience_id,
        'size there': size.platform_size,
        'members in the ledger': size.ledger_members,
        matched: percentOf(size),
      })),
    ),
    ...found.flatMap(({ activation, notes, error }) =>
      [...notes, ...(error === null ? [] : [error.message])].map((note) => `${activation}: ${note}`),
    ),
  ].join('\n'),
  exit: worstExit(found.map(({ exit }) => exit)),
})
