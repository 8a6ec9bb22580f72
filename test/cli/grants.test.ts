import { expect, test } from '@jest/globals'
import { Project } from './project.ts'

test('a DuckDB file has no roles, and grants says so', async () => {
  await using project = await Project.open(1)
  expect(await project.run('grants')).toMatchObject({
    code: 0,
    stdout: '-- A duckdb file has no roles: whoever may read and write the file may do everything in it.\n',
  })
})

test('for another warehouse than the configured one, with what the configuration cannot tell', async () => {
  await using project = await Project.open(1)
  const segments = `everyone: { relation: customers, member_key: customer_id, activate: [x] }
  some: { sql: select * from customers, member_key: customer_id, activate: [x] }`
  await project.write({ segments })
  const { code, stdout } = await project.run('grants', 'postgres', '--role', 'ru"n', '--database', 'shop')
  expect(code).toBe(0)
  expect(stdout.trim().split('\n')).toEqual([
    'grant connect, temporary on database "shop" to "ru""n";',
    'create schema if not exists "tidemark" authorization "ru""n";',
    'create schema if not exists "tidemark_state" authorization "ru""n";',
    'grant select on "customers" to "ru""n";',
    '-- Segment everyone names no schema: grant usage on the schema in which it is found.',
    '-- Segment some is SQL: grant select on what it reads, and usage on the schemas.',
  ])
})

test('for a warehouse that we do not know is bad usage', async () => {
  await using project = await Project.open(1)
  expect(await project.run('grants', 'postgers')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('postgres'),
  })
})
