import type { Condition, Segment } from './activation.ts'
import type { Naming } from './names.ts'
import { didYouMean } from './nearest.ts'
import type { Path, Problems } from './problems.ts'
import { type Read, readEntries, readMapping } from './read.ts'
import { parseRelation } from './relation.ts'
import * as schema from './schema.ts'
import { nameForm, nameRule } from './schema-parts.ts'
import { isMapping } from './tree.ts'

/** One entry of `segments`; `segment` is undefined where a part of it could not be read. */
export interface SegmentEntry {
  readonly path: Path
  readonly name: string
  readonly description: string | null
  readonly memberKey: Segment['memberKey'] | undefined
  readonly segment: Segment | undefined
  /** As it stands in the file. */
  readonly activate: unknown
}

const notYet = { model: 'write relation: schema.table instead' }

/** All entries of `segments`, in the order of the file. */
export function readSegments(value: unknown, naming: Naming, problems: Problems): readonly SegmentEntry[] {
  return readEntries(value, ['segments'], problems).map(([name, entry]) => {
    const path = ['segments', name]
    if (!nameForm.test(name)) problems.add(path, nameRule, name, 'rename it')
    return readSegment(name, entry, path, naming, problems)
  })
}

function readSegment(name: string, value: unknown, path: Path, naming: Naming, problems: Problems): SegmentEntry {
  const read = readMapping(schema.segment, value, path, problems, notYet)
  const source = readSource(read, value, path, naming, problems)
  const where = read.where === undefined ? [] : readWhere(read.where, [...path, 'where'], problems)
  const memberKey = isMapping(value) ? readMemberKey(value.member_key, [...path, 'member_key'], problems) : undefined
  const description = read.description ?? null
  const segment =
    source === undefined || memberKey === undefined ? undefined : { name, source, where, description, memberKey }
  return { path, name, description, memberKey, segment, activate: read.activate ?? [] }
}

function readSource(
  read: Read<typeof schema.segment>,
  value: unknown,
  path: Path,
  naming: Naming,
  problems: Problems,
): Segment['source'] | undefined {
  if (!isMapping(value)) return undefined
  const given = ['relation', 'sql', 'model'].filter((key) => Object.hasOwn(value, key))
  if (given.length !== 1) {
    const got = given.length === 0 ? undefined : given.join(' and ')
    problems.add(path, 'must have exactly one of relation and sql', got, 'keep one, such as relation: schema.table')
  }
  if (read.sql !== undefined) return { sql: read.sql }
  if (read.relation === undefined) return undefined
  const relation = parseRelation(read.relation, naming)
  if (relation !== undefined) return { relation }
  const wayOut =
    'write table, schema.table or catalogue.schema.table, with odd names in double quotes: \'"odd name".table\''
  return void problems.add([...path, 'relation'], 'is no name of a relation', read.relation, wayOut)
}

function readMemberKey(value: unknown, path: Path, problems: Problems): Segment['memberKey'] | undefined {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return { column: value, hash: false }
  if (!isMapping(value)) {
    const wrong = value === undefined ? 'is missing' : 'must name a column'
    return void problems.add(path, wrong, value, 'name the column that tells members apart, such as customer_id')
  }
  const { column, hash } = readMapping(schema.memberKey, value, path, problems)
  return column === undefined || hash === undefined ? undefined : { column, hash }
}

function readWhere(value: unknown, path: Path, problems: Problems): readonly Condition[] {
  if (!Array.isArray(value)) {
    problems.add(path, 'must be a list', value, 'write - { column: country, in: [FR, DE] }')
    return []
  }
  return value.flatMap((item: unknown, i) => readCondition(item, [...path, i], problems) ?? [])
}

function readCondition(value: unknown, path: Path, problems: Problems): Condition | undefined {
  const read = readMapping(schema.condition, value, path, problems)
  if (!isMapping(value)) return undefined
  const known = Object.keys(schema.operators)
  const given = known.filter((key) => Object.hasOwn(value, key))
  // A misspelt operator is told as an unknown key already.
  const misspelt = Object.keys(value).some((key) => key !== 'column' && !known.includes(key))
  if (given.length !== 1 && !(given.length === 0 && misspelt)) {
    const wayOut = given.length === 0 ? didYouMean('', known) : 'write each on a line of its own: all of them must hold'
    problems.add(path, 'must have exactly one operator', given.length === 0 ? undefined : given.join(' and '), wayOut)
  }
  const { column, in: among, not_in: notAmong, is_null: isNull, ...comparisons } = read
  if (column === undefined || given.length !== 1) return undefined
  if (among !== undefined) return { column, operator: 'in', values: among }
  if (notAmong !== undefined) return { column, operator: 'not_in', values: notAmong }
  if (isNull !== undefined) return { column, operator: 'is_null', value: isNull }
  for (const operator of ['equals', 'not_equals', 'at_least', 'at_most', 'above', 'below'] as const) {
    const operand = comparisons[operator]
    if (operand !== undefined) return { column, operator, value: operand }
  }
  return undefined
}
