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

test('BigQuery: on datasets and tables, and what SQL cannot say', async () => {
  await using project = await Project.open(1)
  await project.write({
    segments: 'everyone: { relation: \'"my-project".shop.customers\', member_key: customer_id, activate: [x] }',
  })
  const role = 'tidemark@my-project.iam.gserviceaccount.com'
  const { code, stdout } = await project.run(
    'grants',
    'bigquery',
    '--role',
    role,
    '--database',
    'my-project',
    '--reader',
    'a@b.co',
  )
  expect(code).toBe(0)
  expect(stdout.trim().split('\n')).toEqual([
    'create schema if not exists `tidemark`;',
    'create schema if not exists `tidemark_state`;',
    `grant \`roles/bigquery.dataEditor\` on schema \`tidemark\` to 'serviceAccount:${role}';`,
    `grant \`roles/bigquery.dataEditor\` on schema \`tidemark_state\` to 'serviceAccount:${role}';`,
    `grant \`roles/bigquery.dataViewer\` on table \`my-project\`.\`shop\`.\`customers\` to 'serviceAccount:${role}';`,
    "grant `roles/bigquery.dataViewer` on schema `tidemark` to 'user:a@b.co';",
    `-- gcloud projects add-iam-policy-binding my-project --member=serviceAccount:${role} --role=roles/bigquery.jobUser`,
  ])
})

test('Snowflake: in capitals, whole names, and the two schemas', async () => {
  await using project = await Project.open(1)
  await project.write({
    segments: 'everyone: { relation: \'SHOP."Customers"\', member_key: customer_id, activate: [x] }',
  })
  const { code, stdout } = await project.run(
    'grants',
    'snowflake',
    '--role',
    'tidemark',
    '--database',
    'shop',
    '--reader',
    'bi',
  )
  expect(code).toBe(0)
  expect(stdout.trim().split('\n')).toEqual([
    'grant usage on database "SHOP" to role "TIDEMARK";',
    'create schema if not exists "SHOP"."TIDEMARK";',
    'create schema if not exists "SHOP"."TIDEMARK_STATE";',
    'grant ownership on schema "SHOP"."TIDEMARK" to role "TIDEMARK" copy current grants;',
    'grant ownership on schema "SHOP"."TIDEMARK_STATE" to role "TIDEMARK" copy current grants;',
    'grant usage on schema "SHOP"."SHOP" to role "TIDEMARK";',
    'grant select on table "SHOP"."SHOP"."Customers" to role "TIDEMARK";',
    'grant usage on database "SHOP" to role "BI";',
    'grant usage on schema "SHOP"."TIDEMARK" to role "BI";',
    'grant select on all tables in schema "SHOP"."TIDEMARK" to role "BI";',
    'grant select on future tables in schema "SHOP"."TIDEMARK" to role "BI";',
    'grant select on all views in schema "SHOP"."TIDEMARK" to role "BI";',
    'grant select on future views in schema "SHOP"."TIDEMARK" to role "BI";',
    '-- Also: grant usage on warehouse NAME to role "TIDEMARK"; and where a segment reads a view, write on view in place of on table.',
  ])
})

test('for a warehouse that we do not know is bad usage', async () => {
  await using project = await Project.open(1)
  expect(await project.run('grants', 'postgers')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('postgres'),
  })
})
