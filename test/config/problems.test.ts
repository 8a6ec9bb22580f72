// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables as they stand in a file

import { describe, expect, test } from '@jest/globals'
import {
  ConfigurationError,
  isSecret,
  type Path,
  Problems,
  pathText,
  quote,
  describe as told,
} from '../../connector/config/problems.ts'
import { activate, load, problemsOf, refusal, tidemarkYml, tiktok, x } from './configuration.ts'

test('one file with many mistakes gives a line for each', async () => {
  const error = await refusal(
    tidemarkYml({
      head: 'version: 2\ncolour: red',
      warehouse: '{ type: duckdb, schema: Tide-Mark, threads: many }',
      x: x(
        'acount_id: a\nrate_limit: { requests_per_second: 0 }',
        '{ fields: { emial: email }, quarantine_days: 1.5 }',
      ),
      segment:
        'relation: a..b\nmember_key: id\nactivate: [x, tictok, { destination: tiktok, guards: { max_removed_share: 30 } }]',
    }),
  )
  expect(error.exitCode).toBe(78)
  expect(error.problems.map(({ path }) => path)).toEqual([
    'colour',
    'version',
    'warehouse.path',
    'warehouse.schema',
    'warehouse.threads',
    'destinations.x.acount_id',
    'destinations.x.rate_limit.requests_per_second',
    'destinations.x.defaults.quarantine_days',
    'destinations.x.defaults.fields.emial',
    'segments.high_value.relation',
    'segments.high_value.activate[1]',
    'segments.high_value.activate[2].guards.max_removed_share',
  ])
  expect(error.message.split('\n')).toHaveLength(1 + 12)
  expect(error.message).toContain(
    '\n  line 21: segments.high_value.activate[1]: names no destination of this file; got "tictok"; did you mean tiktok?\n',
  )
  expect(error.message).toMatch(
    /\n {2}line \d+: destinations\.x\.defaults\.fields\.emial: is not known here; got the key emial; did you mean email\? X Ads has the fields email, phone_number, /,
  )
  expect(error.message).toContain(
    'schema: must be lower-case letters, digits and _, beginning with a letter; got "Tide-Mark"; rename it',
  )
})

