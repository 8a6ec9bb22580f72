// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text

import type { Replacement } from '../mutation/copy.ts'

/** A rule of the design (★ in its section 3), or one learnt from a counterexample, and the source without it. */
export interface Rule extends Replacement {
  readonly name: string
  /** Where taking it out needs more places. */
  readonly also?: readonly Replacement[]
  /** Common enough for 340 random histories to find; the others have their fixed history only. */
  readonly often?: true
}

/** Each has a fixed history of the same name in counterexamples.test.ts. */
export const rules: readonly Rule[] = [
  {
    name: 'add again',
    file: 'sql/again.ts',
    text: 'if (!removesPersons)',
    instead: 'if (removesPersons || !removesPersons)',
    often: true,
  },
  {
    name: 'add again by ledger',
    file: 'sql/again.ts',
    text: "select l.member_key from ${scope.scratch('sharers')} as l join ${exposed} as e on e.field = l.field and e.digest = l.digest",
    instead:
      "select l.member_key from ${scope.scratch('sharers')} as l join ${exposed} as e on e.field = l.field and e.digest = l.digest where l.state <> 3 and l.member_no is null",
  },
  {
    name: 'kept',
    file: 'sql/ledger.ts',
    text: "when 'keep' then ${state.kept}",
    instead: "when 'keep' then 0",
    often: true,
  },
  {
    name: 'removes before adds',
    file: 'connector/activation/deliver.ts',
    text: "for (const op of ['remove', 'add'] as const)",
    instead: "for (const op of ['add', 'remove'] as const)",
    often: true,
  },
  {
    name: 'one read',
    file: 'sql/wanted.ts',
    text: 'fingerprint: fingerprintOf(scope, seed, sources.length),',
    instead:
      "fingerprint: sql`(select max(c.fingerprint) from ${scope.scratch('current_members')} as c where c.member_key = r.member_key)`,",
    also: [
      {
        file: 'sql/fingerprint.ts',
        text: '[compare(compareByJoin(scope, sql`(${current})`, full))]',
        instead:
          "[createScratch(scope, 'current_members', current), compare(compareByJoin(scope, scope.scratch('current_members'), full))]",
      },
      {
        file: 'connector/activation/delta.ts',
        text: 'const compare = ledgerIsEmpty',
        instead: 'const compare = false',
      },
    ],
  },
  {
    name: 'begun members are unconfirmed',
    file: 'sql/settle.ts',
    text: "op = 'add' and outcome in ('accepted', 'uncertain')",
    instead: "op = 'add' and outcome in ('uncertain')",
  },
  {
    name: 'what the ledger has is unconfirmed',
    file: 'sql/ledger.ts',
    text: "when r.outcome = 'accepted' then ${state.confirmed} when r.prior <> 0 or t.begun then",
    instead: "when r.outcome = 'accepted' then ${state.confirmed} when t.begun then",
  },
  {
    name: 'siblings of an open removal stay',
    file: 'sql/ledger.ts',
    text: ' and not coalesce(t.open_removal, false)',
    instead: '',
  },
  {
    name: 'members outside K are looked at again',
    file: 'sql/ledger.ts',
    text: 'where open_removal or open_add)`',
    instead: 'where (open_removal or open_add) and member_no in (select member_no from ${members} where in_k))`',
  },
  {
    name: 'quiet time before adds',
    file: 'connector/activation/deliver.ts',
    text: 'if (ms === 0) return',
    instead: 'if (ms >= 0) return',
  },
  {
    name: 'quiet time after a run',
    file: 'connector/activation/run.ts',
    text: 'if (ms <= 0) return',
    instead: 'if (ms < Number.POSITIVE_INFINITY) return',
  },
  {
    name: 'refused removals wait',
    file: 'sql/delta.ts',
    text: 'q.field is not null as waits',
    instead: 'false as waits',
  },
  {
    name: 'what many share is known',
    file: 'sql/placeholders.ts',
    text: 'having count(*) > ${limit}${known}`',
    instead: 'having count(*) > ${limit}`',
  },
  {
    name: 'a full run counts anew',
    file: 'sql/placeholders.ts',
    text: 'const known = full',
    instead: 'const known = full && dry',
  },
  {
    name: 'all who want it are due at one moment',
    file: 'sql/quarantine.ts',
    text: 'coalesce(q.until_at, r.hold_until_at) as due_at',
    instead: '${sharedUntil(scope)} as due_at',
  },
  {
    name: 'quiet time after an open attempt',
    file: 'sql/control.ts',
    text: 'quiet_until = case when sending',
    instead: 'quiet_until = case when owner is not null and sending',
  },
  {
    name: 'an open attempt',
    file: 'connector/activation/run.ts',
    text: 'if (run.unsettled) throw error',
    instead: '',
  },
  {
    name: 'a success that nobody understands',
    file: 'connector/http/channel.ts',
    text: "return fault.next === 'stop' && fault.reason === 'not_understood' && status !== null && status < 300",
    instead: 'return false',
  },
  {
    name: 'a drain that ends before an answer',
    file: 'connector/activation/delivery-state.ts',
    text: 'if (this.#flying.size > 0) this.#end(aborted(this.#context))',
    instead: '',
  },
]
