import type { AirflowConnection } from './airflow-connection.ts'
import { candidates } from './nearest.ts'
import { isMapping } from './tree.ts'

/** A key of the configuration that a connection gives: a path below `warehouse` or a destination. */
export interface GivenKey {
  readonly path: readonly string[]
  readonly value: unknown
  /** The part of the connection it is from: `host`, `extra.sslmode`. */
  readonly from: string
}

/** Something in a connection that cannot be followed. All texts are safe to print. */
export interface PartProblem {
  readonly wrong: string
  readonly wayOut: string
}

const fields = ['host', 'login', 'password', 'schema', 'port'] as const
export type ConnectionField = (typeof fields)[number]

/**
 * The parts of one connection while they are given to keys of the configuration. Whatever is not given, passed over or
 * refused in the end is a problem: what a connection says is followed, or it is said that it is not.
 */
export class ConnectionParts {
  readonly #connection: AirflowConnection
  readonly #legacyPrefix: string | undefined
  readonly #given: GivenKey[] = []
  readonly #problems: PartProblem[] = []
  /** Fields, and keys of extra without a prefix, that are spoken for. */
  readonly #used = new Set<string>()
  readonly #known = new Set<string>()

  /** `legacyPrefix` is what older versions of Airflow write before the keys of extra. */
  constructor(connection: AirflowConnection, legacyPrefix?: string) {
    this.#connection = connection
    this.#legacyPrefix = legacyPrefix
  }

  get given(): readonly GivenKey[] {
    return this.#given
  }

  field(name: ConnectionField): string | number | undefined {
    this.#used.add(name)
    return this.#connection[name]
  }

  /** A key of extra, by its name or else by that with the prefix; empty is as good as absent. */
  extra(name: string): unknown {
    this.#known.add(name)
    return this.#take(name)
  }

  #take(name: string): unknown {
    this.#used.add(`extra.${name}`)
    const names = [name, ...(this.#legacyPrefix === undefined ? [] : [`${this.#legacyPrefix}${name}`])]
    return names.map((key) => this.#connection.extra[key]).find((value) => !isEmpty(value))
  }

  give(path: string | readonly string[], value: unknown, from: string): void {
    if (value !== undefined) this.#given.push({ path: [path].flat(), value, from })
  }

  giveField(name: ConnectionField, key: string): void {
    this.give(key, this.field(name), name)
  }

  giveExtra(name: string, path: string | readonly string[] = name): void {
    this.give(path, this.extra(name), `extra.${name}`)
  }

  /** Keys of extra that change nothing of what is done here. */
  passOver(...names: readonly string[]): void {
    for (const name of names) this.extra(name)
  }

  /** Keys of extra that would have to be followed and cannot be, unless they say no. */
  refuse(wayOut: string, ...names: readonly string[]): void {
    for (const name of names) {
      const value = this.#take(name)
      if (!saysNo(value)) this.problem(`gives extra.${name}, which cannot be followed here`, wayOut)
    }
  }

  problem(wrong: string, wayOut: string): void {
    this.#problems.push({ wrong, wayOut })
  }

  /** What was refused, and what nothing has asked for. Names that are not known may be part of a secret. */
  problems(): readonly PartProblem[] {
    const unused = fields.filter((name) => !this.#used.has(name) && this.#connection[name] !== undefined)
    const strange = Object.keys(this.#connection.extra).filter(
      (key) => !this.#used.has(`extra.${this.#bare(key)}`) && !isEmpty(this.#connection.extra[key]),
    )
    return [
      ...this.#problems,
      ...unused.map((name) => ({
        wrong: `gives a ${name}, which has no meaning in a connection of type ${this.#connection.type}`,
        wayOut: 'leave it empty',
      })),
      ...(strange.length === 0 ? [] : [this.#strange(strange)]),
    ]
  }

  #strange(keys: readonly string[]): PartProblem {
    const meant = [...new Set(keys.flatMap((key) => candidates(this.#bare(key), [...this.#known])))]
    const count = keys.length === 1 ? 'a key' : `${keys.length} keys`
    const wayOut =
      meant.length === 0
        ? `known are ${[...this.#known].sort().join(', ')}`
        : `probably meant: ${meant.sort().join(', ')}`
    return { wrong: `gives ${count} in extra that ${keys.length === 1 ? 'is' : 'are'} not known (not shown)`, wayOut }
  }

  #bare(key: string): string {
    const prefix = this.#legacyPrefix
    return prefix !== undefined && key.startsWith(prefix) ? key.slice(prefix.length) : key
  }
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''

const saysNo = (value: unknown): boolean =>
  isEmpty(value) ||
  value === false ||
  value === 0 ||
  (typeof value === 'string' && /^(false|0|no|off)$/i.test(value)) ||
  (Array.isArray(value) && value.length === 0) ||
  (isMapping(value) && Object.keys(value).length === 0)
