import type { Place } from './places.ts'

/** Where in the file: the keys and list positions that lead there. */
export type Path = readonly (string | number)[]

/** One thing that is wrong with the configuration. All texts are safe to print: they hold no secret. */
export interface Problem {
  /** `segments.high_value.activate[0].fields.emial` */
  readonly path: string
  readonly wrong: string
  readonly got: string
  readonly wayOut: string
  /** From 1; absent where the file as a whole is meant. */
  readonly line?: number
  readonly column?: number
}

/** Nobody reads on after so many, and a hostile file could have a million. */
const maxProblems = 1000

/** The configuration cannot be used: every problem of the file at once, one a line of the message. Exit 78. */
export class ConfigurationError extends Error {
  readonly exitCode = 78
  readonly file: string
  readonly problems: readonly Problem[]

  constructor(file: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
    const more = problems.length < maxProblems ? [] : ['  The file was read no further.']
    super([`${printable(file)} has ${count}:`, ...problems.map(told), ...more].join('\n'))
    this.name = 'ConfigurationError'
    this.file = file
    this.problems = problems
  }
}

/** A command was called with words that mean nothing here. Exit 64. */
export class UsageError extends Error {
  readonly exitCode = 64

  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}

/**
 * Gathers problems while a file is read, so that one reading finds them all. It alone decides what of a value may be
 * printed: nothing at or below `credentials`, nothing that came from the environment.
 * Every method that notes a problem throws the ConfigurationError when there are a thousand.
 */
export class Problems {
  readonly #file: string
  readonly #found: Problem[] = []
  /** Every path with a problem, and every path that leads to one. */
  readonly #leadsToProblem = new Set<string>()
  readonly #unreadable = new Set<string>()
  readonly #fromEnvironment = new Map<string, string>()
  #placeOf: (path: Path) => Place | undefined = () => undefined

  constructor(file: string) {
    this.#file = file
  }

  get all(): readonly Problem[] {
    return this.#found
  }

  /** From here on each problem is told with where its path is written. */
  placedBy(placeOf: (path: Path) => Place): void {
    this.#placeOf = placeOf
  }

