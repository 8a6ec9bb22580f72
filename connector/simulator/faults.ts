import { isRecord, type Op, type WantedAnswer } from './platform.ts'

/** What goes wrong. Unless said otherwise the request is looked at as always, and a refused one changes nothing. */
export type Fault =
  /** The connection ends without an answer, before the request is applied (lost) or after. `hang`: it stays open, silent. */
  | { readonly kind: 'drop_before' | 'drop_after'; readonly hang?: boolean }
  /** No answer; applied after `ms`. */
  | { readonly kind: 'late'; readonly ms: number; readonly hang?: boolean }
  /** This answer instead of the real one; applied only if asked for. Status 429, 500, 503 … or a TikTok code. */
  | ({ readonly kind: 'answer'; readonly applied?: boolean } & WantedAnswer)
  /** HTTP 200 with a web page. */
  | { readonly kind: 'garbage'; readonly applied?: boolean }
  /** Applied; half of the answer's body. `cut`: the connection breaks there, otherwise the length is that of the half. */
  | { readonly kind: 'truncated'; readonly cut?: boolean }
  /** All but the last `missing` (default 1) users are applied: X counts fewer successes, TikTok says 20001. */
  | { readonly kind: 'partial'; readonly missing?: number }
  /** Waits `ms` before it applies and answers, also when the caller has gone by then. Adds to any other fault. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** A request that names one of these digests is refused whole, always (`nth` and `times` do not count). */
  | { readonly kind: 'refuse'; readonly digests: readonly string[] }

export interface FaultRule {
  readonly match?: {
    readonly op?: Op | readonly Op[]
    /** Text that the path contains. */
    readonly path?: string
    readonly audience?: string
    /** Begins with the nth matching request, counted from 1 since the rule was set. */
    readonly nth?: number
  }
  /** How many requests it strikes; default 1. */
  readonly times?: number | 'always'
  readonly fault: Fault
}

/** The rules in force. The first rule that strikes wins; latencies of all that strike add up. */
export class Faults {
  #rules: { readonly rule: FaultRule; seen: number; struck: number }[] = []
  #refused = new Map<string, ReadonlySet<string>>()

  add(rules: readonly FaultRule[]): void {
    for (const rule of rules) this.#rules.push({ rule, seen: 0, struck: 0 })
    this.#refused.clear()
  }

  clear(): void {
    this.#rules = []
    this.#refused.clear()
  }

  list(): readonly { readonly rule: FaultRule; readonly seen: number; readonly struck: number }[] {
    return this.#rules.map((state) => ({ ...state }))
  }

  /** The digests that are refused in adds or in removes. */
  refused(op: 'add' | 'remove'): ReadonlySet<string> {
    let digests = this.#refused.get(op)
    if (digests === undefined) {
      digests = new Set(
        this.#rules.flatMap(({ rule }) =>
          rule.fault.kind === 'refuse' && opMatches(rule.match?.op, op) ? rule.fault.digests : [],
        ),
      )
      this.#refused.set(op, digests)
    }
    return digests
  }

  /** Counts a request against every rule and says what strikes it. */
  strike(op: Op, path: string, audience: string | null): { readonly latencyMs: number; readonly fault: Fault | null } {
    let latencyMs = 0
    let fault: Fault | null = null
    for (const state of this.#rules) {
      const { match, times = 1, fault: own } = state.rule
      if (own.kind === 'refuse') continue
      if (!opMatches(match?.op, op)) continue
      if (match?.path !== undefined && !path.includes(match.path)) continue
      if (match?.audience !== undefined && match.audience !== audience) continue
      state.seen++
      if (state.seen < (match?.nth ?? 1)) continue
      if (times !== 'always' && state.struck >= times) continue
      // A rule that comes second to another keeps its turn for the next request.
      if (own.kind !== 'latency' && fault !== null) continue
      state.struck++
      if (own.kind === 'latency') latencyMs += own.ms
      else fault = own
    }
    return { latencyMs, fault }
  }
}

