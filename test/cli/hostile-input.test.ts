import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { expectClearError } from './ended.ts'
import { digestsOf, everyone, Project, summaryOf } from './project.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const onX = (segment: string): string => segment.replace(/activate: .*/, 'activate: [x]')
const columns = `(select count(*) from customers) as customers`

/** As names: of a schema, a relation, a column. As values: of a key, of an address. In each, SQL that would drop the customers. */
const odd = {
  schema: 'my "odd; schema.x',
  relation: `cust; drop table customers; -- ü'😀`,
  key: 'id; "quoted".dot ü\nnewline\u001b[31m',
  email: `e-mail "of" 'x'); drop table customers; --`,
}
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const keys = [
  'a\nb',
  'nul\0x',
  'k'.repeat(10_000),
  `"'; drop table customers; --`,
  '\u202ertl',
  '\\n',
  ',',
  '{"a":1}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: so it stands in the table
  '$1 ${HOME} %s',
  ' blank ',
]
/** No addresses, though DuckDB holds them. */
const noAddresses = [
  `x'; drop table customers; --@example.com`,
  'nul\0@example.com',
  `${'e'.repeat(10_000)}@example.com`,
  '"q"@example.com',
]

test.concurrent('odd names, keys and addresses are names, keys and values: nothing is lost, nothing is run', async () => {
  const relation = [odd.schema, odd.relation].map(quoted).join('.')
  await using project = await Project.open(3, {
    xFields: `{ email: ${JSON.stringify(odd.email)} }`,
    segments: `odd:
    relation: '${relation.replaceAll("'", "''")}'
    member_key: ${JSON.stringify(odd.key)}
    activate: [x]`,
  })
  const literal = (text: string): string =>
    text
      .split('\0')
      .map((part) => `'${part.replaceAll("'", "''")}'`)
      .join(' || chr(0) || ')
  const rows = [
    ...keys.map((key, i) => [key, `person${i}@example.com`] as const),
    ...noAddresses.map((email, i) => [`no${i}`, email] as const),
  ]
  await project.query(`create schema ${quoted(odd.schema)}; create table ${relation} as select k as ${quoted(odd.key)}, e as ${quoted(odd.email)}
    from (values ${rows.map(([key, email]) => `(${literal(key)}, ${literal(email)})`).join(', ')}) v(k, e)`)
  const checked = await project.run('validate', '--warehouse')
  expect([checked.code, checked.stderr]).toEqual([0, ''])
  const first = await project.run('run', '--all')
  expect(first.code).toBe(0)
  expect(summaryOf(first).activations[0]).toMatchObject({
    segment_members: 14,
    members_added: 10,
    identifiers_rejected: 4,
  })
  const [audience] = project.x.audiences()
  const held = (): string[] => [...project.x.identifiers(audience?.id ?? '')].sort()
  expect(held()).toEqual(keys.map((_, i) => `email ${sha256(`person${i}@example.com`)}`).sort())
  expect(
    (await project.query('select member_key from tidemark.audience_members')).map((r) => r.member_key).sort(),
  ).toEqual([...keys].sort())
  expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
  await project.query(
    `delete from ${relation} where ${quoted(odd.key)} in (${keys.slice(0, 3).map(literal).join(', ')})`,
  )
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(held()).toHaveLength(7)
  for (const args of [['plan', '--all', '--full', '--sql'], ['status']]) {
    const { code, stdout, stderr } = await project.run(...args)
    expect([code, (stdout + stderr).match(/(?![\n\t])\p{Cc}/u)]).toEqual([0, null])
  }
  // Where they are missing they are said, and do not act.
  await project.query(`alter table ${relation} rename ${quoted(odd.email)} to mail`)
  const missing = await project.run('run', '--all')
  expect(missing.code).toBe(78)
  expectClearError(missing, /relation "my \\"odd; schema\.x"\."cust; drop .* has no column "e-mail \\"of\\"/)
  expect(await project.query(`select ${columns}`)).toEqual([{ customers: '3' }])
}, 120_000)

/** What may stand where a query is to stand: none of it is run, and each is told from the others. */
const noQueries: readonly (readonly [sql: string, says: string])[] = [
  ['select * from customers; drop table customers', 'cannot be parsed, in line 1, column 24, at ";"'],
  ['select * from customers) as s; drop table customers; --', 'cannot be parsed, at its end (line 1)'],
  [
    'select * from customers) as s limit 0; drop table customers; select * from (select 1',
    'holds more than one statement, of which none was run',
  ],
  ['drop table customers', 'cannot be parsed, in line 1, column 6, at "table"'],
  ['delete from customers returning *', 'cannot be parsed, in line 1, column 8, at "from"'],
  // It would be filled with what the statement around it binds.
  ['select * from customers where email = $1', 'has a parameter ($1 or ?), which nothing fills'],
  ["select * from customers where email like ? || '%'", 'has a parameter ($1 or ?), which nothing fills'],
  [
    "select * from 'https://example.invalid/customers.parquet'",
    'calls a function that the warehouse does not have, or needs an extension that is not installed',
  ],
]

test.concurrent('a segment in SQL is one query: whatever else is written there is 78, and not run', async () => {
  const segment = ([sql]: readonly [sql: string, says: string], i: number): string =>
    onX(everyone)
      .replace('everyone', `q${i}`)
      .replace('relation: main.customers', `sql: ${JSON.stringify(sql)}`)
  await using project = await Project.open(3, { segments: noQueries.map(segment).join('\n  ') })
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(78)
  expectClearError(ended, /^Segment q\d: its sql /)
  expect(
    summaryOf(ended).activations.map(
      ({ error }) => /its sql (.*?); correct segments\./.exec(error?.message ?? '')?.[1],
    ),
  ).toEqual(noQueries.map(([, says]) => says))
  expect(await project.query(`select ${columns}`)).toEqual([{ customers: '3' }])
}, 120_000)

/** Types whose values are one text each, and the text of `101` in them. */
const good = [
  'varchar',
  'tinyint',
  'smallint',
  'integer',
  'bigint',
  'hugeint',
  'utinyint',
  'usmallint',
  'uinteger',
  'ubigint',
  'uhugeint',
  'decimal(18, 0)',
  'bignum',
  "enum('101')",
]
/** A value of each other type. */
const bad: Readonly<Record<string, string>> = {
  DECIMAL: '101.00::decimal(18, 2)',
  FLOAT: '101::float',
  DOUBLE: '33644771003::double',
  DATE: "date '2026-01-01'",
  TIME: "time '10:00'",
  TIMESTAMP: "timestamp '2026-01-01'",
  TIMESTAMP_TZ: "timestamptz '2026-01-01'",
  INTERVAL: 'interval 1 day',
  BOOLEAN: 'true',
  STRUCT: "{'a': 'person@example.com'}",
  LIST: "['person@example.com']",
  ARRAY: "['a', 'b']::varchar[2]",
  MAP: "map {'a': 'b'}",
  BLOB: "'person@example.com'::blob",
  JSON: `'"person@example.com"'::json`,
  BIT: "'101'::bit",
  UNION: "union_value(n := '101')",
}

test.concurrent('columns of every type: texts and whole numbers are read, others are 78 with their names, in a field and as a key', async () => {
  const names = good.map((_, i) => `g${i}`)
  await using project = await Project.open(1, {
    xFields: `{ twitter_id: [${names.join(', ')}], device_id: [u, n] }`,
    segments: onX(everyone).replace('main.customers', 'main.typed'),
  })
  await project.query(`create table typed as select 'k' as customer_id, uuid '6d92078a-8246-4ba4-ae5b-76104861e7dc' as u, null as n,
    ${good.map((type, i) => `cast('101' as ${type}) as g${i}`).join(', ')}, ${Object.entries(bad)
      .map(([type, value]) => `${value} as of_${type}`)
      .join(', ')}`)
  expect((await project.run('run', '--all')).code).toBe(0)
  expect([...project.x.identifiers(project.x.audiences()[0]?.id ?? '')].sort()).toEqual([
    `device_id ${sha256('6d92078a-8246-4ba4-ae5b-76104861e7dc')}`,
    `twitter_id ${sha256('101')}`,
  ])
  // A phone number of 33644771003.0 would be read as 336447710030: somebody else's.
  const typed = Object.keys(bad).map((type) => `of_${type}`)
  await project.write({
    // Bytes are read where digests are taken, so not here.
    xFields: `{ phone_number: [${typed.map((column) => `{ column: ${column}, format: clear }`).join(', ')}] }`,
    segments: onX(everyone).replace('main.customers', 'main.typed'),
  })
  const fields = await project.run('run', '--all')
  expect(fields.code).toBe(78)
  for (const type of Object.keys(bad)) expectClearError(fields, new RegExp(`"of_${type}" \\(${type}\\).*; cast`))
  const segment = (type: string): string =>
    `k_${type.toLowerCase()}:\n    relation: main.typed\n    member_key: of_${type}\n    activate: [x]`
  await project.write({ xFields: '{ twitter_id: g0 }', segments: Object.keys(bad).map(segment).join('\n  ') })
  const { code, stdout } = await project.run('validate', '--warehouse', '--json')
  expect(code).toBe(78)
  expect(
    JSON.parse(stdout).segments.map((s: { code: string; message: string }) => [
      s.code,
      /\((\w+)\)/.exec(s.message)?.[1],
    ]),
  ).toEqual(Object.keys(bad).map((type) => ['column_type', type]))
}, 120_000)

test.concurrent('one address on 50,000 members is a placeholder: rejected, none of them lost, no request for each', async () => {
  const guards = '{ max_rejected_share: 1 }'
  await using project = await Project.open(0, {
    request: '{ timeout_ms: 10000, quiet_ms: 10000 }',
    segments: everyone.replace(/activate: .*/, `activate: [{ destination: x, guards: ${guards} }]`),
  })
  await project.query(
    `insert into customers select i, 'none@example.com', case when i <= 30 then '+336' || (10000000 + i) end from range(1, 50001) t(i)`,
  )
  const first = await project.run('run', '--all')
  expect(first.code).toBe(0)
  // One to make the audience, one for the thirty with a phone number.
  expect(summaryOf(first).activations[0]).toMatchObject({
    segment_members: 50_000,
    reachable_members: 30,
    members_added: 30,
    identifiers_added: 30,
    identifiers_rejected: 50_000,
    api_calls: 2,
  })
  expect(
    await project.query('select reason, count(*)::int as n from tidemark.current_rejections group by all'),
  ).toEqual([{ reason: 'shared_by_many', n: 50_000 }])
  expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
  // Who gets an address of their own is delivered, and the others stay as they are.
  await project.query(`update customers set email = 'person1@example.com' where customer_id = 1`)
  const next = await project.run('run', '--all')
  expect([
    next.code,
    summaryOf(next).activations[0]?.identifiers_added,
    summaryOf(next).activations[0]?.api_calls,
  ]).toEqual([0, 1, 1])
  const [x] = project.x.audiences()
  const phones = digestsOf(1, 30, ['email', 'phone_number']).filter((id) => id.startsWith('phone'))
  expect([...project.x.identifiers(x?.id ?? '')].sort()).toEqual([`email ${sha256('person1@example.com')}`, ...phones])
}, 120_000)
