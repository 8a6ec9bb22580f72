import { describe, expect, test } from '@jest/globals'
import { TIKTOK_SIMULATOR_ADVERTISER, X_SIMULATOR_ACCOUNT } from '../../connector/simulator/simulator.ts'
import { Project } from './project.ts'

const shops = [
  { id: 'second1', name: 'Zweiter', permissions: ['CAMPAIGN_ANALYST'], approvalStatus: 'UNDER_REVIEW' },
  { id: X_SIMULATOR_ACCOUNT, name: 'Shop', permissions: ['AD_MANAGER', 'ANALYST'] },
]
const advertisers = [
  { id: TIKTOK_SIMULATOR_ADVERTISER, name: 'A shop' },
  { id: '7000000000000000009', name: 'Second' },
  { id: '7000000000000000010', name: 'Hidden', authorised: false },
]
// biome-ignore lint/suspicious/noTemplateCurlyInString: text of a configuration
const app = ', app_id: "${TIKTOK_APP_ID}", secret: "${TIKTOK_SECRET}"'
const appOf = (project: Project) => {
  project.env = { ...project.env, TIKTOK_APP_ID: '7000000000000000002', TIKTOK_SECRET: 'sim-tiktok-secret' }
}

describe('tidemark accounts', () => {
  test.concurrent('lists what the token sees, with roles on X, and marks the configured one', async () => {
    await using project = await Project.open(1, {}, { x: { accounts: shops } })
    const { code, stdout, stderr } = await project.run('accounts', 'x', '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      schema: 'tidemark.accounts/1',
      destination: 'x',
      platform: 'x_ads',
      configured: X_SIMULATOR_ACCOUNT,
      accounts: [
        {
          id: X_SIMULATOR_ACCOUNT,
          name: 'Shop',
          status: 'ACCEPTED',
          permissions: ['AD_MANAGER', 'ANALYST'],
          may_edit: true,
        },
        { id: 'second1', name: 'Zweiter', status: 'UNDER_REVIEW', permissions: ['CAMPAIGN_ANALYST'], may_edit: false },
      ],
      incomplete: [],
      error: null,
    })
    const person = await project.run('accounts', 'x')
    expect(person.stdout).toMatch(/18ce54d4x5t +│ +Shop +│ +ACCEPTED +│ +AD_MANAGER, ANALYST +│ +yes/)
    expect(person.stdout).toContain('`destinations.x` uses account_id 18ce54d4x5t, which is among them.')
    // One list each, and one question for each account: lists are rare (5 in 15 minutes).
    expect(project.x.requests.map(({ op }) => op)).toEqual([
      'list_accounts',
      'get_access',
      'get_access',
      'list_accounts',
      'get_access',
      'get_access',
    ])
  })

  test.concurrent('needs the credentials of that destination only', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: text of a configuration
    const warehouse = '{ type: postgres, host: db, user: u, database: d, password: "${PG_PASSWORD}" }'
    await using project = await Project.open(1, { warehouse })
    const without = (variable: string): Record<string, string> => {
      expect(project.env[variable]).toBeDefined()
      return Object.fromEntries(Object.entries(project.env).filter(([name]) => name !== variable))
    }
    project.env = without('TIKTOK_ACCESS_TOKEN')
    expect((await project.run('accounts', 'x')).code).toBe(0)
    project.env = without('X_ACCESS_TOKEN')
    const { code, stderr } = await project.run('accounts', 'x')
    expect(code).toBe(78)
    expect(stderr).toContain('X_ACCESS_TOKEN')
    expect(stderr).not.toMatch(/TIKTOK_ACCESS_TOKEN|PG_PASSWORD/)
  })

  test.concurrent('more accounts than fit on a page', async () => {
    const many = Array.from({ length: 1001 }, (_, i) => ({ id: `acc${i}` }))
    await using project = await Project.open(1, { account: 'acc1000' }, { x: { accounts: many } })
    const { code, stdout } = await project.run('accounts', 'x', '--json')
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as { accounts: unknown[] }).accounts).toHaveLength(1001)
    expect(project.x.requests.filter(({ op }) => op === 'list_accounts')).toHaveLength(2)
  })

  test.concurrent('of TikTok: those the token was granted, with the app behind it', async () => {
    await using project = await Project.open(1, { tiktokCredentials: app }, { tiktok: { accounts: advertisers } })
    appOf(project)
    const { code, stdout } = await project.run('accounts', 'tiktok', '--json')
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
      code: 0,
      configured: TIKTOK_SIMULATOR_ADVERTISER,
      accounts: [
        { id: TIKTOK_SIMULATOR_ADVERTISER, name: 'A shop', status: 'STATUS_ENABLE', permissions: null, may_edit: null },
        { id: '7000000000000000009', name: 'Second', status: 'STATUS_ENABLE' },
      ],
      error: null,
    })
    expect(project.tiktok.requests.map(({ op }) => op)).toEqual(['list_accounts', 'get_account'])
  })

  test.concurrent('without the app of TikTok it says what is missing, and asks nobody', async () => {
    await using project = await Project.open(1)
    const { code, stderr } = await project.run('accounts', 'tiktok')
    expect(code).toBe(78)
    expect(stderr).toContain('TikTok Ads also wants app_id and secret of the developer app')
    expect(project.tiktok.requests).toHaveLength(0)
  })
})

