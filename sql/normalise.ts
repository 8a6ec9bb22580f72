import { type RawBuilder, sql } from 'kysely'
import { type Dialect, forFew } from './dialect/dialect.ts'
import { type Digits, digestReasons, isDigest, isOfNothing, misread } from './digests.ts'
import { email, emailReasons } from './email.ts'
import { deviceId, handle, idReasons, mobileAdId, xUserId } from './ids.ts'
import { bared } from './invisible.ts'
import { isCleanNumber, isNumber } from './phone/e164.ts'
import { type Country, internationalForm, withoutTrunkPrefix } from './phone/readings.ts'
import { exceptions, phoneReasons, refusals } from './phone/reasons.ts'
import { bareNumber } from './phone/written.ts'
import type { Columns, Named, Rule, Verdict } from './rule.ts'
import { type Sql, sqlType } from './scope.ts'

export type { Country } from './phone/readings.ts'

/** How a clear value becomes the text that is hashed. `Field.rule` of a destination names one. */
export type NormalisationRule = 'email' | 'phone' | 'device_id' | 'mobile_ad_id' | 'x_user_id' | 'handle'

/** Raised whenever a rule gives another text for any value. Part of every fingerprint, so that members are read again. */
export const normalisationVersion = 3

/**
 * How a value is read. `auto`: 64 hex digits are a SHA-256 digest, anything else is clear. `clear`, `sha256`, `sha512`: one of
 * them only. A column of which SHA-512 digests are taken too is mapped twice, for they are identifiers of another type:
 * `auto_but_sha512` passes over them, `auto_sha512` over everything else.
 */
export type Format = 'auto' | 'clear' | 'sha256' | 'sha512' | 'auto_but_sha512' | 'auto_sha512'

export interface Mapping {
  readonly rule: NormalisationRule
  readonly format: Format
  /** Of a phone number that names none. Its expressions are columns of the select that `clean` stands in. */
  readonly country?: Country
  /** The raw text of the column; may be NULL. */
  readonly column: RawBuilder<unknown>
}

export interface Normalised {
  /**
   * For selects one inside the other, the innermost first, over columns that are called as `named` calls them: `clean` is the
   * normalised text where a value already was nearly so (one regular expression), else a blank and the value, made ready
   * for judgement; NULL stays NULL. `text` is that without the blank. The last is `verdict`: a number for how the text is to be read, NULL for NULL, for
   * values that are empty when trimmed and for those that the format passes over. None of them leaves the warehouse.
   */
  readonly steps: readonly Columns[]
  /**
   * For the select around all of them: the digest (bytes) or NULL, and the reason of a refusal or NULL. Neither for a NULL
   * verdict. A refused value is hashed as `refusedAs` (NULL: not at all).
   */
  outcome(refusedAs?: Sql): { readonly digest: Sql; readonly reason: Sql }
}

/** Why a value is refused. What each means: `connector/rejection-reasons.ts`. */
export const validationReasons = [...emailReasons, ...phoneReasons, ...idReasons, ...digestReasons] as const
export type ValidationReason = (typeof validationReasons)[number]

/** Numbers of verdicts: the text is clean; it is a digest, or one of nothing; from here on those of the rule. */
const [isClean, isHashed, isNothing, firstOfRule] = [0, 1, 2, 3]

/**
 * SQL that turns a mapped column into a digest or a reason (design section 3, step 5), in selects one inside the other: a
 * text is made ready once, judged once and only where it was not clean at first sight, and hashed once. Cost over plain
 * SHA-256 of e-mail and phone, 1 M rows each, DuckDB, CPU time: 1.25 × where e-mails need no more than lower case and phones
 * are E.164, 2 × with phones without `+`, 3 × where every single value has blanks or dots in it.
 */
export function normalise(dialect: Dialect, mapping: Mapping, named: Named = sql.id): Normalised {
  const { column, format } = mapping
  const ruleIn = (of: Dialect): Rule => digestsOnly(of, column)[format] ?? rules[mapping.rule](of, mapping.country)
  const rule = ruleIn(dialect)
  const { finish = (text: Sql) => text, prepare = () => bared(dialect, column) } = rule
  const few = forFew(dialect)
  const ofUnclean = ruleIn(few)
  const clean = named('clean')
  const text = named('text')
  const judged = [...misreadAs(few, mapping, text), ...ofUnclean.judge(text, named)].map((verdict, i) => ({
    ...verdict,
    number: sql.lit(firstOfRule + i),
  }))
  const onlyJudged = (columns: Columns): Columns =>
    Object.fromEntries(
      Object.entries(columns).map(([what, value]) => [what, sql`case when ${clean} like ' %' then ${value} end`]),
    )
  return {
    steps: [
      { clean: sql`case when ${rule.isClean(column)} then ${finish(column)} else ' ' || ${prepare(column)} end` },
      ...[{ text: sql`substr(${clean}, 2)` }, ...(ofUnclean.steps?.(text, named) ?? [])].map(onlyJudged),
      { verdict: verdictOf(dialect, format, { clean, text }, judged) },
    ],
    outcome: (refusedAs = sql`null`) => {
      const nothing = { reason: 'digest_of_nothing', number: sql.lit(isNothing) }
      const all = digestDigits[format] === null ? judged : [nothing, ...judged]
      return outcomeOf(dialect, clean, named('verdict'), all, refusedAs)
    },
  }
}

