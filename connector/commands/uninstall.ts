import { dropObject, dropSchema, isOurs, listObjects, readLeases } from '../../sql/uninstall.ts'
import { exits, RunStopped } from '../activation/stop.ts'
import { loadConfiguration, UsageError } from '../config/load.ts'
import { counted } from '../plural.ts'
import { catalogueRows, controlTables, ownersOf } from '../warehouse/catalogue.ts'
import { openWarehouse } from '../warehouse/registry.ts'
import { type Warehouse, WarehouseError } from '../warehouse/warehouse.ts'
import { type Answer, answerWith } from './document.ts'
import { type Proposal, withYes } from './with-yes.ts'

export interface UninstallOptions {
  readonly config: string
  readonly json?: boolean
  readonly yes?: boolean
  readonly abandon?: boolean
}

interface Found {
  readonly schema: string
  readonly name: string
  readonly isView: boolean
}

const schema = 'tidemark.uninstall/1'

/** `tidemark uninstall`: drops every table and view of Tidemark, and its schemas where nobody else has anything in them. */
export const uninstall = (options: UninstallOptions): Promise<number> =>
  withYes(schema, options, {
    look: () =>
      onObjects(options, { readOnly: true }, async (warehouse, name, objects) =>
        objects.length === 0 ? nothing(name) : wouldDrop(objects, await stayers(warehouse, name), options),
      ),
    act: () =>
      answerWith(schema, options, () =>
        onObjects(options, { readOnly: false }, async (warehouse, name, objects) => {
          if (objects.length === 0) return nothing(name)
          nobodyStays(await stayers(warehouse, name), options)
          await dropAll(warehouse, objects)
          return dropped(objects, await dropSchemas(warehouse, name))
        }),
      ),
  })

/** Opens the warehouse for `work`, which is given the schema and what is ours. Throws RunStopped (75) while a run is at work. */
const onObjects = async <T>(
  { config }: UninstallOptions,
  open: { readonly readOnly: boolean },
  work: (warehouse: Warehouse, schema: string, objects: readonly Found[]) => Promise<T>,
): Promise<T> => {
  const { warehouse: settings } = await loadConfiguration(config, process.env, {
    credentials: 'may_be_missing',
    accounts: 'may_be_missing',
  })
  const warehouse = await openWarehouse(settings, open)
  try {
    const objects = await listOurs(warehouse, settings.schema)
    if (objects.length > 0) await nobodyRuns(warehouse, settings.schema)
    return await work(warehouse, settings.schema, objects)
  } finally {
    await warehouse.close()
  }
}

/** Views before the tables they read. */
const listOurs = async (warehouse: Warehouse, schema: string): Promise<readonly Found[]> => {
  const found: Found[] = []
  for (const name of [schema, `${schema}_state`]) {
    const rows = await catalogueRows(warehouse, 'uninstall', listObjects(warehouse.dialect, name))
    found.push(...rows.map((row) => ({ schema: name, name: row.table_name ?? '', isView: row.is_view === 'true' })))
  }
  return found.filter((object) => isOurs(schema, object)).sort((a, b) => Number(b.isView) - Number(a.isView))
}

/** Throws RunStopped (75) while a run is at work. */
const nobodyRuns = async (warehouse: Warehouse, schema: string): Promise<void> => {
  const tables = await controlTables(warehouse, schema)
  if (warehouse.opensAlone || tables.length === 0) return
  const scope = { dialect: warehouse.dialect, now: warehouse.dialect.now() }
  const live = (await warehouse.rows('state', readLeases(scope, schema, tables))).filter(
    (row) => Number(row.lease_ms) > 0,
  )
  if (live.length === 0) return
  const names = live.map((row) => row.activation ?? '').join(', ')
  throw new RunStopped(exits.tryAgain, 'lease_held', `Runs are at work (${names}); wait for them. Nothing was dropped.`)
}

/** The activations whose people would stay in audiences of whom nobody would know any more. */
const stayers = async (warehouse: Warehouse, schema: string): Promise<readonly string[]> => {
  const owners = await ownersOf(warehouse, schema)
  return owners.filter((row) => row.holds_something === 'true').map((row) => row.activation ?? '')
}

const leaves = (names: readonly string[]): string =>
  `${names.join(', ')} would leave people in audiences of whom nobody would know. Remove them first (${names.map((name) => `tidemark empty ${name} --yes`).join(', ')}), and leave the audiences`

/** Throws UsageError where there are any and nobody said to abandon them. */
const nobodyStays = (names: readonly string[], { abandon }: UninstallOptions): void => {
  if (abandon || names.length === 0) return
  throw new UsageError(`nothing was dropped: ${leaves(names)}: tidemark uninstall --yes --abandon`)
}

/** All or nothing. Throws RunStopped (78) where something of others depends on ours. */
const dropAll = async (warehouse: Warehouse, objects: readonly Found[]): Promise<void> => {
  try {
    await warehouse.transaction('uninstall', objects.map(dropObject))
  } catch (error) {
    if (!(error instanceof WarehouseError) || error.code !== 'warehouse_depends') throw error
    const says =
      'Something of others, a view perhaps, depends on a table or view of Tidemark; drop it first. Nothing was dropped.'
    throw new RunStopped(exits.configuration, error.code, says)
  }
}

/** Schemas that are left because something of others stands in them, or may do so. */
const dropSchemas = async (warehouse: Warehouse, schema: string): Promise<readonly string[]> => {
  const names = [`${schema}_state`, schema]
  if (warehouse.dialect.catalogue.dropsFullSchemas) return names
  const left: string[] = []
  for (const name of names) {
    try {
      await warehouse.execute('uninstall', dropSchema(name))
    } catch (error) {
      if (!(error instanceof WarehouseError) || error.fault === 'later') throw error
      left.push(name)
    }
  }
  return left
}

const namesOf = (objects: readonly Found[]): readonly string[] => objects.map(({ schema, name }) => `${schema}.${name}`)

const nothing = (name: string): Answer & Proposal => ({
  document: { done: false, dropped: [], schemas_left: [], error: null },
  text: `There is nothing of Tidemark in the schemas ${name} and ${name}_state.`,
  exit: 0,
  words: null,
  yesIsEnough: false,
})

const wouldDrop = (objects: readonly Found[], names: readonly string[], { abandon }: UninstallOptions): Proposal => ({
  document: { dropped: [], would_drop: namesOf(objects), schemas_left: [] },
  text: [
    'This would drop, with everything in it:',
    ...namesOf(objects).map((name) => `  ${name}`),
    ...(names.length === 0 ? [] : [`${leaves(names)}.`]),
  ].join('\n'),
  words: ['uninstall', '--yes', ...(names.length === 0 ? [] : ['--abandon'])],
  yesIsEnough: abandon === true || names.length === 0,
})

const dropped = (objects: readonly Found[], left: readonly string[]): Answer => ({
  document: { done: true, dropped: namesOf(objects), schemas_left: left, error: null },
  text: `Dropped ${counted(objects.length, 'table or view', 'tables and views')}.${left.map((name) => `\nThe schema ${name} is left: something else may stand in it, or it is not ours to drop.`).join('')}`,
  exit: 0,
})
