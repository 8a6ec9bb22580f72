// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is the file's own way to read the environment

/** What a new user does, and what must be said: the thing that is wrong, and the way out. */
export interface Mistake {
  readonly what: string
  /** What stands in the file, and what stands there instead. */
  readonly file?: readonly (readonly [from: string, to: string])[]
  /** Words behind `tidemark`; `validate` unless said. */
  readonly args?: readonly string[]
  /** What is done before: commands that must end well with the file as it was, statements in the warehouse, and the like. */
  readonly before?: 'ran' | 'ran elsewhere' | 'locked' | 'text in place of the warehouse' | 'named .yaml'
  readonly sql?: string
  readonly env?: Readonly<Record<string, string>>
  readonly exit: number
  readonly says: readonly RegExp[]
}

const ofFile = (what: string, from: string, to: string, ...says: readonly RegExp[]): Mistake => ({
  what,
  file: [[from, to]],
  exit: 78,
  says,
})
const ofWarehouse = (what: string, from: string, to: string, ...says: readonly RegExp[]): Mistake => ({
  ...ofFile(what, from, to, ...says),
  args: ['validate', '--warehouse'],
})
const usage = (what: string, args: readonly string[], ...says: readonly RegExp[]): Mistake => ({
  what,
  args,
  exit: 64,
  says,
})

