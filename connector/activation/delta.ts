import { countOutside, countTouchedOutside, createOutside, findAgain, findTouched } from '../../sql/again.ts'
import { createOthers, leaveArrivals } from '../../sql/arrivals.ts'
import { fillHeld, fillMembersBefore } from '../../sql/before.ts'
import { createDeltaViews, fillDelta, findDropped, findGone, findHolders, findSharers } from '../../sql/delta.ts'
import { fillDeltaMembers } from '../../sql/delta-members.ts'
import { renewalAgeDays } from '../../sql/due.ts'
import {
  compareSegment,
  compareWithNothing,
  countCompared,
  createChangedMembers,
  currentMembers,
} from '../../sql/fingerprint.ts'
import { countValues } from '../../sql/guards.ts'
import { normalisationVersion } from '../../sql/normalise.ts'
import { createPlaceholders } from '../../sql/placeholders.ts'
import { createRunTables } from '../../sql/run-tables.ts'
import { dropScratch, type Scope } from '../../sql/scope.ts'
import {
  countPersonalKeys,
  countReadMembers,
  countSeveral,
  createOversized,
  createSeveral,
  createWanted,
  createWantedRows,
  dropOversized,
  fillRejections,
  type MappedColumn,
  maxIdentifiers,
  readColumns,
  readMembers,
  sourceColumns,
} from '../../sql/wanted.ts'
import type { Activation } from '../config/activation.ts'
import { quote } from '../config/problems.ts'
import type { Destination } from '../destination/destination.ts'
import type { Row, Statement, Warehouse } from '../warehouse/warehouse.ts'
import { mappingSeed } from './context.ts'
import { type DeltaMeasures, measure, number, type SegmentMeasures } from './measures.ts'
import { exits, RunStopped } from './stop.ts'

/** What steps 4 to 9 work with; `plan` gives it scratch tables only. */
export interface DeltaContext {
  readonly activation: Activation
  readonly destination: Destination
  readonly columns: readonly MappedColumn[]
  readonly warehouse: Warehouse
  readonly scope: Scope
  /** The ledger has no row, neither of a member nor of an identifier. */
  readonly ledgerIsEmpty: boolean
  readonly full: boolean
  readonly retryRefused?: boolean
  /** Nothing may stay in the warehouse. */
  readonly dry: boolean
}

const one = async (context: DeltaContext, step: string, statement: Statement): Promise<Row | undefined> =>
  (await context.warehouse.rows(step, statement))[0]

export const all = async (context: DeltaContext, step: string, statements: readonly Statement[]): Promise<void> => {
  for (const statement of statements) await context.warehouse.execute(step, statement)
}

const seedOf = (context: DeltaContext) => ({ mapping: mappingSeed(context.columns), version: normalisationVersion })

/** Step 4: reads the segment once, narrowly, and finds K. */
export const compareWithLedger = async (context: DeltaContext): Promise<SegmentMeasures> => {
  const { scope, activation, columns, full, ledgerIsEmpty } = context
  const current = currentMembers(scope, activation.segment, sourceColumns(columns), seedOf(context))
  const compare = ledgerIsEmpty ? [compareWithNothing(scope, activation.segment)] : compareSegment(scope, current, full)
  await all(context, 'compare', compare)
  await all(context, 'due', createChangedMembers(scope))
  const counted = await one(context, 'compare', countCompared(scope))
  return {
    rows: number(counted, 'all_rows'),
    nullKeys: number(counted, 'null_keys'),
    changed: number(counted, 'members'),
  }
}

/** Throws RunStopped (78) where the keys of changed members are personal. */
export const checkKeys = async (context: DeltaContext): Promise<void> => {
  const { scope, activation } = context
  if (activation.segment.memberKey.hash) return
  const personal = number(await one(context, 'compare', countPersonalKeys(scope)), 'members')
  if (personal > 0) throw personalKeys(activation, personal)
}

