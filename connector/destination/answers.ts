import { z } from 'zod'
import type { Fault, HttpAnswer, Outcome, StopReason } from './destination.ts'
import { quotable } from './quotable.ts'

/** What to do after a code, and what to tell the person: the cells of a destination's table of codes. */
export type Next =
  | {
      readonly next: 'retry'
      readonly applied: 'no' | 'maybe'
      readonly advice: string
      readonly retryAfterMs?: number
      /** See `Fault`. */
      readonly waitsMs?: readonly number[]
    }
  | { readonly next: 'refused'; readonly advice: string; readonly tooLarge?: true; readonly unknownType?: true }
  | { readonly next: 'stop'; readonly exit: 76 | 77 | 78; readonly reason: StopReason; readonly advice: string }
/** What an answer without errors means: a value, or what to do instead, with a word of ours for its code. */
export type Reading<T> = { readonly value: T } | { readonly instead: Next; readonly code: string }
/** A destination's codes, each with what to do next. */
export type Codes = Readonly<Record<string, Next>>

export const retry = (applied: 'no' | 'maybe', advice: string, retryAfterMs?: number): Next => ({
  next: 'retry',
  applied,
  advice,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
})
export const refused = (advice: string): Next => ({ next: 'refused', advice })
export const tooLarge = (advice: string): Next => ({ next: 'refused', advice, tooLarge: true })
export const permission = (advice: string): Next => ({ next: 'stop', exit: 77, reason: 'permission', advice })
export const configuration = (advice: string): Next => ({ next: 'stop', exit: 78, reason: 'configuration', advice })
export const nameTaken = (advice: string): Next => ({ next: 'stop', exit: 78, reason: 'name_taken', advice })
export const notUnderstood: Next = {
  next: 'stop',
  exit: 76,
  reason: 'not_understood',
  advice:
    'this answer is not understood, so nothing is assumed; look whether `base_url` or a proxy on the way leads elsewhere, ' +
    'else please report this message',
}
export const unexpected = { instead: notUnderstood, code: 'unexpected_answer' } as const
export const ourBug: Next = { ...notUnderstood, advice: 'this is a fault of Tidemark; please report this message' }
/** `keepsNames`: see `AudienceRules`. */
export const audienceGone = ({ keepsNames = false }: { readonly keepsNames?: boolean } = {}): Next => ({
  next: 'stop',
  exit: 78,
  reason: 'audience_gone',
  advice:
    'it was deleted there or belongs to another account; Tidemark never makes it again by itself, for campaigns ' +
    `point to it: \`tidemark reset\` forgets it${keepsNames ? '; the platform keeps the names of deleted audiences, so choose another `audience.name` too' : ''}, and the next run makes a new one`,
})
export const elsewhere: Next = configuration('check `base_url`, which is scheme, host and port only')

/** A credential: visible ASCII, since it travels in a header, and a line break from a file would leak into errors. */
export const secret = z
  .string('must be text in quotes, best named in the environment')
  .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters without blanks or line breaks, and not empty')

/** One request in words, for messages; and what no message may contain. */
export interface Scene {
  /** The platform's own name. */
  readonly title: string
  /** What was asked, with account and audience: `add members to audience 1nmth of account 18ce54d4x5t`. */
  readonly doing: string
  /** Values that are masked wherever a platform quotes them. */
  readonly secrets: readonly string[]
}

/** What an answer said, as far as it was read. */
export interface Told {
  readonly code: string
  readonly said?: unknown
  readonly requestId?: string | undefined
  readonly retryAfterMs?: number | undefined
  readonly culpritRows?: readonly number[] | undefined
}

/** A fault with its sentence for a person. */
export function faultOf(next: Next, scene: Scene, told: Told): Fault {
  const words = quotable(told.said, scene.secrets)
  const because = [nameOf(told.code), ...(words === '' ? [] : [`"${words}"`])].join(', ')
  const base = {
    code: told.code,
    message: `${scene.title} did not ${scene.doing} (${because}): ${next.advice}.`,
    ...(words === '' ? {} : { said: words }),
    ...(told.requestId === undefined ? {} : { requestId: told.requestId }),
  }
  if (next.next === 'stop') return { ...base, next: 'stop', exit: next.exit, reason: next.reason }
  if (next.next === 'refused') {
    return {
      ...base,
      next: 'refused',
      ...(told.culpritRows === undefined ? {} : { culpritRows: told.culpritRows }),
      ...(next.tooLarge ? { tooLarge: true } : {}),
      ...(next.unknownType ? { unknownType: true } : {}),
    }
  }
  const wait = told.retryAfterMs ?? next.retryAfterMs
  return {
    ...base,
    next: 'retry',
    applied: next.applied,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(wait !== undefined || next.waitsMs === undefined ? {} : { waitsMs: next.waitsMs }),
  }
}