type Numbered = Omit<Verdict, 'when'> & { readonly number: Sql }

function verdictOf(
  dialect: Dialect,
  format: Format,
  { clean, text }: { readonly clean: Sql; readonly text: Sql },
  judged: readonly (Verdict & Numbered)[],
): Sql {
  const digits = digestDigits[format]
  const hashed = digits === null ? sql`` : hashedWhen(dialect, text, digits)
  const passed = format === 'auto_but_sha512' ? sql` when ${isDigest(dialect, text, 128)} then null` : sql``
  const verdicts = judged.map(({ when, number }) => sql`when ${when} then ${number}`)
  return sql`case
  when ${clean} is null or ${clean} = ' ' then null
  when ${clean} not like ' %' then ${sql.lit(isClean)}${hashed}${passed}
  ${sql.join(verdicts, sql`\n  `)} end`
}

function outcomeOf(dialect: Dialect, clean: Sql, verdict: Sql, judged: readonly Numbered[], refusedAs: Sql) {
  const texts = judged.map(({ text: read, number }) => sql` when ${number} then ${read ?? refusedAs}`)
  const reasons = judged.flatMap(({ reason, number }) =>
    reason === undefined ? [] : [sql` when ${number} then ${sql.lit(reason)}`],
  )
  return {
    digest: sql`case when ${verdict} = ${sql.lit(isHashed)} then ${dialect.fromHex(sql`substr(${clean}, 2)`)} else ${dialect.sha256(
      sql`case ${verdict} when ${sql.lit(isClean)} then ${clean}${sql.join(texts, sql``)} end`,
    )} end`,
    reason:
      reasons.length === 0 ? sql`cast(null as ${sqlType.text})` : sql`case ${verdict}${sql.join(reasons, sql``)} end`,
  }
}

/** Hex digits of what is taken as a digest as it stands. */
const digestDigits: Readonly<Record<Format, Digits | null>> = {
  auto: 64,
  clear: null,
  sha256: 64,
  sha512: 128,
  auto_but_sha512: 64,
  auto_sha512: 128,
}

const hashedWhen = (dialect: Dialect, text: Sql, digits: Digits): Sql =>
  sql` when ${isDigest(dialect, text, digits)} then case when ${isOfNothing(dialect, text, digits)} then ${sql.lit(isNothing)} else ${sql.lit(isHashed)} end`

/** Where digests are taken, what was meant as one says so. Of a device id 32 hex digits may be left. */
const misreadAs = (dialect: Dialect, { format, rule }: Mapping, text: Sql) =>
  format === 'clear' || format === 'auto_sha512'
    ? []
    : misread(dialect, text, rule !== 'device_id' && rule !== 'mobile_ad_id')

/** Formats in which nothing is clear, so that no rule reads it. */
const digestsOnly = (dialect: Dialect, column: Sql): Partial<Record<Format, Rule>> => {
  const invalid = (reason: string): Rule => ({ isClean: () => sql`1 = 0`, judge: () => [{ when: sql`1 = 1`, reason }] })
  return {
    sha256: invalid('invalid_sha256'),
    sha512: invalid('invalid_sha512'),
    // Mostly there are none: the length of a value is all that is asked.
    auto_sha512: {
      isClean: () => sql`1 = 0`,
      prepare: () => sql`case when length(${column}) >= 128 then ${bared(dialect, column)} end`,
      judge: () => [],
    },
  }
}

const rules: Readonly<Record<NormalisationRule, (dialect: Dialect, country?: Country) => Rule>> = {
  email,
  /** X Ads reference 1.5, TikTok 2.5: E.164 with `+`. What is read and what is refused: docs/identifiers.md. */
  phone: (dialect, country) => ({
    isClean: (text) => isCleanNumber(dialect, text),
    prepare: (text) => bareNumber(dialect, text),
    steps: (text, named) => [
      { number: internationalForm(dialect, text, country) },
      { international: withoutTrunkPrefix(dialect, named('number')) },
    ],
    judge: (text, named) => [
      ...exceptions(dialect, text, named('international')),
      { when: isNumber(dialect, named('international')), text: named('international') },
      ...refusals(dialect, text, named('international')),
    ],
  }),
  device_id: deviceId,
  mobile_ad_id: mobileAdId,
  x_user_id: xUserId,
  handle,
}