const personalKeys = ({ segment }: Activation, members: number): RunStopped =>
  new RunStopped(
    exits.configuration,
    'personal_member_key',
    `Segment ${segment.name}: the member key ${quote(segment.memberKey.column)} holds e-mail addresses or phone numbers (${members} of the changed members); write member_key: { column: ${quote(segment.memberKey.column)}, hash: true }.`,
  )

/** Steps 5 and 6: the one read of the changed members, and what lies between them and the ledger. */
export const findDelta = async (context: DeltaContext, measured: SegmentMeasures): Promise<DeltaMeasures> => {
  const { scope, activation, destination, columns, warehouse, dry } = context
  const layout = destination.layout('', activation.destination.request)
  const views = createDeltaViews(scope, layout, columns, dry)
  // One transaction: each of these by itself would wait for the disk.
  if (!dry) await warehouse.transaction('delta', [...createRunTables(scope, readColumns(columns)), ...views])
  await all(context, 'read_members', readMembers(scope, activation.segment, columns, seedOf(context), dry))
  const read = await one(context, 'read_members', countReadMembers(scope))
  const repeats = {
    rows: read?.single !== 'true',
    columns: new Set(columns.map((c) => c.type)).size < columns.length || columns.length > maxIdentifiers,
  }
  await all(context, 'wanted', [
    createSeveral(scope, repeats),
    createWantedRows(scope, columns, repeats),
    createOversized(scope),
    dropOversized(scope),
    createWanted(scope, columns, repeats),
  ])
  const severalRows = repeats.rows ? number(await one(context, 'wanted', countSeveral(scope)), 'members') : 0
  await all(context, 'rejections', [fillRejections(scope, columns, measured.nullKeys, dry)])
  await all(context, 'delta', [
    ...findDropped(scope),
    findSharers(scope, context.ledgerIsEmpty),
    createPlaceholders(scope, { changed: measured.changed * columns.length, full: context.full, dry }),
    findHolders(scope),
    ...findGone(scope, context.retryRefused ?? false),
    findTouched(scope),
  ])
  await reachOutside(context)
  await all(context, 'delta', [
    createOthers(scope, columns, repeats, dry),
    fillDelta(scope, layout, { full: context.full, renewAfterDays: renewAfterDays(context) }, dry),
    fillDeltaMembers(scope, columns, !repeats.rows, dry),
    ...(dry ? views : []),
  ])
  const values = await one(context, 'guards', countValues(scope, columns, !(context.ledgerIsEmpty || context.full)))
  await all(context, 'delta', [leaveArrivals(scope)])
  const measures = await measure(context, values)
  await all(context, 'clean_up', [
    ...(['wanted', 'read_members', 'changed_members'] as const).map((view) =>
      scope.dialect.dropScratchView(scope.scratch(view)),
    ),
    ...dropScratch(scope, deltaScratch),
  ])
  return { ...measures, severalRows }
}

/** Members outside K whom the delta reaches: the whole ledger is looked at for them only where there are any. */
const reachOutside = async (context: DeltaContext): Promise<void> => {
  const { scope, destination, ledgerIsEmpty, dry } = context
  const { removesPersons } = destination
  const some = async (count: Statement): Promise<boolean> =>
    !ledgerIsEmpty && number(await one(context, 'delta', count), 'members') > 0
  const reach = { removesPersons, outside: removesPersons && (await some(countTouchedOutside(scope))) }
  await all(context, 'delta', [...findAgain(scope, reach), createOutside(scope)])
  const outside = await some(countOutside(scope))
  await all(context, 'delta', [fillHeld(scope, outside, dry), fillMembersBefore(scope, dry)])
}

/** Everything of steps 4 to 6 but the run tables. */
const deltaScratch = [
  'current_members',
  'compared',
  'wanted_rows',
  'several',
  'others',
  'placeholders',
  'oversized',
  'changed_or_kept',
  'dropped',
  'candidates',
  'sharers',
  'holders',
  'unwanted',
  'waiting_members',
  'gone',
  'touched',
  'exposed',
  'again_members',
  'outside',
] as const

const renewAfterDays = ({ destination, activation }: DeltaContext): number | null => {
  const days = destination.membershipDays(activation.destination)
  return days === null ? null : renewalAgeDays(days)
}
