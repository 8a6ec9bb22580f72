import * as z from 'zod'
import { didYouMean } from './nearest.ts'
import type { Path, Problems } from './problems.ts'
import { isMapping, type Mapping } from './tree.ts'

/**
 * What `read` makes of a schema: every key that could be read; a key is undefined where it is absent or a problem was
 * noted. So one mistake does not keep the rest from being checked.
 */
export type Read<S> =
  S extends z.ZodOptional<infer Inner>
    ? Read<Inner> | undefined
    : S extends z.ZodObject<infer Shape>
      ? { readonly [K in keyof Shape]: Read<Shape[K]> | undefined }
      : z.output<S>

/**
 * Reads a mapping key by key, objects within it likewise. Unknown keys, also of nested objects, are problems.
 * `notYet` lists keys that the documentation knows but this version does not, each with its way out.
 */
export function readMapping<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  value: unknown,
  path: Path,
  problems: Problems,
  notYet: Readonly<Record<string, string>> = {},
): Read<z.ZodObject<Shape>> {
  const shape: z.ZodRawShape = schema.shape
  const read: Record<string, unknown> = Object.create(null)
  if (!isMapping(value)) {
    const wrong = value === undefined ? 'is missing' : 'must be a mapping'
    problems.add(path, wrong, value, `write below it ${Object.keys(shape).join(', ')}`)
    return read as Read<z.ZodObject<Shape>>
  }
  refuseUnknownKeys(value, Object.keys(shape), path, problems, notYet)
  for (const [key, part] of Object.entries(shape)) read[key] = readValue(part, value[key], [...path, key], problems)
  return read as Read<z.ZodObject<Shape>>
}

/** The entries of a mapping with names of the user's own; a problem and none where it is no mapping. */
export function readEntries(value: unknown, path: Path, problems: Problems): readonly [name: string, value: unknown][] {
  if (isMapping(value)) return Object.entries(value)
  problems.add(
    path,
    value === undefined ? 'is missing' : 'must be a mapping',
    value,
    'write one name: … for each below it',
  )
  return []
}

function refuseUnknownKeys(
  value: Mapping,
  known: readonly string[],
  path: Path,
  problems: Problems,
  notYet: Readonly<Record<string, string>>,
): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue
    const wayOut = Object.hasOwn(notYet, key) ? notYet[key] : undefined
    if (wayOut === undefined) problems.unknownKey([...path, key], `${belonging(key)}${didYouMean(key, known)}`)
    else problems.notYet([...path, key], wayOut)
  }
}

/** What many look for one level too high. */
const ofActivations = ['audience', 'fields', 'schedule', 'guards', 'quarantine_days', 'airflow']
const belonging = (key: string): string =>
  ofActivations.includes(key) ? 'write it below defaults of a destination, or in an activation; ' : ''

function readValue(schema: z.core.$ZodType, value: unknown, path: Path, problems: Problems): unknown {
  const optional = schema instanceof z.ZodOptional
  const inner = optional ? schema.unwrap() : schema
  if (optional && value === undefined) return undefined
  if (inner instanceof z.ZodObject) return readMapping(inner, value, path, problems)
  const result = z.safeParse(schema, value)
  if (result.success) return result.data
  if (typeof value === 'string' && problems.isFromEnvironment(path)) {
    const typed = z.safeParse(schema, typedText(value, result.error.issues))
    if (typed.success) return typed.data
  }
  addIssues(result.error.issues, value, path, problems)
  return undefined
}

/** What a variable holds is text: where a number, or true or false, is wanted, it is read as that. */
const typedText = (text: string, [issue]: readonly z.core.$ZodIssue[]): unknown => {
  if (issue?.code !== 'invalid_type') return text
  if (issue.expected === 'boolean') return text === 'true' || (text === 'false' ? false : text)
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

/** Notes what zod found wrong with `value`, which stands at `path`. */
export function addIssues(issues: readonly z.core.$ZodIssue[], value: unknown, path: Path, problems: Problems): void {
  // What is of the wrong type is not too short or too long as well.
  const mistyped = new Set(issues.filter(({ code }) => code === 'invalid_type').map(({ path: at }) => at.join('.')))
  for (const issue of issues) {
    if (issue.code !== 'invalid_type' && mistyped.has(issue.path.join('.'))) continue
    const below = issue.path.filter((part) => typeof part !== 'symbol')
    const found = below.reduce<unknown>((at, part) => (at as Mapping | undefined)?.[part], value)
    const [wrong, wayOut] = found === undefined ? ['is missing', `write ${expectation(issue)}`] : explain(issue, found)
    const at = [...path, ...below]
    const ofVariable = issue.code === 'invalid_type' && problems.isFromEnvironment(at)
    problems.add(at, wrong, found, ofVariable ? `set it to ${expectation(issue)}` : wayOut)
  }
}

function explain(issue: z.core.$ZodIssue, found: unknown): [wrong: string, wayOut: string] {
  switch (issue.code) {
    case 'invalid_type':
      return [`must be ${expectation(issue)}`, typeWayOut(issue, found)]
    case 'invalid_value': {
      const values = issue.values.map(String)
      return [
        `must be ${values.join(' or ')}`,
        typeof found === 'string' && values.length > 1 ? didYouMean(found, values) : `write ${values[0]}`,
      ]
    }
    case 'too_small':
      return [
        `must be ${bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`,
        issue.origin === 'string' || issue.origin === 'array'
          ? 'write more'
          : `write ${issue.inclusive === false ? `more than ${issue.minimum}` : `${issue.minimum} or more`}`,
      ]
    case 'too_big':
      return [
        `must be ${bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`,
        issue.origin === 'string' || issue.origin === 'array'
          ? 'write less'
          : `write ${issue.inclusive === false ? `less than ${issue.maximum}` : `${issue.maximum} or less`}`,
      ]
    case 'unrecognized_keys':
      return [`has unknown keys`, 'take them out']
    case 'invalid_union':
      return [
        issue.message === 'Invalid input' ? 'is not of a known form' : issue.message,
        'see the documentation of this key',
      ]
    default: {
      // `shaped` puts the way out on a second line; a destination's own schema may give one line only.
      const [wrong = '', wayOut = 'correct it'] = issue.message.split('\n')
      return [wrong, wayOut]
    }
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
}

const expectation = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'invalid_type') return kinds[issue.expected] ?? issue.expected
  if (issue.code === 'invalid_value') return issue.values.map(String).join(' or ')
  return 'a value'
}

function typeWayOut(issue: z.core.$ZodIssueInvalidType, found: unknown): string {
  if (issue.expected === 'string' && (typeof found === 'number' || typeof found === 'boolean'))
    return 'put it in quotes'
  if (typeof found === 'string' && isInQuotes(issue.expected, found)) return 'write it without quotes'
  return `write ${expectation(issue)}`
}

/** Is it what is expected, but for the quotes? */
const isInQuotes = (expected: string, found: string): boolean =>
  expected === 'boolean'
    ? found === 'true' || found === 'false'
    : ['number', 'int'].includes(expected) && found.trim() !== '' && Number.isFinite(Number(found))

const bound = (origin: string, relation: string, limit: number | bigint): string => {
  if (origin === 'string') return `${relation} ${limit} character${limit === 1 ? '' : 's'} long`
  if (origin === 'array') return `a list of ${relation} ${limit}`
  return `${relation} ${limit}`
}
