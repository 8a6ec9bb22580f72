import type { Sql } from './scope.ts'

/** Columns by what they hold: `clean`, `verdict`. */
export type Columns = Readonly<Record<string, Sql>>
/** How a column is called in the selects of one mapping. */
export type Named = (what: string) => Sql

/** One line of a verdict on a text: where `when` holds, the text is `text` or is refused as `reason`. */
export interface Verdict {
  readonly when: Sql
  readonly text?: Sql
  readonly reason?: string
}

/** How one rule reads a text. */
export interface Rule {
  /** Does the text, as it stands, need no more than `finish`? Cheap: every value is asked. */
  isClean(text: Sql): Sql
  /** Of a clean text. Default: as it stands. */
  finish?(text: Sql): Sql
  /** What `judge` gets. Default: what nobody sees taken off the ends. Empty only for a value of which nothing is left then. */
  prepare?(text: Sql): Sql
  /** What is worked out of a prepared text before it is judged, one select above the other. */
  steps?(text: Sql, named: Named): readonly Columns[]
  /** Verdicts on a prepared text; the first that holds counts, and one always holds. */
  judge(text: Sql, named: Named): readonly Verdict[]
}