  /**
   * `value` is what stands at `path`, or at `valuePath` where the problem shows elsewhere than where the value was
   * written. Whatever follows from a value that could not be read at all is left out.
   */
  add(path: Path, wrong: string, value: unknown, wayOut: string, valuePath: Path = path): void {
    if (!this.#follows(path)) this.#note(path, wrong, this.#describe(valuePath, value), wayOut)
  }

  /** A value that could not be read: one problem, and no others at or below its path. `got` must be safe to print. */
  unreadable(path: Path, wrong: string, got: string, wayOut: string): void {
    if (this.#follows(path)) return
    this.#note(path, wrong, got, wayOut)
    this.#unreadable.add(key(path))
  }

  /** A key that stands at `path` already, again at `place`. */
  again(path: Path, place: Place): void {
    const first = this.#placeOf(path)
    const wrong = first === undefined ? 'stands there twice' : `stands there twice, first in line ${first.line}`
    if (!this.#follows(path)) this.#note(path, wrong, 'the same key again', 'keep one of them', place)
  }

  /** A key that has no business where it stands. Said even where its value could not be read. */
  unknownKey(path: Path, wayOut: string): void {
    this.#note(path, 'is not known here', `the key ${lastKey(path)}`, wayOut)
  }

  /** A key of the documentation that this version cannot follow. */
  notYet(path: Path, wayOut: string): void {
    this.#note(path, 'is not supported yet by this version', `the key ${lastKey(path)}`, wayOut)
  }

  /** The text is not YAML at all. `got` must be safe to print. */
  syntax({ line, column }: Place, wrong: string, got: string, wayOut: string): void {
    this.#found.push({ path: `line ${line}, column ${column}`, wrong, got, wayOut, line, column })
  }

  /** The value at `path` holds what these variables hold: it must never be printed. */
  cameFromEnvironment(path: Path, names: readonly string[]): void {
    this.#fromEnvironment.set(key(path), `the value of ${names.map((name) => `\${${name}}`).join(' and ')}`)
  }

  /** The value at `path` is this part of the connection in this variable: it must never be printed. */
  cameFromConnection(path: Path, part: string, variable: string): void {
    this.#fromEnvironment.set(key(path), `${part} of ${variable}`)
  }

  isFromEnvironment(path: Path): boolean {
    return this.#fromEnvironment.has(key(path))
  }

  /** Whether something is wrong at `path` or below it. */
  within(path: Path): boolean {
    return this.#leadsToProblem.has(key(path))
  }

  #note(path: Path, wrong: string, got: string, wayOut: string, place = this.#placeOf(path)): void {
    this.#found.push({ path: pathText(path), wrong, got, wayOut, ...place })
    for (const start of starts(path)) this.#leadsToProblem.add(start)
    if (this.#found.length === maxProblems) throw new ConfigurationError(this.#file, this.#found)
  }

  #follows(path: Path): boolean {
    return starts(path).some((start) => this.#unreadable.has(start))
  }

  #describe(path: Path, value: unknown): string {
    const source = this.#fromEnvironment.get(key(path))
    if (source !== undefined && value !== undefined) return `${source} (not shown)`
    if (isSecret(path) && value !== undefined) return 'a value that is not shown'
    return describe(value)
  }
}

const key = (path: Path): string => JSON.stringify(path)

/** The path and all that lead to it, as keys. */
const starts = (path: Path): readonly string[] =>
  [...path.keys(), path.length].map((length) => key(path.slice(0, length)))

const secretsOfWarehouse = [
  'password',
  'connection_string',
  'key_json',
  'private_key',
  'private_key_passphrase',
  'token',
  'oauth_client_secret',
]
/** Keys that hold a secret, or below which nothing else stands. */
export const secretKeys: readonly string[] = ['credentials', ...secretsOfWarehouse]
export const isSecretKey = (name: string): boolean => secretKeys.includes(name)

/**
 * Whether `path` lies at or below `credentials`, wherever that key stands (a segment may bear the name), or is what lets
 * into the warehouse.
 */
export function isSecret(path: Path): boolean {
  if (path[0] === 'warehouse' && secretsOfWarehouse.includes(String(path[1]))) return true
  const namesAnEntry = path[0] === 'destinations' || path[0] === 'segments'
  return path.some((part, i) => part === 'credentials' && !(i === 1 && namesAnEntry))
}

/** A path as people write it. Keys below `credentials` that do not look like keys are not shown: one may be a secret. */
export function pathText(path: Path): string {
  if (path.length === 0) return '(the whole file)'
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${keyText(path, i)}`))
    .join('')
}

function keyText(path: Path, index: number): string {
  const text = String(path[index])
  if (isSecret(path.slice(0, index)) && !/^[a-z_]{1,40}$/.test(text)) return '(key not shown)'
  return /^[\p{L}\p{N}_-]{1,80}$/u.test(text) ? text : quote(text)
}

const lastKey = (path: Path): string => keyText(path, path.length - 1)

/** A value in a few printable words; lists and mappings never with what is in them. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return value.length === 1 ? 'a list of 1' : `a list of ${value.length}`
  if (typeof value === 'object') return 'a mapping'
  if (typeof value !== 'string') return String(value)
  if (/\S@\S/.test(value)) return 'text that is not shown, since it may name a person or hold a password'
  return quote(value)
}

/** Text in double quotes, cut to a readable length, with nothing in it that a terminal or a log would act on. */
export function quote(text: string, most = 80): string {
  return printable(JSON.stringify(text.length > most ? `${text.slice(0, most - 1)}…` : text))
}

export const printable = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )

/** Where a problem is: `line 7: segments.a.where`. What has no path is known by its line alone. */
export const placeText = ({ path, line }: Problem): string =>
  line === undefined || path.startsWith(`line ${line},`) ? path : `line ${line}: ${path}`

const told = (p: Problem): string => `  ${placeText(p)}: ${p.wrong}; got ${p.got}; ${p.wayOut}`
