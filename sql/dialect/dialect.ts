import { type RawBuilder, sql } from 'kysely'

/** How one warehouse writes things down. Talking to it is connector/warehouse's business. */
export interface Dialect {
  readonly name: string
  /** The text and parameters of a statement. Parameters are strings or null only. */
  compile(statement: RawBuilder<unknown>): { readonly sql: string; readonly parameters: readonly (string | null)[] }
  /** A column type: how this warehouse names it. */
  readonly types: Readonly<Record<ColumnType, string>>
  /** The type of a column in a table that stays, with what the warehouse needs to know to store it well. */
  stored(type: ColumnType): string
  /** A value of a user's column as text that is compared byte by byte, whatever collation the column has. */
  asText(value: RawBuilder<unknown>): RawBuilder<unknown>
  /** Digest (bytes) of a text: SHA-256 of its UTF-8. */
  sha256(text: RawBuilder<unknown>): RawBuilder<unknown>
  /** Bytes from lower- or upper-case hex, which the caller has checked. */
  fromHex(hex: RawBuilder<unknown>): RawBuilder<unknown>
  /** Lower-case hex of bytes. */
  toHex(bytes: RawBuilder<unknown>): RawBuilder<unknown>
  /** Texts one behind the other; NULL counts as empty. */
  concat(texts: readonly RawBuilder<unknown>[]): RawBuilder<unknown>
  /** A cheap 128-bit hash of a text, of the type `fingerprint`. */
  fingerprint(text: RawBuilder<unknown>): RawBuilder<unknown>
  /** A constant of that type, which stands for no text. */
  readonly noFingerprint: RawBuilder<unknown>
  /** Does the text match, somewhere, the regular expression (RE2 and POSIX common subset)? */
  matches(text: RawBuilder<unknown>, pattern: string): RawBuilder<unknown>
  /** Does the text start with one of these? They are ours, of letters, digits and `+`; at least one, none empty. */
  startsWithOneOf(text: RawBuilder<unknown>, starts: readonly string[]): RawBuilder<unknown>
  /** `matches` and `startsWithOneOf` where few values are asked: the less a pattern takes to plan, the better. */
  readonly ofFew: Partial<Pick<Dialect, 'matches' | 'startsWithOneOf'>>
  /** Is the text one of these, of which there may be many? Asked of few values. */
  isOneOf(text: RawBuilder<unknown>, texts: readonly string[]): RawBuilder<unknown>
  /** All matches replaced. In `by`, `\1` stands for what the first group of the pattern matched. */
  replaceAll(text: RawBuilder<unknown>, pattern: string, by: string): RawBuilder<unknown>
  /** Lower case by Unicode simple mapping, whatever the locale. */
  lower(text: RawBuilder<unknown>): RawBuilder<unknown>
  /** The same of a text in which all is ASCII; other letters may stay as they are. */
  lowerAscii(text: RawBuilder<unknown>): RawBuilder<unknown>
  /** Both ends freed of every character in `characters`. */
  trim(text: RawBuilder<unknown>, characters: string): RawBuilder<unknown>
  /** Characters of the first text by those at the same places of the second. */
  translate(text: RawBuilder<unknown>, characters: string, by: string): RawBuilder<unknown>
  /** Every one of these characters taken out, wherever it stands. */
  remove(text: RawBuilder<unknown>, characters: string): RawBuilder<unknown>
  /** The warehouse's clock, UTC, without a zone. */
  now(): RawBuilder<unknown>
  /** A timestamp moved by a number of milliseconds (an integer expression). */
  addMs(timestamp: RawBuilder<unknown>, ms: RawBuilder<unknown>): RawBuilder<unknown>
  /** Whole milliseconds from one timestamp to another, negative where `to` is earlier. */
  msBetween(from: RawBuilder<unknown>, to: RawBuilder<unknown>): RawBuilder<unknown>
  /** `2026-11-23T18:00:00.000Z` of a timestamp, as text. */
  isoTimestamp(timestamp: RawBuilder<unknown>): RawBuilder<unknown>
  /** Texts of a group joined by a comma, in no promised order. */
  joinTexts(text: RawBuilder<unknown>): RawBuilder<unknown>
  /** Texts of a group, one a line, in the order of an expression. */
  joinLines(text: RawBuilder<unknown>, order: RawBuilder<unknown>): RawBuilder<unknown>
  /** The objects of a JSON array (a text) as rows of a relation with these columns; what an object has not is NULL. */
  jsonRows(json: RawBuilder<unknown>, columns: Readonly<Record<string, ColumnType>>): RawBuilder<unknown>
  /** A table that only this connection sees and that goes with it; takes the place of one of that name. */
  createScratch(name: RawBuilder<unknown>, columns: RawBuilder<unknown>): RawBuilder<unknown>
  createScratchAs(name: RawBuilder<unknown>, query: RawBuilder<unknown>): RawBuilder<unknown>
  dropScratch(name: RawBuilder<unknown>): RawBuilder<unknown>
  /** As a view where the warehouse has such views, else as a table. */
  createScratchView(name: RawBuilder<unknown>, query: RawBuilder<unknown>): RawBuilder<unknown>
  dropScratchView(name: RawBuilder<unknown>): RawBuilder<unknown>
  /**
   * Behind a sub-select: what it computes is computed once a row, where a planner would else write its expressions out
   * wherever they are used.
   */
  readonly once: RawBuilder<unknown>
  /** Of a window whose order is all the same: nothing, or what stands for it where there must be one. */
  readonly anyOrder: RawBuilder<unknown>
  /** What an administrator says once, so that runs have no more rights than they need; null where there are no roles. */
  readonly grants: ((wanted: Grants) => readonly RawBuilder<unknown>[]) | null
  /** What of it SQL cannot say, in the words of whatever can. */
  grantsBeside(wanted: Grants): readonly string[]
  readonly catalogue: Catalogue
  /** Are names of columns the same to it in capitals, also in quotes? */
  readonly foldsNames: boolean
  /** EXCEPT, of different rows: `except` or `except distinct`. (UNION DISTINCT is written everywhere.) */
  readonly except: RawBuilder<unknown>
  /** True where one full join finds the difference of two relations faster than EXCEPT each way. */
  readonly diffsByJoin: boolean
  /** An integer from 0 to buckets - 1, evenly spread; another version of the warehouse may spread otherwise. */
  bucket(value: RawBuilder<unknown>, type: 'key' | 'digest', buckets: number): RawBuilder<unknown>
}

