import { describe, expect, test } from '@jest/globals'
import { Project } from './project.ts'

interface Said {
  readonly sizes: readonly {
    readonly activation: string
    readonly platform_size: number | null
    readonly notes: readonly string[]
    readonly error: { readonly code: string } | null
  }[]
}
const noted = (project: Project) =>
  project.query(`select activation, cast(platform_size as varchar) as size, cast(ledger_members as varchar) as members, notes
    from tidemark.audience_sizes where observed_at <= now()::timestamp order by observed_at`)

describe('tidemark sizes', () => {
  test.concurrent('notes what the platforms show, beside what the ledger has', async () => {
    await using project = await Project.open(
      120,
      { xFields: '{ email: email }' },
      { x: { sizeAfterMs: 0 }, tiktok: { sizeAfterMs: 0 } },
    )
    expect(await project.run('run', '--all')).toMatchObject({ code: 0 })
    const before = project.x.requests.length
    const { code, stdout, stderr } = await project.run('sizes', '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const ids = [project.x, project.tiktok].map((platform) => platform.audiences()[0]?.id)
    expect(JSON.parse(stdout)).toEqual({
      schema: 'tidemark.sizes/1',
      sizes: [
        {
          activation: 'everyone.x',
          audience_id: ids[0],
          platform_size: 120,
          ledger_members: 120,
          match_rate: 1,
          notes: [],
          error: null,
        },
        {
          activation: 'everyone.tiktok',
          audience_id: ids[1],
          // An e-mail address and a phone number that no person of the platform links are two people there.
          platform_size: 240,
          ledger_members: 120,
          match_rate: 2,
          notes: ['no ad can use it yet: TikTok needs 1,000 matched people, and 24 to 48 hours after a change'],
          error: null,
        },
      ],
    })
    expect(project.x.requests.slice(before).map(({ op }) => op)).toEqual(['get_audience'])
    await project.query('delete from customers where customer_id <= 20')
    expect(await project.run('run', 'everyone.x')).toMatchObject({ code: 0 })
    const { activations } = JSON.parse((await project.run('status', '--json')).stdout)
    expect(activations).toMatchObject([
      {
        platform: { size: 120, ledger_members: 120, notes: null },
        expects: { min_matched: 100, counting_hours: [6, 8] },
      },
      {
        platform: { size: 240, notes: expect.stringContaining('no ad can use it yet') },
        expects: { min_matched: 1000 },
      },
    ])
    const text = (await project.run('status')).stdout
    expect(text).toMatch(/On X Ads \(20\S+\): 120 people, 100\.0 % of the 120 members in the ledger then\n/)
    expect(text).toMatch(
      /On TikTok Ads .*; TikTok Ads counts for 24 to 48 hours after a change, and ads need 1,000 matched people\n/,
    )
    const person = await project.run('sizes', 'everyone.x')
    expect(person.stdout).toMatch(/everyone\.x +│ +\w+ +│ +100 +│ +100 +│ +100\.0 %/)
    expect(
      (await noted(project)).map(({ activation, size, members }) => `${activation} ${size} of ${members}`),
    ).toEqual(['everyone.x 120 of 120', 'everyone.tiktok 240 of 120', 'everyone.x 100 of 100'])
  })

  test.concurrent('before a platform has counted no size is noted, and it says how long that takes', async () => {
    await using project = await Project.open(3)
    expect(await project.run('run', 'everyone.x')).toMatchObject({ code: 0 })
    expect((await project.run('status')).stdout).toContain(
      'On X Ads: not asked for its size yet: tidemark sizes everyone.x',
    )
    const { code, stdout } = await project.run('sizes', '--json')
    const { sizes } = JSON.parse(stdout) as Said
    expect({ code, sizes }).toMatchObject({
      code: 0,
      sizes: [
        {
          activation: 'everyone.x',
          platform_size: null,
          notes: [expect.stringContaining('6 to 8 hours'), expect.stringContaining('fewer than 100')],
        },
        { activation: 'everyone.tiktok', audience_id: null, notes: ['it has never run'] },
      ],
    })
    expect(await noted(project)).toEqual([
      { activation: 'everyone.x', size: null, members: '3', notes: sizes[0]?.notes.join('; ') },
    ])
    expect(project.tiktok.requests).toHaveLength(0)
  })

  test.concurrent('an audience that expires is shown so, by status too', async () => {
    await using project = await Project.open(120, {}, { tiktok: { sizeAfterMs: 0, expiring: true } })
    expect(await project.run('run', 'everyone.tiktok')).toMatchObject({ code: 0 })
    expect((await project.run('sizes', 'everyone.tiktok')).stdout).toContain(
      'it expires within 60 days unless an ad uses it',
    )
    expect((await project.run('status')).stdout).toMatch(
      /On TikTok Ads .*it expires within 60 days unless an ad uses it/,
    )
  })

  test.concurrent('an audience that was deleted there is 78, and the others are asked all the same', async () => {
    await using project = await Project.open(120, {}, { x: { sizeAfterMs: 0 }, tiktok: { sizeAfterMs: 0 } })
    expect(await project.run('run', '--all')).toMatchObject({ code: 0 })
    project.x.addFaults([
      {
        match: { op: 'get_audience' },
        times: 'always',
        fault: { kind: 'answer', status: 404, code: 'TAILORED_AUDIENCE_NOT_FOUND' },
      },
    ])
    const { code, stdout } = await project.run('sizes', '--json')
    const { sizes } = JSON.parse(stdout) as Said
    expect({ code, sizes }).toMatchObject({
      code: 78,
      sizes: [
        {
          activation: 'everyone.x',
          platform_size: null,
          error: { message: expect.stringContaining('tidemark reset') },
        },
        { activation: 'everyone.tiktok', platform_size: 240, error: null },
      ],
    })
  })

  test.concurrent('an activation that is not there is 64; a warehouse that is in use is 75', async () => {
    await using project = await Project.open(1)
    expect(await project.run('sizes', 'nobody.x')).toMatchObject({ code: 64 })
    const unlock = await project.lock()
    expect(await project.run('sizes')).toMatchObject({ code: 75 })
    unlock()
  })
})
