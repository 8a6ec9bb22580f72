import { readControl } from '../../sql/control.ts'
import { scopeOf, suffixOf } from '../activation/context.ts'
import { memberKeyName } from '../activation/identity.ts'
import { createState, versionOf } from '../activation/state.ts'
import type { Activation, Configuration } from '../config/activation.ts'
import { connectorVersion } from '../version.ts'
import { openWarehouse } from '../warehouse/registry.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { clockOffset } from './run-all.ts'

/** What the warehouse says of the tables of Tidemark. */
export interface StateFound {
  /** Tried out; false where no activation is there to try it for. */
  readonly writable: boolean
  /** Audiences that the ledger knows, by activation. */
  readonly audiences: ReadonlyMap<string, string>
}

/** A name that no activation has, for none has two points. */
const rehearsed = 'doctor.rehearsal.only'

/** Makes and writes what a run does, and undoes it. Throws what a run would stop with. */
export const examineState = async (configuration: Configuration): Promise<StateFound> => {
  const warehouse = await openWarehouse(configuration.warehouse, { readOnly: true })
  try {
    const { activations } = configuration
    const [first] = activations
    if (first !== undefined) await rehearse(configuration, warehouse, first)
    const known = await Promise.all(
      activations.map(async (one) => [one.name, await audienceOf(configuration, warehouse, one)] as const),
    )
    return {
      writable: first !== undefined,
      audiences: new Map(known.flatMap(([name, id]) => (id === null ? [] : [[name, id] as const]))),
    }
  } finally {
    await warehouse.close()
  }
}

const stateOf = ({ warehouse: { schema } }: Configuration, warehouse: Warehouse, activation: Activation) => {
  const suffix = suffixOf(activation.name)
  return { warehouse, schema, suffix, scope: scopeOf({ activation, warehouse, schema, ...clockOffset() }, suffix, '0') }
}

const rehearse = async (configuration: Configuration, warehouse: Warehouse, activation: Activation): Promise<void> => {
  const state = stateOf(configuration, warehouse, { ...activation, name: rehearsed })
  await warehouse.rehearse(() => createState(state, memberKeyName(activation.segment.memberKey), connectorVersion()))
}

const audienceOf = async (
  configuration: Configuration,
  warehouse: Warehouse,
  activation: Activation,
): Promise<string | null> => {
  const state = stateOf(configuration, warehouse, activation)
  if ((await versionOf(state)) === null) return null
  const [control] = await warehouse.rows('control', readControl(state.scope))
  return control?.audience_id ?? null
}
