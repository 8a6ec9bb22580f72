import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import {
  TIKTOK_SIMULATOR_ADVERTISER,
  TIKTOK_SIMULATOR_CREDENTIALS,
  X_SIMULATOR_ACCOUNT,
  X_SIMULATOR_CREDENTIALS,
} from '../../connector/simulator/simulator.ts'
import { digestsOf, Project } from '../cli/project.ts'
import { emptyDatabase } from './postgres-database.ts'

const { consumerKey, consumerSecret, accessToken, accessTokenSecret } = X_SIMULATOR_CREDENTIALS

test('a run over PostgreSQL by connections alone, as JSON, as an address and by keys', async () => {
  const database = await emptyDatabase()
  await using project = await Project.open(0)
  try {
    const { host, port, user, password, database: name } = database.settings
    await database.say(`create table customers as select i as customer_id, 'person' || i || '@example.com' as email,
      '+336' || (10000000 + i) as phone from generate_series(1, 20) as t(i)`)
    const write = (warehouse: string): Promise<void> =>
      writeFile(
        join(project.folder, 'tidemark.yml'),
        `version: 1
warehouse: ${warehouse}
destinations:
  x: { type: x_ads, connection: x_main, defaults: { fields: { email: email, phone_number: phone } } }
  tiktok: { type: tiktok_ads, connection: tt, defaults: { fields: { email: email, phone: phone } } }
segments:
  everyone: { relation: public.customers, member_key: customer_id, activate: [x, { destination: tiktok, guards: { min_members: 0 } }] }
`,
      )
    const ofX = {
      account_id: X_SIMULATOR_ACCOUNT,
      consumer_key: consumerKey,
      consumer_secret: consumerSecret,
      access_token: accessToken,
      access_token_secret: accessTokenSecret,
    }
    const ofTiktok = {
      advertiser_id: TIKTOK_SIMULATOR_ADVERTISER,
      access_token: TIKTOK_SIMULATOR_CREDENTIALS.accessToken,
    }
    project.env = {
      PATH: process.env.PATH ?? '',
      PGSECRET: password,
      AIRFLOW_CONN_JSON: JSON.stringify({
        conn_type: 'postgres',
        host,
        port,
        login: user,
        password,
        schema: name,
        extra: { sslmode: 'disable', application_name: 'dags' },
      }),
      AIRFLOW_CONN_ADDRESS: `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${name}?sslmode=disable`,
      AIRFLOW_CONN_X_MAIN: JSON.stringify({ conn_type: 'x_ads', host: project.x.url, extra: ofX }),
      AIRFLOW_CONN_TT: `tiktok-ads://${project.tiktok.url}/?${new URLSearchParams(ofTiktok)}`,
    }
    const state = () =>
      database.say('select distinct activation, account_id, config_hash from tidemark.runs order by 1')
    await write('{ connection: json }')
    const first = await project.run('run', '--all')
    expect({ code: first.code, stderr: first.code === 0 ? '' : first.stderr }).toEqual({ code: 0, stderr: '' })
    expect(Object.values(project.held())).toEqual([
      digestsOf(1, 20, ['email', 'phone_number']),
      digestsOf(1, 20, ['EMAIL_SHA256', 'PHONE_SHA256']),
    ])
    const settled = await state()
    expect(settled).toHaveLength(2)
    for (const warehouse of [
      '{ connection: address }',
      `{ type: postgres, host: ${host}, port: ${port}, user: ${user}, password: "\${PGSECRET}", database: ${name}, sslmode: disable }`,
    ]) {
      await write(warehouse)
      expect([warehouse, (await project.run('run', '--all', '--exit-code-when-unchanged')).code]).toEqual([
        warehouse,
        99,
      ])
    }
    expect(await state()).toEqual(settled)
  } finally {
    await database.destroy()
  }
}, 120_000)
