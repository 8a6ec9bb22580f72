import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { acquireLease } from '../../connector/activation/lease.ts'
import { acquireState, type HoldRequest, migrate } from '../../connector/activation/migrate.ts'
import { upgradeShared } from '../../connector/activation/state.ts'
import { createLog } from '../../connector/log.ts'
import {
  isDefinition,
  otherwise,
  type TransactionPart,
  type Warehouse,
  WarehouseError,
  written,
} from '../../connector/warehouse/warehouse.ts'
import { readVersion } from '../../sql/control.ts'
import { type Migration, migrations } from '../../sql/migrations.ts'
import { createScope, everyRow } from '../../sql/scope.ts'
import { addColumn } from '../../sql/shared.ts'
import { stateVersion } from '../../sql/state.ts'
import { copyOfState } from '../state/copied.ts'
import type { Said } from '../warehouse/postgres-database.ts'
import { type EmptyWarehouse, emptyWarehouse, words } from '../warehouse/under-test.ts'

const suffix = 'everyone-x'

const copy = await copyOfState(1)

/** A warehouse with the recorded state of version 1, with an open delta. */
class Older implements AsyncDisposable {
  readonly #empty: EmptyWarehouse
  readonly #opened: Warehouse[] = []
  private constructor(empty: EmptyWarehouse) {
    this.#empty = empty
  }

  static async open(): Promise<Older> {
    const older = new Older(await emptyWarehouse({ threads: '1' }))
    await older.say(...copy)
    return older
  }

  say(...statements: readonly string[]): Promise<readonly Said[]> {
    return this.#empty.say(...statements)
  }

  /** Another process that opens the warehouse; `alone`: opening it proved that no other runner lives. */
  async runner(runId: string, alone = true, broken = (warehouse: Warehouse) => warehouse): Promise<Runner> {
    const real = await this.#empty.connect()
    this.#opened.push(real)
    const warehouse = broken(otherwise(real, { opensAlone: alone }))
    const scope = createScope({
      dialect: warehouse.dialect,
      schema: 'tidemark',
      activation: 'everyone.x',
      suffix,
      fence: '0',
    })
    const state = { warehouse, scope, schema: 'tidemark', suffix }
    const [row] = await warehouse.rows('test', readVersion(scope))
    const version = Number(row?.state_version)
    return {
      ...state,
      version,
      runId,
      leaseMs: 60_000,
      quietMs: 1000,
      connectorVersion: runId,
      log: createLog('silent'),
    }
  }

  /** All that a migration may touch. */
  async all(): Promise<Record<string, unknown>> {
    const tables = await this.say(`select table_name as name from information_schema.tables
      where table_catalog = current_database() and lower(table_schema) = 'tidemark_state' and lower(table_name) like '%everyone-x%'
        and table_type = 'BASE TABLE' order by 1`)
    const dump: Record<string, readonly string[]> = {}
    for (const { name } of tables) {
      const rows = await this.say(`select * from tidemark_state."${name}"`)
      // Whoever took the lease and when is another each time.
      const another = name === `control_${suffix}` ? { owner: 0, fence: 0, lease_until: 0, quiet_until: 0 } : {}
      dump[String(name)] = rows.map((row) => JSON.stringify({ ...row, ...another }, digits)).sort()
    }
    return dump
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const warehouse of this.#opened) await warehouse.close()
    await this.#empty.destroy()
  }
}

const digits = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)

/** Two versions that are yet to come: a column of control gets another name, and an open delta one more. */
const later: readonly Migration[] = [
  ...migrations,
  {
    version: stateVersion + 1,
    activation: (scope) => [
      addColumn(scope, scope.stateTable('control'), 'highest', 'integer'),
      sql`update ${scope.stateTable('control')} set highest = mark where ${everyRow}`,
      addColumn(scope, scope.stateTable('ledger_identifiers'), 'shade', 'text'),
    ],
    openDelta: (scope) => [
      addColumn(scope, scope.runTable('delta_rows'), 'shade', 'text'),
      sql`update ${scope.runTable('delta_rows')} set shade = 'pale' where ${everyRow}`,
    ],
  },
  {
    version: stateVersion + 2,
    activation: (scope) => [sql`alter table ${scope.stateTable('control')} drop column if exists mark`],
  },
]

type Runner = HoldRequest & { readonly schema: string; readonly suffix: string }

/** Brings the state to the last of the versions to come. */
const migrated = async (runner: Runner): Promise<void> => {
  await upgradeShared(runner, runner.connectorVersion)
  const lease = await acquireLease(runner)
  try {
    await migrate(runner, lease, later)
  } finally {
    await lease.release()
  }
}

/**
 * Dies before the nth part of its migrations. `piecemeal`: as where every definition is committed by itself, which go first;
 * then before the nth part of any kind, and otherwise before the nth change of rows.
 */
