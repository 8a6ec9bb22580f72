/** What settle has to make of one member each: design section 3, step 11, read case by case. */

export type State = 'confirmed' | 'unconfirmed' | 'kept'
export type Outcome = 'accepted' | 'refused' | 'uncertain' | 'unsent' | 'said uncertain' | 'refused whole'
export interface Identifier {
  readonly field: 'A' | 'B'
  /** Whose it is when several hold it; its own otherwise. */
  readonly value?: string
  readonly prior?: State
  readonly op?: 'add' | 'remove' | 'keep' | 'hold'
  readonly outcome?: Outcome
  readonly waits?: true
  /** Its removal travels for another member. */
  readonly follows?: true
  readonly hold?: 'shared_by_many' | 'refused before'
}
export interface Case {
  readonly has: readonly Identifier[]
  /** In the segment still; absent: yes. */
  readonly gone?: true
  readonly outsideK?: true
  /** Had entered before; absent: whoever had anything that is not kept. */
  readonly entered?: boolean
  /** Has a row in `due` that came before the run began, or lies ahead. */
  readonly due?: 'came' | 'ahead'
  readonly after: {
    readonly A?: State
    readonly B?: State
    /** Of `ledger_members`: the new fingerprint, the one that equals none, the one that was there, or no row. */
    readonly member: 'settled' | 'open' | 'as before' | 'none'
    readonly event?: 'entered' | 'left'
    readonly due?: 'quarantine' | 'hold' | 'shared' | 'ahead'
  }
}

