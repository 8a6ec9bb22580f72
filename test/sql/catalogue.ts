import { destinations } from '../../connector/destination/registry.ts'
import * as again from '../../sql/again.ts'
import * as arrivals from '../../sql/arrivals.ts'
import * as batches from '../../sql/batches.ts'
import * as before from '../../sql/before.ts'
import * as bodies from '../../sql/bodies.ts'
import * as control from '../../sql/control.ts'
import * as delta from '../../sql/delta.ts'
import * as deltaMembers from '../../sql/delta-members.ts'
import type { Dialect } from '../../sql/dialect/dialect.ts'
import * as fingerprint from '../../sql/fingerprint.ts'
import * as guards from '../../sql/guards.ts'
import { migrations } from '../../sql/migrations.ts'
import type { Settlement } from '../../sql/outcomes.ts'
import * as placeholders from '../../sql/placeholders.ts'
import * as plan from '../../sql/plan.ts'
import * as receipts from '../../sql/receipts.ts'
import * as rejections from '../../sql/rejections.ts'
import * as reset from '../../sql/reset.ts'
import * as runTables from '../../sql/run-tables.ts'
import * as runs from '../../sql/runs.ts'
import * as sample from '../../sql/sample.ts'
import { createScope, createScratch, type Scope, type Sql } from '../../sql/scope.ts'
import * as segment from '../../sql/segment.ts'
import * as settle from '../../sql/settle.ts'
import * as shared from '../../sql/shared.ts'
import * as sizes from '../../sql/sizes.ts'
import * as state from '../../sql/state.ts'
import * as status from '../../sql/status.ts'
import * as takeOver from '../../sql/take-over.ts'
import * as trial from '../../sql/trial.ts'
import * as uninstall from '../../sql/uninstall.ts'
import type { MappedColumn } from '../../sql/wanted.ts'
import * as wanted from '../../sql/wanted.ts'

/** Every statement that Tidemark says to a warehouse, by a name: what reads or checks all of them begins here. */
export type Catalogue = Readonly<Record<string, readonly Sql[]>>

const hold = { runId: 'run-2', fence: '8' } as const
const seed = { mapping: 'mapping', version: 1 } as const
const columns: readonly MappedColumn[] = [
  { field: 'email', type: 'EMAIL_SHA256', column: 'work email', rule: 'email', format: 'auto' },
  { field: 'phone', type: 'PHONE_SHA256', column: 'phone', rule: 'phone', format: 'clear', defaultCountry: 'FR' },
]
/** Every rule and format once. */
const everyRule: readonly MappedColumn[] = (
  [
    ['email', 'auto_but_sha512'],
    ['email', 'auto_sha512'],
    ['phone', 'auto'],
    ['phone', 'clear'],
    ['device_id', 'sha256'],
    ['mobile_ad_id', 'auto'],
    ['x_user_id', 'sha512'],
    ['handle', 'clear'],
  ] as const
).map(([rule, format], n) => ({
  field: `f${n}`,
  type: `T${n}`,
  // The first two read one column, as where digests of two kinds are taken.
  column: `c${Math.max(n, 1)}`,
  rule,
  format,
  // A country of each row for one of them.
  ...(rule === 'phone' && format === 'clear' ? { countryColumn: 'country', defaultCountry: 'FR' } : {}),
}))
const people = {
  source: { relation: ['shop', 'people'] },
  where: [
    { column: 'country', operator: 'in', values: ['FR', 'DE'] },
    { column: 'spent', operator: 'at_least', value: 12.5 },
    { column: 'orders', operator: 'above', value: 3 },
    { column: 'active', operator: 'equals', value: true },
    { column: 'left_at', operator: 'is_null', value: true },
  ],
  memberKey: { column: 'id', hash: false },
} as const satisfies segment.SegmentSource
const written = {
  source: { sql: 'select * from people;' },
  where: [],
  memberKey: { column: 'id', hash: true },
} as const
const nobody = { source: { nobody: ['id', 'email'] }, where: [], memberKey: { column: 'id', hash: false } } as const