const dying =
  (nth: number, piecemeal: boolean) =>
  (warehouse: Warehouse): Warehouse => {
    let said = 0
    let dead = false
    const lives = (): void => {
      if (dead) throw new WarehouseError('later', 'died', 'migrate', 'It died.')
    }
    const next = (): void => {
      said += 1
      dead ||= said === nth
      lives()
    }
    const isDefined = (part: TransactionPart): boolean =>
      !('late' in part) && isDefinition(warehouse.dialect.compile(written(part).statement).sql)
    const counts = (part: TransactionPart): boolean => !('exactly' in part)
    const late = (part: TransactionPart): TransactionPart => ({
      late: () => {
        next()
        return written(part).statement
      },
    })
    const oneByOne = async (step: string, parts: readonly TransactionPart[]): Promise<boolean> => {
      for (const part of [...parts.filter(isDefined), ...parts.filter((other) => !isDefined(other))]) {
        if (counts(part)) next()
        if (!(await warehouse.transaction(step, [part]))) return false
      }
      return true
    }
    return otherwise(warehouse, {
      rows: (...args) => {
        lives()
        return warehouse.rows(...args)
      },
      columns: (...args) => {
        lives()
        return warehouse.columns(...args)
      },
      execute: (...args) => {
        lives()
        return warehouse.execute(...args)
      },
      transaction: async (step, parts) => {
        lives()
        if (piecemeal) return oneByOne(step, parts)
        return warehouse.transaction(
          step,
          parts.map((part) => (counts(part) && !isDefined(part) ? late(part) : part)),
        )
      },
    })
  }

test('steps follow each other up to the version of this code', () => {
  expect(migrations.map(({ version }) => version)).toEqual(Array.from({ length: stateVersion - 1 }, (_, i) => i + 2))
})

test('one step after the other, an open delta included, and each is recorded once', async () => {
  await using older = await Older.open()
  const [before] = await older.say(`select mark::varchar as mark from tidemark_state."control_${suffix}"`)
  await migrated(await older.runner('run-1'))
  expect(
    await older.say(
      `select state_version::varchar as v, highest::varchar as highest from tidemark_state."control_${suffix}"`,
    ),
  ).toEqual([{ v: String(stateVersion + 2), highest: before?.mark }])
  expect(await older.say(`select distinct shade from tidemark_state."delta_rows-${suffix}-2"`)).toEqual([
    { shade: 'pale' },
  ])
  expect(
    await older.say(
      `select activation, version::varchar as version, connector_version from tidemark_state.schema_version order by activation nulls first, schema_version.version`,
    ),
  ).toEqual([
    { activation: null, version: String(stateVersion), connector_version: 'run-1' },
    ...later.map(({ version }) => ({ activation: 'everyone.x', version: String(version), connector_version: 'run-1' })),
  ])
  // The other activation has its own version.
  expect(await older.say(`select state_version::varchar as v from tidemark_state."control_everyone-tiktok"`)).toEqual([
    { v: '1' },
  ])
})

test('what many share waits 30 days no more: all who want it are due, a refusal of the platform stays, also in an open delta', async () => {
  await using older = await Older.open()
  const [due, quarantine, delta] = ['due_everyone-x', 'quarantine_everyone-x', 'delta_rows-everyone-x-2'].map(
    (name) => `tidemark_state."${name}"`,
  )
  const inDays = (n: number): string => `now()::timestamp + interval '${n} days'`
  const row = (reason: string, days: number): string =>
    `('add', 'email', ${words.bytes(`${days}`)}, '${reason}', '${reason === 'shared_by_many' ? 'validation' : 'platform'}', ${inDays(days)})`
  const hold = (member: string, reason: string): string =>
    `('hold', null, false, '${member}', 'email', ${words.bytes('30')}, 0, false, false, '${reason}', ${inDays(30)})`
  await older.say(
    `delete from ${due}`,
    `insert into ${quarantine} values ${row('shared_by_many', 30)}, ${row('not_allowed', 20)}, ${row('shared_by_many', 10)}`,
    `insert into ${due} values ('10', ${inDays(10)}), ('20', ${inDays(20)}), ('30', ${inDays(30)}), ('later', ${inDays(340)})`,
    `insert into ${delta} (op, unit, leads, member_key, field, digest, prior, confirmed_before, waits, hold_reason, hold_until_at)
      values ${hold('shared', 'shared_by_many')}, ${hold('refused', 'not_allowed')}`,
  )
  await migrated(await older.runner('run-1'))
  expect(await older.say(`select reason from ${quarantine}`)).toEqual([{ reason: 'not_allowed' }])
  expect(await older.say(`select member_key as k from ${due} where due_at > now()::timestamp`)).toEqual([
    { k: 'later' },
  ])
  expect(await older.say(`select member_key as k from ${due} where due_at <= now()::timestamp order by k`)).toEqual(
    ['10', '20', '30'].map((k) => ({ k })),
  )
  expect(
    await older.say(
      `select member_key as k, (hold_until_at is not null)::varchar as waits from ${delta} where op = 'hold' order by k`,
    ),
  ).toEqual([
    { k: 'refused', waits: 'true' },
    { k: 'shared', waits: 'false' },
  ])
})

