import { readVersion } from '../../sql/control.ts'
import { migrations } from '../../sql/migrations.ts'
import type { Scope } from '../../sql/scope.ts'
import {
  addSharedColumns,
  createSchema,
  createShared,
  createViews,
  listSharedColumns,
  readMaker,
  readSharedVersion,
  recordVersion,
} from '../../sql/shared.ts'
import { activationState, copyState, listState, stateExists, stateVersion } from '../../sql/state.ts'
import { catalogueRows, hasSchema } from '../warehouse/catalogue.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { exits, RunStopped } from './stop.ts'

/** Which version of the state an activation has, and what activations share (design section 7). */
export interface StateRequest {
  readonly warehouse: Warehouse
  /** Schema of the public tables. */
  readonly schema: string
  readonly suffix: string
  readonly scope: Scope
}

/** The version of an activation's state; null where it has none. Throws RunStopped (78) where a newer Tidemark made it. */
export const versionOf = async ({ warehouse, schema, suffix, scope }: StateRequest): Promise<number | null> => {
  const [row] = await catalogueRows(warehouse, 'state', stateExists(warehouse.dialect, schema, suffix))
  if (!(Number(row?.there) > 0)) return null
  const [control] = await warehouse.rows('state', readVersion(scope))
  const version = Number(control?.state_version)
  if (version <= stateVersion) return version
  const [maker] = Number(row?.recorded) > 0 ? await warehouse.rows('state', readMaker(scope)) : []
  throw newerState(scope.activation, version, maker?.connector_version ?? null)
}

const newerState = (activation: string, version: number, maker: string | null): RunStopped => {
  const wayOut =
    maker === null
      ? `Use the version that ran it last (connector_version in the table runs) or a newer one`
      : `Use Tidemark ${maker} or newer`
  return new RunStopped(
    exits.configuration,
    'newer_state',
    `The state of ${activation} is of version ${version}, and this Tidemark knows versions up to ${stateVersion}: a newer one has run it. Nothing was changed. ${wayOut}.`,
  )
}

/** Makes what is missing of an activation without a state. Any number may do so at once. */
export const createState = async (
  request: StateRequest,
  memberKey: string,
  connectorVersion: string,
): Promise<void> => {
  const { warehouse, scope } = request
  await upgradeShared(request, connectorVersion)
  for (const statement of activationState(
    scope,
    memberKey,
    recordVersion(scope, 'activation', stateVersion, connectorVersion),
  ))
    await warehouse.execute('state', statement)
}

/**
 * Brings what activations share to this version: without a lease, for it only gains tables and columns. What a newer
 * version made stays as it is.
 */
export const upgradeShared = async (request: StateRequest, connectorVersion: string): Promise<void> => {
  const { warehouse, schema, suffix, scope } = request
  const [row] = await catalogueRows(warehouse, 'state', stateExists(warehouse.dialect, schema, suffix))
  const [known] = Number(row?.recorded) > 0 ? await warehouse.rows('state', readSharedVersion(scope)) : []
  if (Number(known?.version ?? 0) >= stateVersion) return
  const execute = async (statements: readonly ReturnType<typeof createShared>[number][]): Promise<void> => {
    for (const statement of statements) await warehouse.execute('state', statement)
  }
  for (const name of [schema, `${schema}_state`])
    if (!(await hasSchema(warehouse, 'state', name))) await execute([createSchema(name)])
  await execute(createShared(scope))
  const there = await sharedColumns(request)
  await execute(addSharedColumns(scope, (table, column) => there.has(`${table}.${column}`)))
  await execute(createViews(scope))
  await execute([recordVersion(scope, 'shared', stateVersion, connectorVersion)])
}

/** `table.column` of what activations share, as it is. */
export const sharedColumns = async ({ warehouse, schema }: StateRequest): Promise<ReadonlySet<string>> => {
  const rows = await catalogueRows(warehouse, 'state', listSharedColumns(warehouse.dialect, schema))
  return new Set(rows.map(({ table_name, column_name }) => `${table_name}.${column_name}`))
}

/**
 * For commands that change nothing: an older state as this version has it, copied to scratch tables and migrated there.
 * `scratch`: the activation's scope with state tables that are scratch tables.
 */
export const copyAsCurrent = async (request: StateRequest, scratch: Scope, version: number): Promise<void> => {
  const { warehouse, schema, suffix, scope } = request
  const rows = await catalogueRows(warehouse, 'state', listState(warehouse.dialect, schema, suffix))
  const there = new Set(rows.map(({ table_name }) => table_name))
  const steps = migrations.filter((step) => step.version > version)
  const copies = copyState(scope, scratch, (table) => there.has(`${table}_${suffix}`))
  for (const statement of [...copies, ...steps.flatMap((step) => step.activation(scratch))])
    await warehouse.execute('state', statement)
}