/** What is in a schema, as relations. */
export interface Catalogue {
  /** `table_name`, `table_type` (`VIEW` for a view). */
  tables(schema: string): RawBuilder<unknown>
  /** `table_name`, `column_name`. */
  columns(schema: string): RawBuilder<unknown>
  /** `schema_name`; null where a schema that is not there is told by an error of the two others. */
  readonly schemas: RawBuilder<unknown> | null
  /** Does DROP SCHEMA take along whatever stands in it? Elsewhere it is refused then. */
  readonly dropsFullSchemas: boolean
}

/** Who is to get which rights. */
export interface Grants {
  /** Whom runs log in as. */
  readonly role: string
  /** Who only reads the public tables; null: nobody. */
  readonly reader: string | null
  readonly database: string
  /** Of the public tables; `<schema>_state` is the private one, which the reader does not get. */
  readonly schema: string
  /** What segments read, in their parts. */
  readonly relations: readonly (readonly string[])[]
}

/** `name`: a text that many rows share; `key`: one that is another in nearly every row. */
export type ColumnType = 'text' | 'name' | 'key' | 'integer' | 'boolean' | 'timestamp' | 'digest' | 'fingerprint'

/** A number of the dialect's own in the text of a statement. */
export const positiveInteger = (value: number): RawBuilder<unknown> => {
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`A whole number from 1 is needed (got ${value})`)
  return sql.lit(value)
}

/** The dialect for expressions that few values reach: a statement is planned each time. */
export const forFew = (dialect: Dialect): Dialect => ({ ...dialect, ...dialect.ofFew })
