import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { isConnection, readAirflowConnection } from '../../connector/config/airflow-connection.ts'
import { variableOf } from '../../connector/config/airflow-variable.ts'

/** What each text means is judged by the real Airflow too: test/dags/test_airflow_connections.py. */
interface Case {
  readonly name: string
  readonly value: string
  readonly connection?: Readonly<Record<string, unknown>>
  readonly refused?: string
}
const cases = JSON.parse(readFileSync(join(import.meta.dirname, 'airflow-connections.json'), 'utf8')) as readonly Case[]

describe('a connection as Airflow reads it', () => {
  test.each(cases.filter(({ connection }) => connection !== undefined))('$name', ({ value, connection }) => {
    const { conn_type: type, extra = {}, ...fields } = connection ?? {}
    const read = readAirflowConnection(value)
    expect(isConnection(read) ? { ...read, extra: { ...read.extra } } : read).toEqual({ type, extra, ...fields })
  })
})

describe('what is no connection, without a word of it', () => {
  test.each(cases.filter(({ refused }) => refused !== undefined))('$name', ({ value }) => {
    const read = readAirflowConnection(value)
    expect(isConnection(read)).toBe(false)
    expect(JSON.stringify(read)).not.toMatch(/se(#|\/)?cret|12345678/)
  })
})

test.each([
  ['{"conn_type": "postgres", "pasword": "x"}', 'has a key that a connection has not'],
  ['{"conn_type": "postgres", "a": 1, "b": 2}', 'has 2 keys that a connection has not'],
  ['{"conn_type": "postgres"', 'is no JSON'],
  ['{"host": "h"}', 'has no conn_type'],
  ['{"conn_type": 7}', 'has a conn_type that is no text'],
  ['{"conn_type": "postgres", "login": 7}', 'has a login that is no text'],
  ['{"conn_type": "postgres", "port": -1}', 'has a port that is no port'],
  ['{"conn_type": "postgres", "extra": "[]"}', 'has an extra that is no JSON object'],
  ['my-warehouse', 'is neither JSON nor the address of a connection'],
  ['postgres://h:70000', 'is neither JSON nor the address of a connection'],
  ['x_ads://h', 'is an address without a type'],
])('%s %s', (value, wrong) => {
  expect(readAirflowConnection(value)).toMatchObject({ wrong })
})

test('the variable has the id in capitals', () => {
  expect(variableOf('x_main')).toBe('AIRFLOW_CONN_X_MAIN')
})