test.each([
  // A record each, and five changes of rows.
  { piecemeal: false, deaths: 5 + 5 },
  // 5 + 1, 0 + 1, 3 + 1, 5 + 1 and 1 + 1: the columns and changes of each step and its record.
  { piecemeal: true, deaths: 19 },
])(
  'a crash before any statement of a migration is healed by the next start (each committed by itself: $piecemeal)',
  async ({ piecemeal, deaths }) => {
    await using undisturbed = await Older.open()
    await migrated(await undisturbed.runner('run-0'))
    const wanted = await undisturbed.all()
    expect(Object.keys(wanted)).toEqual(expect.arrayContaining([`control_${suffix}`, `delta_rows-${suffix}-2`]))
    let nth = 1
    for (let over = false; !over; nth += 1) {
      await using older = await Older.open()
      over = await migrated(await older.runner('run-1', true, dying(nth, piecemeal))).then(
        () => true,
        () => false,
      )
      await migrated(await older.runner('run-2'))
      expect({ nth, all: await older.all() }).toEqual({ nth, all: wanted })
    }
    expect(nth - 1).toBe(deaths + 1)
  },
  // 24 s on the stand-in for Snowflake, on a machine with nothing else to do.
  240_000,
)

test('two at the same moment: one migrates, the other is told that it is at work', async () => {
  for (let i = 0; i < 10; i += 1) {
    await using older = await Older.open()
    const runners = [await older.runner('run-1', false), await older.runner('run-2', false)]
    await older.say(`update tidemark_state."control_${suffix}" set owner = null, lease_until = null`)
    const ends = await Promise.allSettled(
      runners.map(async (runner) => {
        await upgradeShared(runner, runner.runId)
        return acquireState(runner)
      }),
    )
    const [won, ...more] = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
    expect(more).toEqual([])
    expect(ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []))).toEqual(['lease_held'])
    expect(won?.control).toMatchObject({
      state_version: String(stateVersion),
      run_open: 'true',
      run_connector_version: null,
    })
    await won?.lease.release()
    expect(
      await older.say(`select count(*)::varchar as n from tidemark_state.schema_version where activation is not null`),
    ).toEqual([{ n: String(stateVersion - 1) }])
  }
})

test('who loses the lease in mid-migration changes nothing more', async () => {
  await using older = await Older.open()
  let overtaken = false
  const slow = (warehouse: Warehouse): Warehouse =>
    otherwise(warehouse, {
      opensAlone: true,
      transaction: async (step, parts) => {
        if (step === 'migrate' && parts.length > 1 && !overtaken) {
          overtaken = true
          await migrated(await older.runner('run-2'))
        }
        return warehouse.transaction(step, parts)
      },
    })
  await expect(migrated(await older.runner('run-1', true, slow))).rejects.toMatchObject({ code: 'lease_lost' })
  expect(await older.say(`select state_version::varchar as v, owner from tidemark_state."control_${suffix}"`)).toEqual([
    { v: String(stateVersion + 2), owner: null },
  ])
  expect(
    await older.say(
      `select distinct connector_version as by from tidemark_state.schema_version where activation is not null`,
    ),
  ).toEqual([{ by: 'run-2' }])
})

test('shared tables gain the columns they lack, their views too, whoever does it at the same moment', async () => {
  await using older = await Older.open()
  const columns = `select table_name, column_name from information_schema.columns where table_catalog = current_database() and lower(table_schema) = 'tidemark'`
  const added = [{ table_name: 'audience_sizes', column_name: 'notes' }]
  const byName = (rows: readonly unknown[]): readonly string[] =>
    rows.map((row) => JSON.stringify(row).toLowerCase()).sort()
  const wanted = byName([...(await older.say(columns)), ...added])
  await older.say(
    'alter table tidemark.runs drop column config_hash',
    'alter table tidemark.runs drop column connector_version',
    'drop view tidemark.current_rejections',
    'alter table tidemark.rejections drop column quarantined_until_at',
    'drop table tidemark.audience_sizes',
    'create view tidemark.current_rejections as select * from tidemark.rejections',
  )
  const rows = `select count(*)::varchar as n from tidemark.runs`
  const before = await older.say(rows)
  const runners = await Promise.all([1, 2, 3, 4].map((i) => older.runner(`run-${i}`, false)))
  await Promise.all(runners.map((runner) => upgradeShared(runner, runner.runId)))
  expect(byName(await older.say(columns))).toEqual(wanted)
  expect(await older.say(rows)).toEqual(before)
  expect(await older.say('select quarantined_until_at from tidemark.current_rejections')).toEqual(
    await older.say('select quarantined_until_at from tidemark.rejections'),
  )
})