const run = {
  runId: 'run-2',
  runKey: 'key',
  segment: 'people',
  destination: 'tiktok',
  platform: 'tiktok_ads',
  accountId: '7',
  audienceName: 'People',
  status: 'succeeded',
  apiCalls: 3,
  apiRetries: 1,
  throttledMs: 0,
  errorCode: null,
  errorMessage: null,
  orchestrator: null,
  orchestratorRunId: null,
  dbtInvocationId: null,
  connectorVersion: '1.0.0',
  configHash: 'hash',
  tookMs: null,
} as const
const settlement: Settlement = {
  run,
  tookMs: () => 1234,
  openFence: '8',
  highestStarted: 5,
  smooth: false,
  atomic: false,
  quietMs: 120_000,
  quarantineDays: 30,
  membershipDays: 395,
  fieldOfType: { EMAIL_SHA256: 'email', PHONE_SHA256: 'phone' },
}
const receipt = {
  op: 'add',
  batchNo: 1,
  members: 2,
  identifiers: 3,
  status: 'accepted',
  httpStatus: 200,
  platformCode: '0',
  requestId: 'rq',
  attempts: 1,
  message: null,
  sentMsAgo: 20,
  answeredMsAgo: 10,
} as const
const begin = {
  ...run,
  full: false,
  overridden: false,
  memberKey: 'id',
}
const facts = { ...run, audienceDescription: null, fields: 'email: work email', schedule: '@daily' }
const range = { first: 1, last: 3, firstUnit: '1', lastUnit: '9' } as const

const layouts = {
  members: destinations.x_ads.layout('aud'),
  identifiers: destinations.tiktok_ads.layout('aud', { combinedRows: false }),
  positions: destinations.tiktok_ads.layout('aud', { combinedRows: true }),
}
const ofLayout = (kind: keyof typeof layouts): readonly MappedColumn[] =>
  kind === 'members' ? columns.map((c, i) => ({ ...c, type: i === 0 ? 'email' : 'phone_number' })) : columns
const perLayout = (what: (kind: keyof typeof layouts) => readonly Sql[]): Catalogue =>
  Object.fromEntries((['members', 'identifiers', 'positions'] as const).map((kind) => [` of ${kind}`, what(kind)]))
const named = (name: string, catalogue: Catalogue): Catalogue =>
  Object.fromEntries(Object.entries(catalogue).map(([more, statements]) => [`${name}${more}`, statements]))

export const scopeFor = (
  dialect: Dialect,
  mode: {
    readonly dry?: boolean
    readonly stateless?: boolean
    readonly activation?: string
    readonly suffix?: string
  } = {},
): Scope =>
  createScope({
    dialect,
    schema: 'tidemark',
    activation: 'people.tiktok',
    suffix: 'people-tiktok',
    fence: '8',
    ...mode,
  })