describe('whole sections', () => {
  test('all missing', async () => {
    expect(await problemsOf('{}')).toEqual([
      'version: is missing',
      'warehouse: is missing',
      'destinations: is missing',
      'segments: is missing',
    ])
  })

  test('all of the wrong kind', async () => {
    expect(await problemsOf('{ version: "1", warehouse: [], run: 7, destinations: a, segments: null }')).toEqual([
      'version: must be 1',
      'warehouse: must be a mapping',
      'run: must be a mapping',
      'destinations: must be a mapping',
      'segments: must be a mapping',
    ])
  })

  test.each([
    ['dbt: { manifest: target/manifest.json }', 'dbt: is not supported yet by this version'],
    ['run: { lease_seconds: 0 }', 'run.lease_seconds: must be at least 3'],
    ['run: { lease: 120 }', 'run.lease: is not known here'],
  ])('%s', async (line, problem) => {
    expect(await problemsOf(tidemarkYml({ end: line }))).toEqual([problem])
  })

  test.each([
    ['{ type: postgres, port: 0 }', 'warehouse.port: must be at least 1'],
    [
      '{ type: postgres, sslmode: sometimes }',
      'warehouse.sslmode: must be disable or prefer or require or verify-ca or verify-full',
    ],
    ['{ type: postgres, path: a.duckdb }', 'warehouse.path: is not known here'],
    ['{ type: postgres, password: secret }', 'warehouse.password: is a secret and must not stand in the file'],
    ['{ type: bigquery, project: p-1, location: EU }', 'warehouse.project: must be the id of a project'],
    ['{ type: bigquery, project: shop-1 }', 'warehouse.location: is missing'],
    [
      '{ type: bigquery, project: shop-1, location: EU, maximum_bytes_billed: 1 }',
      'warehouse.maximum_bytes_billed: must be at least 10485760',
    ],
    ['{ type: snowflake, account: a, database: d }', 'warehouse: has no way to log in (authenticator snowflake)'],
    [
      '{ type: snowflake, account: a, database: d, authenticator: oauth }',
      'warehouse: has no way to log in (authenticator oauth)',
    ],
    [
      '{ type: snowflake, account: a, database: d, private_key_path: k, token: secret }',
      'warehouse.token: is a secret and must not stand in the file',
    ],
    ['{ type: duckbd, path: a }', 'warehouse.type: is no warehouse we know'],
    ['{ connection: my_conn }', 'warehouse.connection: needs AIRFLOW_CONN_MY_CONN'],
    ['{ path: a }', 'warehouse.type: is missing'],
    ['{ type: duckdb, path: "" }', 'warehouse.path: must not be empty'],
    ['{ type: duckdb, path: ":memory:" }', 'warehouse.path: must be a file'],
    [
      '{ type: duckdb, path: "md:shop?motherduck_token=canary-password" }',
      'warehouse.path: must be a file on this machine',
    ],
    [
      '{ type: duckdb, path: "s3://bucket/tidemark.duckdb?key=canary-password" }',
      'warehouse.path: must be a file on this machine',
    ],
    ['{ type: duckdb, path: data/Tidemark.duckdb }', 'warehouse.path: is a file named like the schema tidemark'],
    ['{ type: duckdb, path: ads_state.db, schema: ads }', 'warehouse.path: is a file named like the schema ads'],
    ['{ type: duckdb, path: a, memory_limit: lots }', 'warehouse.memory_limit: must be an amount of memory'],
    ['{ type: duckdb, path: a, threads: 0 }', 'warehouse.threads: must be at least 1'],
    ['{ type: duckdb, path: a, threads: 1.5 }', 'warehouse.threads: must be a whole number'],
  ])('warehouse: %s', async (warehouse, problem) => {
    expect(await problemsOf(tidemarkYml({ warehouse }))).toEqual([problem])
  })
})

describe('destinations', () => {
  test.each([
    ['base_url: ftp://host', 'base_url: must be an http or https address without a path'],
    ['base_url: http://host/v1', 'base_url: must be an http or https address without a path'],
    ['base_url: http://host?', 'base_url: must be an http or https address without a path'],
    ['base_url: http://user:canary-password@host', 'base_url: must be an http or https address without a path'],
    ['base_url: localhost', 'base_url: must be an http or https address without a path'],
    ['rate_limit: { requests_per_second: .inf }', 'rate_limit.requests_per_second: must be a number'],
    ['rate_limit: { requests_per_second: "5" }', 'rate_limit.requests_per_second: must be a number'],
    ['request: { timeout_ms: 2000, quiet_ms: 1999 }', 'request.quiet_ms: must be at least timeout_ms (2000)'],
    ['request: { timeout_ms: 80000 }', 'request.timeout_ms: must be less than two thirds of the lease (80000 ms)'],
    ['request: { concurrency: 0 }', 'request.concurrency: must be at least 1'],
    ['request: { max_rows: 0 }', 'request.max_rows: must be at least 1'],
    ['request: { combined_rows: yes }', 'request.combined_rows: must be true or false'],
    ['requests: {}', 'requests: is not known here'],
    ['request: { timeout: 1 }', 'request.timeout: is not known here'],
    ['access_token: canary-misplaced', 'access_token: is not known here'],
    ['advertiser_id: "7"', 'advertiser_id: is not known here'],
  ])('%s', async (line, problem) => {
    const error = await refusal(tidemarkYml({ x: x(line) }))
    expect(error.problems.map(({ path, wrong }) => `${path}: ${wrong}`)).toEqual([`destinations.x.${problem}`])
    expect(error.message).not.toContain('canary')
  })

  test('a time-out just below two thirds of the lease is accepted', async () => {
    await expect(load(tidemarkYml({ x: x('request: { timeout_ms: 79999 }') }))).resolves.toBeDefined()
  })

  test('a lease that is too short for the time-outs of the platforms', async () => {
    const error = await refusal(
      tidemarkYml({ end: 'run: { lease_seconds: 15 }', tiktok: tiktok('request: { timeout_ms: 10000 }') }),
    )
    expect(error.message).toContain(
      'destinations.tiktok.request.timeout_ms: must be less than two thirds of the lease (10000 ms); got 10000; lower it or set run.lease_seconds to 16 or more',
    )
  })

  test('an account number without quotes loses digits', async () => {
    const unquoted = tidemarkYml().replace('"7000000000000000001"', '7000000000000000001')
    const error = await refusal(unquoted)
    expect(error.message).toContain(
      'destinations.tiktok.advertiser_id: would lose digits as a number; got a number of 19 digits; put it in quotes',
    )
    expect(error.problems).toHaveLength(1)
  })

  test('a short account number without quotes', async () => {
    const error = await refusal(tidemarkYml().replace('"7000000000000000001"', '0012'))
    expect(error.message).toContain('destinations.tiktok.advertiser_id: must be text; got 12; put it in quotes')
  })

  test('an unknown platform hides nothing else', async () => {
    const text = tidemarkYml({ x: x('type: y_ads\nconsumer: a', '{ schedule: "@dayly" }') }).replace(
      '    type: x_ads\n',
      '',
    )
    expect(await problemsOf(text)).toEqual([
      'destinations.x.type: is no ad platform we know',
      'destinations.x.defaults.schedule: is no cron expression',
      'segments.high_value.activate[0].fields: must map at least one field',
    ])
  })

  test('names', async () => {
    const text = tidemarkYml()
      .replaceAll(/\bx:/g, 'X-1:')
      .replace('[x, tiktok]', '[X-1, tiktok]')
      .replace('high_value:', '9lives:')
    expect(await problemsOf(text)).toEqual([
      'destinations.X-1: must be lower-case letters, digits and _, beginning with a letter',
      'segments.9lives: must be lower-case letters, digits and _, beginning with a letter',
    ])
  })
})