describe('tidemark accounts: the configured account cannot be used', () => {
  test.concurrent('it is not among them', async () => {
    await using project = await Project.open(1, { account: 'stranger' }, { x: { accounts: shops } })
    const { code, stdout } = await project.run('accounts', 'x')
    expect(code).toBe(77)
    expect(stdout).toContain(
      'The user who connected `destinations.x` has no permission for account stranger; ask for it in X Ads, where the owner of the account gives it, or choose one of those above for `account_id`.',
    )
  })

  test.concurrent('there is none at all', async () => {
    await using project = await Project.open(1, {}, { x: { accounts: [] } })
    const { code, stdout } = await project.run('accounts', 'x')
    expect(code).toBe(77)
    expect(stdout).toContain('The token can see no ad account.')
    expect(stdout).toContain('no permission for account 18ce54d4x5t, nor for any other')
  })

  test.concurrent('the user may only look', async () => {
    await using project = await Project.open(1, { account: 'second1' }, { x: { accounts: shops } })
    const { code, stdout } = await project.run('accounts', 'x', '--json')
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
      code: 77,
      error: {
        code: 'account_permission',
        message:
          'The user who connected `destinations.x` may see account second1 but not change its audiences (CAMPAIGN_ANALYST); ask the owner of the account for a role that may.',
      },
    })
  })

  test.concurrent('a token that is not valid', async () => {
    await using project = await Project.open(1)
    project.env = { ...project.env, X_ACCESS_TOKEN: 'revoked' }
    const { code, stderr } = await project.run('accounts', 'x')
    expect(code).toBe(77)
    expect(stderr).toContain('Listing the ad accounts failed: X Ads did not list the ad accounts')
    expect(stderr).not.toContain('revoked')
  })
})

describe('tidemark accounts: the platform does not answer as hoped', () => {
  test.concurrent('roles are refused: the list stands all the same', async () => {
    await using project = await Project.open(1, {}, { x: { accounts: shops } })
    project.x.addFaults([{ match: { op: 'get_access' }, times: 'always', fault: { kind: 'answer', status: 404 } }])
    const { code, stdout } = await project.run('accounts', 'x', '--json')
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({
      code: 0,
      accounts: [
        { id: X_SIMULATOR_ACCOUNT, permissions: null, may_edit: null },
        { id: 'second1', permissions: null },
      ],
      incomplete: [expect.stringContaining('what the user may do'), expect.any(String)],
    })
  })

  test.concurrent('asked too often: it does not wait a quarter of an hour', async () => {
    await using project = await Project.open(1)
    project.x.addFaults([
      { match: { op: 'list_accounts' }, times: 'always', fault: { kind: 'answer', status: 429, resetAfter: 800 } },
    ])
    const { code, stderr } = await project.run('accounts', 'x')
    expect(code).toBe(75)
    expect(stderr).toMatch(/asks for a wait of (800|801) s/)
    expect(project.x.requests).toHaveLength(1)
  })

  test.concurrent('a destination that is not in the file', async () => {
    await using project = await Project.open(1)
    const { code, stderr } = await project.run('accounts', 'tictok')
    expect(code).toBe(64)
    expect(stderr).toContain('no destination is named "tictok": did you mean tiktok?')
  })
})