export const catalogueOf = (dialect: Dialect): Catalogue => {
  const scope = scopeFor(dialect)
  const dry = scopeFor(dialect, { dry: true, stateless: true })
  const current = fingerprint.currentMembers(scope, people, wanted.sourceColumns(columns), seed)
  const former = scopeFor(dialect, { activation: 'people.old', suffix: 'people-old' })
  const parts = settle.settle(scope, hold, settlement)
  const repeats = { rows: true, columns: false }
  const packing = (kind: keyof typeof layouts) => {
    const own = ofLayout(kind)
    return { layout: layouts[kind], types: own.map(({ type }) => type), columns: own }
  }
  return {
    'state: what is there': [
      shared.findSchema(scope.dialect, 'tidemark'),
      shared.listSharedColumns(scope.dialect, 'tidemark'),
      state.stateExists(scope.dialect, 'tidemark', 'people-tiktok'),
      state.listState(scope.dialect, 'tidemark', 'people-tiktok'),
      control.listRunTables(scope.dialect, 'tidemark', 'people-tiktok'),
      status.listControls(scope.dialect, 'tidemark'),
    ],
    'state: make': [
      shared.createSchema('tidemark'),
      shared.createSchema('tidemark_state'),
      ...shared.createShared(scope),
      ...shared.addSharedColumns(scope, (table, column) => table !== 'runs' || column !== 'config_hash'),
      ...shared.createViews(scope),
      shared.recordVersion(scope, 'shared', 3, '1.0.0'),
      ...state.activationState(scope, 'id', shared.recordVersion(scope, 'activation', 3, '1.0.0')),
      ...state.activationState(former, 'id', shared.recordVersion(former, 'activation', 3, '1.0.0')),
    ],
    'state: versions': [control.readVersion(scope), shared.readSharedVersion(scope), shared.readMaker(scope)],
    'state: migrate': [
      ...migrations.flatMap((step) => [...step.activation(scope), ...(step.openDelta?.(scope) ?? [])]),
      control.raiseVersion(scope, hold, 3),
    ],
    'state: copy': state.copyState(scope, dry, () => true),
    'state: scratch': plan.createScratchState(dry),
    lease: [
      control.takeLease(scope, { runId: 'run-2', leaseMs: 120_000, quietMs: 120_000, alone: false, version: 3 }),
      control.readHolder(scope),
      control.readControl(scope),
      control.extendLease(scope, hold, 120_000),
      control.releaseLease(scope, hold),
    ],
    'run: begin and close': [
      runs.finishedRun(scope, 'key'),
      control.beginRun(scope, hold, begin),
      control.closeRun(scope, hold, 120_000),
      rejections.countNullKeys(scope),
      ...rejections.rejectNullKeys(scope, 'run-2', 3),
      runs.insertRun(scope, run),
      runs.logActivation(scope, facts),
      runs.runById(scope, 'run-2'),
      runs.latestRuns(scope, 5, new Set(['config_hash'])),
      control.countLedger(scope),
    ],
    'segment: look at it': [
      segment.segmentColumns(people),
      segment.segmentColumns(written),
      segment.segmentColumns(nobody),
      ...people.where.map((condition) => segment.countCondition(people, condition)),
    ],
    'segment: sample it': [
      sample.sampleReasons(scope, people, columns, seed),
      sample.sampleReasons(scope, written, everyRule, seed),
      sample.sampleCountries(scope, people, ['country', 'c1']),
    ],
    compare: [
      ...fingerprint.compareSegment(scope, current, false),
      createScratch(scope, 'current_members', current),
      fingerprint.compareWith(scope)(fingerprint.compareByExcept(scope, scope.scratch('current_members'), false)),
      fingerprint.compareWith(scope)(fingerprint.compareByJoin(scope, scope.scratch('current_members'), true)),
      fingerprint.compareWithNothing(scope, written),
      ...fingerprint.createChangedMembers(scope),
      fingerprint.countCompared(scope),
      wanted.countPersonalKeys(scope),
    ],
    'read members': [
      ...runTables.createRunTables(scope, wanted.readColumns(columns)),
      ...wanted.readMembers(scope, people, columns, seed, false),
      wanted.countReadMembers(scope),
    ],
    'read members, every rule': wanted.readMembers(dry, { ...written, bytes: ['c3'] }, everyRule, seed, true),
    wanted: [
      wanted.createSeveral(scope, repeats),
      wanted.countSeveral(scope),
      wanted.createWantedRows(scope, columns, repeats),
      wanted.createOversized(scope),
      wanted.dropOversized(scope),
      wanted.createWanted(scope, columns, repeats),
      wanted.fillRejections(scope, columns, 3, false),
      guards.countRejections(scope),
      guards.countValues(scope, columns, false),
      guards.countValues(scope, columns, true),
    ],
    delta: [
      ...delta.findDropped(scope),
      delta.findSharers(scope, false),
      placeholders.createPlaceholders(scope, { changed: 2000, full: false, dry: false }),
      delta.findHolders(scope),
      ...delta.findGone(scope, false),
      again.findTouched(scope),
      again.countTouchedOutside(scope),
      ...again.findAgain(scope, { removesPersons: true, outside: true }),
      again.createOutside(scope),
      again.countOutside(scope),
      before.fillHeld(scope, true, false),
      before.fillMembersBefore(scope, false),
      arrivals.createOthers(scope, columns, repeats, false),
      delta.fillDelta(scope, layouts.identifiers, { full: false, renewAfterDays: 335 }, false),
      deltaMembers.fillDeltaMembers(scope, columns, false, false),
      ...delta.createDeltaViews(scope, layouts.identifiers, columns, false),
      arrivals.leaveArrivals(scope),
    ],
    'delta without persons': again.findAgain(scope, { removesPersons: false, outside: false }),
    'delta, nobody outside': [
      ...again.findAgain(scope, { removesPersons: true, outside: false }),
      before.fillHeld(scope, false, false),
    ],
    guards: [
      guards.measureDelta(scope),
      guards.measureStanding(scope),
      guards.countDelta(scope, columns.length),
      guards.countHolds(scope),
    ],
    plan: [
      placeholders.createPlaceholders(dry, { changed: 2000, full: true, dry: true }),
      before.fillHeld(dry, true, true),
      before.fillMembersBefore(dry, true),
      delta.fillDelta(dry, layouts.identifiers, { full: true, renewAfterDays: null }, true),
      deltaMembers.fillDeltaMembers(dry, columns, true, true),
      ...wanted.readMembers(dry, people, columns, seed, true),
      ...delta.createDeltaViews(dry, layouts.identifiers, columns, true),
      plan.countMoves(dry),
      guards.countHolds(dry),
    ],
    'batches: types': [batches.listTypes(scope), batches.listBatches(scope)],
    ...named(
      'batches: cut',
      perLayout((kind) => batches.cutBatches(scope, packing(kind), { maxBytes: 1_000_000, maxRows: 1000 }, false)),
    ),
    ...named(
      'batches: pack',
      perLayout((kind) => [
        bodies.packBatches(scope, packing(kind), range),
        bodies.packRows(scope, packing(kind), range),
      ]),
    ),
    'batches: identifiers of a row': [bodies.listIdentifiers(scope, 1, 2)],
    'run: before and while sending': [
      control.markSending(scope, hold),
      control.storeIntent(scope, hold, 'People'),
      control.dropIntent(scope, hold),
      control.storeAudience(scope, hold, { id: 'aud', name: 'People', description: null }),
      control.storeMark(scope, hold, 5, 120_000),
      control.endSending(scope, hold, { highestStarted: 4, quietMs: 120_000, leaseMs: 120_000 }),
      receipts.insertReceipts(scope, hold, { platform: 'tiktok_ads', audienceId: 'aud', audienceName: 'People' }, [
        receipt,
      ]),
      receipts.insertRefused(scope, [
        {
          batchNo: 1,
          rowNo: 2,
          outcome: 'refused',
          reason: 'bad',
          identifier: { field: 'EMAIL_SHA256', digest: '00' },
        },
      ]),
    ],
    settle: [
      ...settle.prepareSettle(scope),
      ...parts.map((part) => ('late' in part ? part.late() : 'statement' in part ? part.statement : part)),
    ],
    'take over': [
      takeOver.takeControl(scope, hold, former),
      ...takeOver.takeLedger(scope, former, 'renamed/run-2'),
      reset.forgetControl(former, { ...hold, fence: '3' }),
    ],
    reset: [reset.measureReset(scope), reset.forgetControl(scope, hold), ...reset.forgetLedger(scope, 'reset-1')],
    sizes: [sizes.insertSize(scope, 'aud', { size: 1000, notes: null }), sizes.latestSize(scope)],
    status: [
      status.readOwners('tidemark', ['control_people-tiktok']),
      status.measureState(scope),
      status.countOpenBatches(scope),
      status.lastKnown(scope),
    ],
    'trial of the rights': trial.createTrial('tidemark', 'tidemark_doctor_1'),
    uninstall: [
      uninstall.listObjects(scope.dialect, 'tidemark'),
      uninstall.readLeases(scope, 'tidemark', ['control_people-tiktok']),
    ],
    'clean up': runTables.runObjects.map((name) => runTables.dropRunObject(scope, name)),
  }
}
