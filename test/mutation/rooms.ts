/** Files that are mutated, and the tests that have to notice: Jest loads all of them for every mutant, so they are few. */
export interface Room {
  readonly name: string
  readonly files: readonly string[]
  readonly tests: readonly string[]
}

const room = (name: string, files: readonly string[], tests: readonly string[]): Room => ({ name, files, tests })
const config = (files: readonly string[], tests: readonly string[]): Room =>
  room(
    `config-${files[0]}`,
    files.map((file) => `connector/config/${file}.ts`),
    tests.map((test) => `test/config/${test}.test.ts`),
  )
const http = (file: string, tests: readonly string[]): Room =>
  room(
    `http-${file}`,
    [`connector/http/${file}.ts`],
    tests.map((test) => `test/http/${test}.test.ts`),
  )
const activation = (files: readonly string[], tests: readonly string[]): Room =>
  room(
    `activation-${files[0]}`,
    files.map((file) => `connector/activation/${file}.ts`),
    tests.map((test) => `test/activation/${test}.test.ts`),
  )

export const rooms: readonly Room[] = [
  activation(['guards'], ['guards']),
  activation(['rejected'], ['rejected']),
  activation(['country-columns'], ['country-columns']),
  config(['nearest'], ['nearest']),
  config(['tree', 'environment'], ['tree']),
  config(['relation'], ['relation']),
  config(['schedule'], ['schedule']),
  room('answers', ['connector/destination/answers.ts'], ['test/destination/answers.test.ts']),
  room('quotable', ['connector/destination/quotable.ts'], ['test/destination/quotable.test.ts']),
  http('patience', ['patience']),
  http('gate', ['gate']),
  http('transport', ['transport']),
  config(['segments'], ['segments']),
  config(['airflow-connection', 'airflow-uri'], ['airflow-connection']),
  config(
    ['connections', 'connection-parts', 'connection-types', 'connection-snowflake'],
    ['connections', 'connection-problems', 'connection-types'],
  ),
  config(
    ['activations', 'activation-settings', 'config-hash', 'fields'],
    ['activations', 'airflow', 'config-hash', 'load'],
  ),
  config(['problems'], ['problems']),
  config(['read'], ['read']),
  config(['load', 'file'], ['load', 'select', 'json-schema']),
  config(
    ['destinations', 'warehouse', 'duckdb', 'postgres', 'schema'],
    ['load', 'postgres', 'problems', 'secrets', 'json-schema'],
  ),
  activation(['calls'], ['calls']),
  activation(['pages'], ['pages']),
  activation(['stop', 'stop-of'], ['stop']),
  activation(['audience'], ['audience', 'audience-twins']),
  activation(['lease'], ['lease']),
  activation(['settle', 'recover'], ['recover']),
  activation(['deliver', 'delivery-state', 'cut'], ['deliver', 'culprits', 'apart']),
  activation(['culprits'], ['culprits']),
  activation(['apart', 'split', 'taken'], ['apart', 'split', 'culprits']),
  http('throttle', ['throttle']),
  http('channel', ['channel', 'waits']),
  activation(['bisect'], ['bisect']),
]