test('nothing of the file acts on a terminal', async () => {
  const error = await refusal(
    tidemarkYml({ head: 'version: 1\n"\\e[31mred\\u202e\\nnew": 1', segment: activate('["\\e[2J\\u009b"]') }),
  )
  expect(error.message.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  expect(error.message.split('\n')).toHaveLength(3)
})

test('a file with a thousand problems is read no further', async () => {
  const error = await refusal(tidemarkYml({ segment: activate(`[${'nowhere, '.repeat(5000)}]`) }))
  expect(error.problems).toHaveLength(1000)
  expect(error.message).toMatch(/\n {2}The file was read no further\.$/)
})

test.each<[unknown, string]>([
  [undefined, 'nothing'],
  [null, 'nothing'],
  [[7], 'a list of 1'],
  [[], 'a list of 0'],
  [[1, 2], 'a list of 2'],
  [{ a: 1 }, 'a mapping'],
  [1.5, '1.5'],
  [false, 'false'],
  ['plain', '"plain"'],
  ['jo@example.org', 'text that is not shown, since it may name a person or hold a password'],
  ['@daily', '"@daily"'],
  ['me @ home', '"me @ home"'],
])('a value is told without what is in it: %j is %s', (value, words) => {
  expect(told(value)).toBe(words)
})

test.each([
  ['x'.repeat(80), `"${'x'.repeat(80)}"`],
  ['x'.repeat(81), `"${'x'.repeat(79)}…"`],
  ['say "hi"', String.raw`"say \"hi\""`],
  ['\u0007', String.raw`"\u0007"`],
  ['\u009b\u202e\u2028', String.raw`"\u009b\u202e\u2028"`],
])('quoted %#', (text, quoted) => {
  expect(quote(text)).toBe(quoted)
})

test.each<[Path, string]>([
  [[], '(the whole file)'],
  [['segments', 'a-b', 'activate', 0, 'fields'], 'segments.a-b.activate[0].fields'],
  [['odd key'], '"odd key"'],
  [['x'.repeat(81)], `"${'x'.repeat(79)}…"`],
  [['destinations', 'x', 'credentials', 'access_token'], 'destinations.x.credentials.access_token'],
  [['destinations', 'x', 'credentials', 'S3cret'], 'destinations.x.credentials.(key not shown)'],
  [['destinations', 'x', 'credentials', 'a'.repeat(41)], 'destinations.x.credentials.(key not shown)'],
  [['destinations', 'x', 'S3cret'], 'destinations.x.S3cret'],
])('the path %j is written %s', (path, text) => {
  expect(pathText(path)).toBe(text)
})

test.each<[Path, boolean]>([
  [['destinations', 'x', 'credentials', 'a'], true],
  [['destinations', 'x', 'credentials'], true],
  [['credentials'], true],
  [['warehouse', 'credentials'], true],
  [['destinations', 'credentials', 'type'], false],
  [['segments', 'credentials', 'sql'], false],
  [['segments', 'a', 'sql'], false],
])('%j is at or below credentials: %s', (path, secret) => {
  expect(isSecret(path)).toBe(secret)
})

describe('what is noted', () => {
  const noted = (note: (problems: Problems) => void) => {
    const problems = new Problems('tidemark.yml')
    note(problems)
    return problems
  }

  test('of a value, of a secret one, and of one that came from the environment', () => {
    const { all } = noted((problems) => {
      problems.cameFromEnvironment(['a'], ['ONE', 'TWO'])
      problems.add(['a'], 'is wrong', 'canary', 'correct it')
      problems.add(['credentials', 'b'], 'is wrong', 'canary', 'correct it')
      problems.add(['credentials', 'c'], 'is missing', undefined, 'add it')
      problems.add(['d'], 'is wrong', 'shown', 'correct it')
      problems.add(['e'], 'is wrong', 'canary', 'correct it', ['a'])
    })
    expect(all.map(({ path, got }) => `${path} ${got}`)).toEqual([
      'a the value of ${ONE} and ${TWO} (not shown)',
      'credentials.b a value that is not shown',
      'credentials.c nothing',
      'd "shown"',
      'e the value of ${ONE} and ${TWO} (not shown)',
    ])
  })

  test('nothing follows from what could not be read, but unknown keys are told all the same', () => {
    const { all } = noted((problems) => {
      problems.unreadable(['a'], 'is nested too deeply', 'nothing', 'nest less')
      problems.unreadable(['a', 'b'], 'is an alias of nothing', 'nothing', 'name it')
      problems.add(['a'], 'is missing', undefined, 'add it')
      problems.add(['a', 'b', 0], 'is missing', undefined, 'add it')
      problems.unknownKey(['a', 'c'], 'take it out')
      problems.notYet(['a', 'dbt'], 'wait')
      problems.add(['ab'], 'is missing', undefined, 'add it')
    })
    expect(all.map(({ path, wrong, got }) => `${path} ${wrong} ${got}`)).toEqual([
      'a is nested too deeply nothing',
      'a.c is not known here the key c',
      'a.dbt is not supported yet by this version the key dbt',
      'ab is missing nothing',
    ])
  })

  test('says whether something is wrong below a path', () => {
    const problems = noted((p) => p.add(['a', 'b', 0], 'is wrong', 7, 'correct it'))
    const paths: readonly Path[] = [[], ['a'], ['a', 'b'], ['a', 'b', 0], ['a', 'c'], ['b'], ['a', 'b', 0, 'c']]
    expect(paths.map((path) => problems.within(path))).toEqual([true, true, true, true, false, false, false])
  })

  test('is told in one message: the file, how many, and a line for each', () => {
    const one = { path: 'a', wrong: 'is wrong', got: '7', wayOut: 'correct it' }
    expect(new ConfigurationError('t\u0007.yml', [one]).message).toBe(
      't\\u0007.yml has 1 problem:\n  a: is wrong; got 7; correct it',
    )
    expect(new ConfigurationError('t.yml', [one, one]).message).toMatch(/^t\.yml has 2 problems:\n.*\n.*correct it$/)
    const most = (n: number) => new ConfigurationError('t.yml', Array(n).fill(one)).message
    expect([most(999), most(1000)].map((text) => text.endsWith('read no further.'))).toEqual([false, true])
  })
})