function opMatches(wanted: Op | readonly Op[] | undefined, op: Op): boolean {
  return wanted === undefined || (typeof wanted === 'string' ? wanted === op : wanted.includes(op))
}

const NUMBER = 'number'
const BOOLEAN = 'boolean'
const KEYS: Readonly<Record<Fault['kind'], Readonly<Record<string, string>>>> = {
  drop_before: { hang: BOOLEAN },
  drop_after: { hang: BOOLEAN },
  late: { 'ms!': NUMBER, hang: BOOLEAN },
  answer: { applied: BOOLEAN, status: NUMBER, code: 'code', message: 'string', retryAfter: NUMBER, resetAfter: NUMBER },
  garbage: { applied: BOOLEAN },
  truncated: { cut: BOOLEAN },
  partial: { missing: NUMBER },
  latency: { 'ms!': NUMBER },
  refuse: { 'digests!': 'strings' },
}

/** Reads rules that came as JSON: one rule or a list. Throws an Error that says what is wrong. */
export function parseFaultRules(input: unknown): FaultRule[] {
  return (Array.isArray(input) ? input : [input]).map((rule, n) => {
    const at = `rule ${n}`
    if (!isRecord(rule) || !isRecord(rule.fault)) throw new Error(`${at}: an object with "fault" is wanted`)
    checkKeys(rule, ['match', 'times', 'fault'], at)
    const { kind, ...rest } = rule.fault
    const keys = typeof kind === 'string' && Object.hasOwn(KEYS, kind) ? KEYS[kind as Fault['kind']] : undefined
    if (keys === undefined) throw new Error(`${at}: kind must be one of ${Object.keys(KEYS).join(', ')}`)
    for (const key of Object.keys(rest)) {
      const type = keys[key] ?? keys[`${key}!`]
      if (type === undefined || !hasType(rest[key], type)) throw new Error(`${at}: "${key}" does not belong to ${kind}`)
    }
    for (const key of Object.keys(keys)) {
      if (key.endsWith('!') && !(key.slice(0, -1) in rest)) throw new Error(`${at}: "${key.slice(0, -1)}" is missing`)
    }
    if (rule.times !== undefined && rule.times !== 'always' && !isCount(rule.times)) {
      throw new Error(`${at}: times is a whole number or "always"`)
    }
    if (rule.match !== undefined) {
      if (!isRecord(rule.match)) throw new Error(`${at}: match is an object`)
      checkKeys(rule.match, ['op', 'path', 'audience', 'nth'], `${at}, match`)
      const { op, path, audience, nth } = rule.match
      const ops: unknown[] = op === undefined ? [] : Array.isArray(op) ? op : [op]
      if (!ops.every((one) => OPS.has(one as Op))) throw new Error(`${at}: op must be one of ${[...OPS].join(', ')}`)
      if (path !== undefined && typeof path !== 'string') throw new Error(`${at}: path is a text`)
      if (audience !== undefined && typeof audience !== 'string') throw new Error(`${at}: audience is a text`)
      if (nth !== undefined && !isCount(nth)) throw new Error(`${at}: nth is a whole number from 1`)
    }
    return rule as unknown as FaultRule
  })
}

const OPS: ReadonlySet<Op> = new Set<Op>([
  'add',
  'remove',
  'add_and_remove',
  'create_audience',
  'get_audience',
  'list_audiences',
  'update_audience',
  'delete_audience',
  'list_accounts',
  'get_account',
  'get_access',
  'request_token',
  'authorise',
  'access_token',
  'unknown',
])

function checkKeys(record: Record<string, unknown>, known: readonly string[], at: string): void {
  for (const key of Object.keys(record)) if (!known.includes(key)) throw new Error(`${at}: unknown key "${key}"`)
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1
}

function hasType(value: unknown, type: string): boolean {
  if (type === 'strings') return Array.isArray(value) && value.every((one) => typeof one === 'string')
  if (type === 'code') return typeof value === 'string' || typeof value === 'number'
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value) && value >= 0
  return typeof value === type
}
