import { expect, test } from '@jest/globals'
import { everyone, Project, summaryOf } from './project.ts'

/**
 * 100,000 members with an e-mail address and a phone number to each platform, under the platforms' own limits: as few
 * requests as arithmetic allows, and none throttled at the platform's own rate.
 */
const members = 100_000
const request = '{ timeout_ms: 60000 }'
const onX = everyone.replace(/activate: .*/, 'activate: [x]')
const onTiktok = everyone.replace('[x, ', '[')

/** Requests that add, whether any was throttled, and how many a second came from the first to the last. */
const adds = (project: Project, platform: 'x' | 'tiktok') => {
  const found = project[platform].requests.filter(({ op }) => op === 'add')
  const [first = 0, last = 0] = [found.at(0)?.at, found.at(-1)?.at]
  const perSecond = ((found.length - 1) / (last - first)) * 1000
  process.stderr.write(`${platform}: ${found.length} requests, ${perSecond.toFixed(2)} a second\n`)
  return { requests: found.length, answers: Object.keys(project[platform].summary().answers) }
}

/** The most requests in any one second, which begins with one of them. */
const busiestSecond = (project: Project, platform: 'x' | 'tiktok'): number => {
  const times = project[platform].requests.filter(({ op }) => op === 'add').map(({ at }) => at)
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length))
}
/** Requests that left in time may arrive together where the platform, which is this process, was busy. */
const bunched = 1.2

test('X: 4 requests of 5,000,000 bytes', async () => {
  await using project = await Project.open(members, { segments: onX, request, rate: '' }, { x: { rateLimit: {} } })
  const ended = await project.run('run', '--all')
  expect(summaryOf(ended).activations).toMatchObject([
    { members_added: members, identifiers_added: 2 * members, batches: 4 },
  ])
  // {"email":["<64>"],"phone_number":["<64>"]} and a comma is 163 bytes; [{"operation_type":"Update","params":{"users":[ and
  // ]}}] around them are 51, and a comma less: 30,674 users in 5,000,000 bytes, and 100,000 in 4 times as many.
  const perRequest = Math.floor((5_000_000 - 51 + 1) / 163)
  expect(perRequest).toBe(30_674)
  expect(adds(project, 'x')).toEqual({ requests: Math.ceil(members / perRequest), answers: ['200'] })
}, 180_000)

test('TikTok: 100 requests of 1,000 rows for each of two types, bound by 10 a second, none throttled', async () => {
  await using project = await Project.open(
    members,
    { segments: onTiktok, request, rate: '' },
    { tiktok: { rateLimit: {} } },
  )
  const ended = await project.run('run', '--all')
  expect(summaryOf(ended).activations).toMatchObject([{ members_added: members, batches: 200 }])
  expect(adds(project, 'tiktok')).toEqual({ requests: 2 * Math.ceil(members / 1000), answers: ['200 0'] })
  expect(busiestSecond(project, 'tiktok')).toBeLessThanOrEqual(10 * bunched)
}, 180_000)

test('X with requests of 81,500 bytes: 201 of them, bound by 25 a second, none throttled', async () => {
  await using project = await Project.open(
    members,
    { segments: onX, request: '{ timeout_ms: 60000, max_bytes: 81500 }', rate: '' },
    { x: { rateLimit: {} } },
  )
  expect((await project.run('run', '--all')).code).toBe(0)
  // 81,500 bytes less 51, and 163 for each user.
  const perRequest = Math.floor((81_500 - 51 + 1) / 163)
  expect(adds(project, 'x')).toEqual({ requests: Math.ceil(members / perRequest), answers: ['200'] })
  // Fewer than X allows in a minute: that it would not have throttled them proves nothing.
  expect(busiestSecond(project, 'x')).toBeLessThanOrEqual(25 * bunched)
}, 180_000)