const ofTheFile: readonly Mistake[] = [
  ofFile(
    'a wrong key',
    'relation: main',
    'realtion: main',
    /line 18: segments\.small\.realtion/,
    /did you mean relation\?/,
  ),
  ofFile(
    'a wrong type',
    'threads: 1',
    'threads: many',
    /line 2: warehouse\.threads: must be a number; got "many"; write a number/,
  ),
  ofFile('a number in quotes', 'threads: 1', 'threads: "1"', /must be a number; got "1"; write it without quotes/),
  ofFile('no version', 'version: 1', '', /version: is missing/, /write 1/),
  ofFile(
    'an unknown warehouse',
    'type: duckdb',
    'type: duckbd',
    /line 2: warehouse\.type.*"duckbd".*did you mean duckdb/,
  ),
  ofFile('no type of warehouse', 'type: duckdb, ', '', /warehouse\.type: is missing.*write type: duckdb or postgres/),
  ofFile(
    'an unknown platform',
    'type: x_ads',
    'type: x_ad',
    /line 5: destinations\.x\.type.*"x_ad".*did you mean x_ads/,
  ),
  ofFile(
    'no type of platform',
    '    type: x_ads\n',
    '',
    /destinations\.x\.type: is missing.*write type: x_ads or tiktok_ads/,
  ),
  ofFile('a wrong operator', 'at_least', 'at_leest', /where\[0\]\.at_leest.*did you mean at_least/),
  ofFile('an operator of SQL', 'at_least', '">="', /where\[0\]\.">=": is not known here.*known are column, equals/),
  ofFile(
    'two operators',
    'at_least: 0',
    'at_least: 0, below: 9',
    /where\[0\].*got "at_least and below"; write each on a line/,
  ),
  ofFile('a text for a list', 'at_least: 0', 'in: FR', /where\[0\]\.in: must be a list; got "FR"; write a list/),
  ofFile(
    'a schedule in words',
    'defaults:',
    'defaults:\n      schedule: every day',
    /schedule: is no cron expression; got "every day"; write five fields/,
  ),
  ofFile(
    'an unknown country',
    'default_country: FR',
    'default_country: Narnia',
    /default_country.*"Narnia".*two letters of ISO 3166/,
  ),
  ofFile(
    'a country that has another code',
    'default_country: FR',
    'default_country: UK',
    /default_country.*"UK"; write GB/,
  ),
  ofFile(
    'a wrong indentation',
    '    member_key',
    '  member_key',
    /has 1 problem:\n {2}line 20, column 3: is indented by 2, where the file makes sense with 4; got ` {2}member_key: customer_id`; indent it by 4 blanks/,
  ),
  ofFile(
    'a tab',
    '    member_key',
    '\tmember_key',
    /line 20, column 1: is indented by a tab; got `→member_key: customer_id`; indent by blanks/,
  ),
  ofFile(
    'an open quote',
    'relation: main.customers',
    'relation: "main.customers',
    /line 18, column 15: opens a quote that is not closed; got `.*`; close it/,
  ),
  ofFile(
    'an open bracket',
    'at_least: 0 }',
    'at_least: 0',
    /line \d+, column \d+: .*bracket/,
    /close the \[ or \{ above/,
  ),
  ofFile(
    'a variable without quotes',
    '"${X_CONSUMER_KEY}"',
    '${X_CONSUMER_KEY}',
    /line 8, .*a variable of the environment without quotes/,
    /put it in quotes/,
  ),
  ofFile(
    'a colon without a blank',
    'version: 1',
    'version:1',
    /line 1, .*got `version:1`; write key: value, with a blank behind the colon/,
  ),
  ofFile(
    'a key twice',
    'version: 1',
    'version: 1\nversion: 1',
    /line 2: version: stands there twice, first in line 1/,
    /keep one/,
  ),
  ofFile(
    'a field of another platform',
    'phone_number: {',
    'phone: {',
    /fields\.phone: is not known here.*did you mean phone_number\? X Ads has the fields/,
  ),
  ofFile(
    'fields a level too high',
    '    defaults:\n      fields',
    '    fields',
    /line 13: destinations\.x\.fields: is not known here.*write it below defaults of a destination/,
  ),
  ofFile(
    'an unknown destination',
    'destination: x',
    'destination: twitter',
    /line 22: segments\.small\.activate\[0\]\.destination.*"twitter"; known are x/,
  ),
  ofFile(
    'a destination for a list',
    'activate:\n      - destination: x\n',
    'activate: x\n#',
    /activate: must be a list; got "x"; write one - destination/,
  ),
  ofFile(
    'no member key',
    '    member_key: customer_id\n',
    '',
    /segments\.small\.member_key: is missing.*name the column that tells members apart/,
  ),
  ofFile(
    'a personal member key',
    'member_key: customer_id',
    'member_key: email',
    /line 20: segments\.small\.member_key.*must be hashed.*hash: true/,
  ),
  ofFile(
    'a secret in the file',
    '"${X_CONSUMER_KEY}"',
    'canary-in-the-file',
    /line 8: .*consumer_key: is a secret and must not stand in the file/,
    /write "\$\{NAME\}" and set NAME/,
  ),
  ofFile(
    'an address that is none',
    'base_url: http',
    'base_url: htp',
    /line 7: destinations\.x\.base_url: must be an http or https address.*such as "http:/,
  ),
  ofFile(
    'an account without quotes',
    'account_id: 18ce54d4x5t',
    'account_id: 7000000000000000001',
    /account_id: would lose digits as a number.*put it in quotes/,
  ),
  ofFile(
    'a share as per cent',
    'defaults:',
    'defaults:\n      guards: { max_removed_share: 30 }',
    /max_removed_share: must be at most 1; got 30; write 1 or less/,
  ),
  ofFile(
    'a request without room',
    'timeout_ms: 20000',
    'max_bytes: 50, timeout_ms: 20000',
    /max_bytes: is less than one member of small\.x needs \(\d+ bytes\); got 50; write \d+ or more/,
  ),
  ofFile(
    'a request that is quiet too soon',
    'quiet_ms: 20000',
    'quiet_ms: 30',
    /quiet_ms: must be at least timeout_ms \(20000\); got 30; raise it/,
  ),
  ofFile(
    'nothing mapped',
    'fields: {',
    'fields: {} #',
    /activate\[0\]\.fields: must map at least one field.*map a column to email or/,
  ),
  ofFile(
    'a name with capitals',
    '  small:',
    '  Small:',
    /segments\.Small: must be lower-case letters.*got "Small"; rename it/,
  ),
  ofFile(
    'a table and a query',
    'relation: main.customers',
    'relation: main.customers\n    sql: select 1',
    /must have exactly one of relation and sql; got "relation and sql"; keep one/,
  ),
  ofFile(
    'one audience for two',
    'segments:',
    'segments:\n  other: { relation: a, member_key: b, activate: [{ destination: x, audience: { name: "N" } }] }',
    /is the audience of segments\.other\.activate\[0\] in the same account.*of its own/,
  ),
  ofFile(
    'a warehouse in memory',
    'path: ',
    'path: ":memory:", temp_directory: ',
    /warehouse\.path: must be a file; got ":memory:"; name a file/,
  ),
  ofFile(
    'MotherDuck',
    'path: ',
    'path: "md:shop?motherduck_token=canary-token", temp_directory: ',
    /warehouse\.path: must be a file on this machine; got "md:"/,
    /name a file/,
  ),
  {
    what: 'no activate',
    file: [['    activate:\n      - destination: x\n        audience: { name: "N" }', '']],
    exit: 0,
    says: [/Warning: no segment is activated.*write activate: \[DESTINATION\] below a segment/],
  },
  {
    what: 'a missing file',
    args: ['validate', '--config', 'nowhere.yml'],
    exit: 78,
    says: [/is not there; got no file "\/.*\/nowhere\.yml"/, /name it with --config FILE/],
  },
  {
    what: 'a file of another ending',
    before: 'named .yaml',
    exit: 78,
    says: [/is not there/, /there is ".*\.yaml": name it with --config .*\.yaml, or rename it/],
  },
  {
    what: 'a missing secret',
    args: ['run', '--all'],
    env: { X_ACCESS_TOKEN: '' },
    exit: 78,
    says: [/line 10: destinations\.x\.credentials\.access_token: needs X_ACCESS_TOKEN.*set it in the environment/],
  },
]

const ofTheCommandLine: readonly Mistake[] = [
  usage('an unknown command', ['rum', '--all'], /unknown command 'rum'/, /Did you mean run/i),
  usage('an unknown option', ['run', '--al'], /unknown option '--al'/, /--all/),
  usage('a wrong number', ['run', '--all', '--drain-seconds', 'soon'], /--drain-seconds/, /'soon'.*above 0/),
  usage('nothing to run', ['run'], /Name the activations to run, or say --all/),
  usage('an unknown activation', ['run', 'smal.x'], /no activation is named "smal\.x": did you mean small\.x\?/),
]

const run = ['run', '--all'] as const

const ofTheWarehouse: readonly Mistake[] = [
  ofWarehouse(
    'an unknown column',
    'column: phone',
    'column: phon',
    /Segment small: relation main\.customers has no column "phon" \(did you mean "phone"\?\)/,
    /correct .*fields of small\.x/,
  ),
  ofWarehouse(
    'an unknown table',
    'main.customers',
    'main.costumers',
    /Segment small: relation main\.costumers does not exist/,
    /correct segments\.small/,
  ),
  ofWarehouse(
    'a text for a number',
    'at_least: 0',
    'at_least: much',
    /segments\.small\.where\[0\] \(at_least on "lifetime_value"\) cannot be compared/,
    /correct the value/,
  ),
  ofWarehouse(
    'a fraction for a member key',
    'member_key: customer_id',
    'member_key: share',
    /no whole numbers in "share" \(DOUBLE\); cast the column/,
  ),
  ofWarehouse(
    'SQL that is none',
    'relation: main.customers',
    'sql: selec * from customers',
    /Segment small: its sql cannot be parsed, in line 1, column 9.*; correct segments\.small/,
  ),
  ofWarehouse('a folder that is not there', 'path: ', 'path: nowhere/', /nowhere/, /warehouse\.path|folder/),
  { what: 'a folder that is not writable', file: [['path: ', 'path: /proc/']], args: run, exit: 78, says: [/\/proc/] },
  {
    what: 'a file that is no DuckDB',
    before: 'text in place of the warehouse',
    args: run,
    exit: 78,
    says: [/DuckDB/, /Correct warehouse/],
  },
  { what: 'a locked file', before: 'locked', args: run, exit: 75, says: [/another process/i, /try again|again/i] },
]

const ofTheRun: readonly Mistake[] = [
  {
    what: 'a member key that many share, in a plan',
    file: [['member_key: customer_id', 'member_key: lifetime_value']],
    args: ['plan', '--all'],
    exit: 0,
    says: [/Warning: segment small has several rows of 9 members/, /group by "lifetime_value" having count\(\*\) > 1/],
  },
  {
    what: 'a member key that many share, in a run',
    file: [['member_key: customer_id', 'member_key: lifetime_value']],
    args: run,
    exit: 0,
    says: [/"warn".*"several_rows".*"members":9.*each counts as one person/, /choose another member_key/],
  },
  {
    what: 'an emptied segment',
    before: 'ran',
    sql: 'delete from customers',
    args: run,
    exit: 65,
    says: [/segment small is empty/, /allow_empty/],
  },
  {
    what: 'swapped fields',
    file: [['email: email, phone_number: { column: phone', 'email: phone, phone_number: { column: email']],
    args: run,
    exit: 65,
    says: [/email/, /phone_number/, /override-guards/],
  },
  {
    what: 'a renamed activation',
    before: 'ran',
    file: [['  small:', '  tiny:']],
    args: run,
    exit: 78,
    says: [/small\.x/, /tiny\.x/],
  },
  {
    what: 'a second configuration',
    before: 'ran elsewhere',
    args: run,
    exit: 78,
    says: [/Audience|audience/, /adopt/],
  },
  {
    what: 'a wrong account',
    file: [['account_id: 18ce54d4x5t', 'account_id: 18ce54d4x5u']],
    args: run,
    exit: 77,
    says: [/18ce54d4x5u/, /account/],
  },
  {
    what: 'a wrong token',
    args: run,
    env: { X_ACCESS_TOKEN: 'canary-wrong' },
    exit: 77,
    says: [/destinations\.x/, /token|credentials/],
  },
  {
    what: 'an address where nobody answers',
    file: [['base_url: http', 'base_url: "http://127.0.0.1:9" #']],
    args: run,
    env: { TIDEMARK_TEST_PATIENCE_MS: '1' },
    exit: 75,
    says: [/127\.0\.0\.1:9|base_url|reach/],
  },
]

export const mistakes: readonly Mistake[] = [...ofTheFile, ...ofTheCommandLine, ...ofTheWarehouse, ...ofTheRun]