export const cases: Readonly<Record<string, Case>> = {
  'everything accepted': {
    has: [
      { field: 'A', op: 'add', outcome: 'accepted' },
      { field: 'B', op: 'add', outcome: 'accepted' },
    ],
    after: { A: 'confirmed', B: 'confirmed', member: 'settled', event: 'entered' },
  },
  'one accepted, one unsent': {
    has: [
      { field: 'A', op: 'add', outcome: 'accepted' },
      { field: 'B', op: 'add', outcome: 'unsent' },
    ],
    after: { A: 'confirmed', B: 'unconfirmed', member: 'open', event: 'entered' },
  },
  'one uncertain, one unsent': {
    has: [
      { field: 'A', op: 'add', outcome: 'uncertain' },
      { field: 'B', op: 'add', outcome: 'unsent' },
    ],
    after: { A: 'unconfirmed', B: 'unconfirmed', member: 'open' },
  },
  'a receipt that says uncertain': {
    has: [{ field: 'A', op: 'add', outcome: 'said uncertain' }],
    after: { A: 'unconfirmed', member: 'open' },
  },
  'a batch refused whole, where that changes nothing': {
    has: [{ field: 'A', op: 'add', outcome: 'refused whole' }],
    after: { member: 'open' },
  },
  'nothing sent': {
    has: [
      { field: 'A', op: 'add', outcome: 'unsent' },
      { field: 'B', op: 'add', outcome: 'unsent' },
    ],
    after: { member: 'open' },
  },
  'added again in vain': {
    has: [{ field: 'A', prior: 'confirmed', op: 'add', outcome: 'unsent' }],
    after: { A: 'unconfirmed', member: 'open' },
  },
  'everything refused': {
    has: [{ field: 'A', op: 'add', outcome: 'refused' }],
    after: { member: 'settled', due: 'quarantine' },
  },
  'one accepted, one refused': {
    has: [
      { field: 'A', op: 'add', outcome: 'accepted' },
      { field: 'B', op: 'add', outcome: 'refused' },
    ],
    after: { A: 'confirmed', B: 'unconfirmed', member: 'settled', event: 'entered', due: 'quarantine' },
  },
  'another waits for its quarantine': {
    has: [
      { field: 'A', op: 'add', outcome: 'accepted' },
      { field: 'B', op: 'hold', hold: 'refused before' },
    ],
    after: { A: 'confirmed', B: 'unconfirmed', member: 'settled', event: 'entered', due: 'hold' },
  },
  'nothing but what waits for its quarantine': {
    has: [{ field: 'B', op: 'hold', hold: 'refused before' }],
    after: { member: 'settled', due: 'hold' },
  },
  'was there when it came to be refused': {
    has: [{ field: 'B', prior: 'confirmed', op: 'hold', hold: 'refused before' }],
    after: { B: 'unconfirmed', member: 'settled', due: 'hold' },
  },
  'a placeholder beside what is accepted': {
    has: [
      { field: 'A', op: 'add', outcome: 'accepted' },
      { field: 'B', op: 'hold', hold: 'shared_by_many' },
    ],
    after: { A: 'confirmed', member: 'settled', event: 'entered', due: 'shared' },
  },
  'both removed': {
    has: [
      { field: 'A', prior: 'confirmed', op: 'remove', outcome: 'accepted' },
      { field: 'B', prior: 'confirmed', op: 'remove', outcome: 'accepted' },
    ],
    gone: true,
    after: { member: 'none', event: 'left' },
  },
  'one removed, one stays': {
    has: [
      { field: 'A', prior: 'confirmed', op: 'remove', outcome: 'accepted' },
      { field: 'B', prior: 'confirmed' },
    ],
    after: { B: 'confirmed', member: 'settled' },
  },
  'one removal accepted, one unsent': {
    has: [
      { field: 'A', prior: 'confirmed', op: 'remove', outcome: 'accepted' },
      { field: 'B', prior: 'confirmed', op: 'remove', outcome: 'unsent' },
    ],
    gone: true,
    after: { A: 'unconfirmed', B: 'unconfirmed', member: 'open' },
  },
  'a removal refused: its sibling waits with it': {
    has: [
      { field: 'A', prior: 'confirmed', op: 'remove', outcome: 'refused' },
      { field: 'B', prior: 'confirmed', op: 'remove', outcome: 'accepted' },
    ],
    gone: true,
    after: { A: 'kept', B: 'kept', member: 'none', event: 'left', due: 'quarantine' },
  },
  'dropped, and wanted by somebody else': {
    has: [
      { field: 'A', prior: 'confirmed', op: 'keep' },
      { field: 'B', prior: 'confirmed' },
    ],
    after: { A: 'kept', B: 'confirmed', member: 'settled' },
  },
  'dropped, with nothing else left': {
    has: [{ field: 'A', prior: 'confirmed', op: 'keep' }],
    gone: true,
    after: { A: 'kept', member: 'none', event: 'left' },
  },
  'the first of two holders of what is removed': {
    has: [{ field: 'A', value: 'shared', prior: 'confirmed', op: 'remove', outcome: 'accepted' }],
    gone: true,
    after: { member: 'none', event: 'left' },
  },
  'the other, outside K, who had kept it': {
    has: [
      { field: 'A', value: 'shared', prior: 'kept', op: 'remove', follows: true },
      { field: 'B', prior: 'confirmed', op: 'add', outcome: 'accepted' },
    ],
    outsideK: true,
    after: { B: 'confirmed', member: 'as before' },
  },
  'outside K, added again in vain': {
    has: [{ field: 'B', prior: 'confirmed', op: 'add', outcome: 'uncertain' }],
    outsideK: true,
    after: { B: 'unconfirmed', member: 'open' },
  },
  'had a date that came, and nothing is left': {
    has: [],
    gone: true,
    due: 'came',
    after: { member: 'none' },
  },
  'was due, and has a date again': {
    has: [{ field: 'A', op: 'add', outcome: 'refused' }],
    due: 'came',
    after: { member: 'settled', due: 'quarantine' },
  },
  'has a date before the new one': {
    has: [{ field: 'A', op: 'add', outcome: 'refused' }],
    due: 'ahead',
    after: { member: 'settled', due: 'ahead' },
  },
  'arrives, with a date of another time ahead': {
    has: [{ field: 'A', op: 'add', outcome: 'accepted' }],
    due: 'ahead',
    after: { A: 'confirmed', member: 'settled', event: 'entered' },
  },
}
