// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text
import type { Replacement } from '../mutation/copy.ts'

/** A guarantee of the design (section 4), something that breaks it, and the test that then fails. */
export interface Break extends Replacement {
  readonly guarantee: number
  /** What the broken source does, as `docs/guarantees.md` says it. */
  readonly does: string
  readonly test: { readonly file: string; readonly name: string }
}

const own = (name: string) => ({ file: 'test/guarantees/guarantees.test.ts', name })

export const breaks: readonly Break[] = [
  {
    guarantee: 1,
    does: 'whoever shares a person with somebody removed is not added again',
    file: 'sql/delta.ts',
    text: 'or l.state <> ${state.confirmed} or ${again}${renewal}',
    instead: 'or l.state <> ${state.confirmed}${renewal}',
    test: own('convergence: who loses an address stays in with the other, who left is gone, who came is there'),
  },
  {
    guarantee: 2,
    does: 'what a run had sent when it died counts as never sent',
    file: 'connector/activation/recover.ts',
    text: 'highestStarted: null',
    instead: 'highestStarted: 0',
    test: own('uncertain is not lost: who was sent by a run that died and has left since is removed'),
  },
  {
    guarantee: 3,
    does: 'an add counts as done whatever the platform answered',
    file: 'sql/ledger.ts',
    text: "when 'add' then case when r.outcome = 'accepted' then ${state.confirmed}",
    instead: "when 'add' then case when r.outcome is not null then ${state.confirmed}",
    test: own('the ledger moves only by receipts: what was not accepted is not confirmed, and is sent again'),
  },
  {
    guarantee: 4,
    does: 'a lease is taken from whoever has it',
    file: 'sql/control.ts',
    text: 'where (owner is null or lease_until <= ${scope.now} or cast(${String(alone)} as ${sqlType.boolean}))',
    instead: 'where (owner is null or lease_until is not null or cast(${String(alone)} as ${sqlType.boolean}))',
    test: own('two copies are harmless: the second ends at once and calls nobody'),
  },
  {
    guarantee: 5,
    does: 'a run_key that has succeeded is executed again',
    file: 'connector/activation/run.ts',
    text: 'if (stored) return stored',
    instead: 'if (stored && request.full) return stored',
    test: own('the same run_key twice has one effect: the stored summary, and no call'),
  },
  {
    guarantee: 6,
    does: 'the audience is written again in every run',
    file: 'connector/activation/audience.ts',
    text: 'known.name === activation.audience.name &&',
    instead: 'known.name === activation.audience.name && known.intent !== null &&',
    test: own('a run with nothing to do makes no call'),
  },
  {
    guarantee: 7,
    does: 'errors of the warehouse carry the text of the driver',
    file: 'connector/warehouse/duckdb-errors.ts',
    text: 'pid ? `${says} (process ${pid})` : says,',
    instead: 'text,',
    test: own('clear text stays in the warehouse: neither requests nor state nor errors quote a value'),
  },
  {
    guarantee: 8,
    does: 'X may count fewer users than were sent',
    file: 'connector/destination/x-ads-bodies.ts',
    text: 'if (success === sent && total === sent)',
    instead: 'if (success <= sent && total <= sent)',
    test: own(
      'success is never assumed: a count that does not match, and an answer that nobody understands, are failures',
    ),
  },
  {
    guarantee: 9,
    does: 'members who are no longer in the segment are not looked at',
    file: 'sql/fingerprint.ts',
    text: "full join ${scope.stateTable('ledger_members')} as l",
    instead: "left join ${scope.stateTable('ledger_members')} as l",
    test: own('a removal is never lost: not by a guard, an override, a crash, a mapping or --full'),
  },
]