/** Words of ours that stand where a code of the platform would. */
const ownWords: Readonly<Record<string, string>> = {
  unexpected_answer: 'its answer has another form',
  count_mismatch: 'its count is another',
}

/** So that nobody takes our word for the platform's. */
const nameOf = (code: string): string => {
  if (/^http_\d{3}$/.test(code)) return `HTTP ${code.slice(5)}`
  return Object.hasOwn(ownWords, code) ? (ownWords[code] ?? code) : `code ${code}`
}

export function done<T>(value: T, requestId: string | undefined): Outcome<T> {
  return { ok: true, value, ...(requestId === undefined ? {} : { requestId }) }
}

/**
 * Parsed JSON, or undefined. Whole numbers too large for JavaScript stay the digits they were: ids may be numbers.
 * Nesting deeper than the stack is undefined too.
 */
export function parseJson(text: string): unknown {
  // The third argument (Node 21) is not in the library's types yet.
  const keepLarge = (_key: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^\d+$/.test(context?.source ?? '')
      ? context?.source
      : value
  try {
    return JSON.parse(text, keepLarge)
  } catch {
    return undefined
  }
}

/** The value at a path of keys and indexes, or undefined. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = (here as Record<string | number, unknown>)[key]
  }
  return here
}

/** The text at a path, or undefined. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

/** The list at a path; an empty one where there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

/**
 * A code or id of a platform as text, or undefined where it is none: it goes into messages, paths and tables. `..` would
 * lead elsewhere in a path, so it begins with a letter or digit; a number is a whole one.
 */
export function idAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path)
  const text = Number.isSafeInteger(found) ? String(found) : found
  return typeof text === 'string' && /^\w[\w.:-]{0,63}$/.test(text) ? text : undefined
}

/** No rate window of a platform is longer than a day (TikTok's ends at 00:00 UTC): what asks for more is a mistake. */
const longestAskedMs = 86_400_000
const believable = (ms: number): number | undefined => (ms <= longestAskedMs ? Math.max(0, ms) : undefined)

/** Milliseconds from the answer's own `date` until `seconds` since 1970; undefined where either is missing or absurd. */
export function untilReset(answer: HttpAnswer, seconds: string | undefined): number | undefined {
  const sentAt = dateOf(answer.headers.date ?? '')
  if (sentAt === undefined || seconds === undefined || !/^\d{1,12}$/.test(seconds)) return undefined
  return believable(Number(seconds) * 1000 - sentAt)
}

/** `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` */
const dateInGmt = /^[A-Z][a-z]+, .* GMT$/
/** `Sun Nov  6 08:49:37 1994`, which is GMT too. */
const asctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [\d ]\d [\d:]{8} \d{4}$/

/** A date as HTTP writes it, in one of its three forms (RFC 9110, 5.6.7); milliseconds since 1970. */
function dateOf(text: string): number | undefined {
  if (!dateInGmt.test(text) && !asctime.test(text)) return undefined
  const ms = Date.parse(asctime.test(text) ? `${text} GMT` : text)
  return Number.isNaN(ms) ? undefined : ms
}

/** Until the next 00:00 UTC by the answer's own `date`, in ms; a whole day where there is none. */
export function untilMidnight({ headers }: HttpAnswer): number {
  const sentAt = dateOf(headers.date ?? '')
  return sentAt === undefined ? longestAskedMs : longestAskedMs - (sentAt % longestAskedMs)
}

/** `retry-after` in milliseconds, seconds or a date (RFC 9110, 10.2.3); undefined where it is missing or absurd. */
export function retryAfter(answer: HttpAnswer): number | undefined {
  const header = answer.headers['retry-after']
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header)) return believable(Number(header) * 1000)
  const until = dateOf(header)
  return until === undefined ? undefined : untilReset(answer, String(Math.ceil(until / 1000)))
}
