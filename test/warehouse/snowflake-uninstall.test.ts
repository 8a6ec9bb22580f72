import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { start } from '../cli/process.ts'
import { emptyAccount } from './snowflake-account.ts'

test('what others have in the schemas stays: DROP SCHEMA would take it along', async () => {
  const { settings, say, destroy } = emptyAccount()
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-uninstall-'))
  try {
    await say(
      'create schema "TIDEMARK"',
      'create table tidemark.runs (n bigint)',
      'create table tidemark.of_somebody_else as select 1 as n',
    )
    writeFileSync(
      join(folder, 'tidemark.yml'),
      `version: 1
warehouse:
  type: snowflake
  account: ${settings.account}
  user: ${settings.user}
  password: '\${SNOWFLAKE_PASSWORD}'
  database: ${settings.database}
  access_url: ${settings.accessUrl}
destinations:
  tiktok: { type: tiktok_ads, advertiser_id: '7', credentials: { access_token: '\${TOKEN}' } }
segments:
  people: { relation: people, member_key: id, activate: [{ destination: tiktok, fields: { email: email } }] }
`,
    )
    const { code, stdout, stderr } = await start(['uninstall', '--yes', '--json'], folder, {
      PATH: process.env.PATH ?? '',
      SNOWFLAKE_PASSWORD: settings.login.password ?? '',
    }).ended
    expect({ code, stderr, ...JSON.parse(stdout) }).toMatchObject({
      code: 0,
      stderr: '',
      dropped: ['tidemark.runs'],
      schemas_left: ['tidemark_state', 'tidemark'],
    })
    expect(await say('select n from tidemark.of_somebody_else')).toEqual([{ n: 1 }])
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await destroy()
  }
})
