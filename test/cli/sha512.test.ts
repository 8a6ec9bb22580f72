import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { everyone, Project, summaryOf } from './project.ts'

/**
 * One column of e-mail addresses, SHA-256 and SHA-512 digests, mixed. TikTok's published list has no type for the last, so
 * the platform may take it or not.
 */
const segments = everyone.replace('[x, ', '[')
const hash = (algorithm: 'sha256' | 'sha512', text: string): string => createHash(algorithm).update(text).digest('hex')
const address = (n: number): string => `person${n}@example.com`
const phones = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `PHONE_SHA256 ${hash('sha256', `+336${10_000_000 + from + i}`)}`)
const emails = (algorithm: 'sha256' | 'sha512', from: number, to: number): string[] =>
  Array.from(
    { length: to - from + 1 },
    (_, i) => `EMAIL_${algorithm.toUpperCase()} ${hash(algorithm, address(from + i))}`,
  )

/** Customers 1 to 20 with clear addresses, 21 to 40 with SHA-256, 41 to `last` with SHA-512. */
const mix = async (project: Project, last: number): Promise<void> => {
  for (let n = 21; n <= last; n++) {
    const digest = hash(n <= 40 ? 'sha256' : 'sha512', address(n))
    await project.query(
      `update customers set email = '${n % 2 === 0 ? digest : digest.toUpperCase()}' where customer_id = ${n}`,
    )
  }
}
const held = (project: Project): string[] => {
  const [audience] = project.tiktok.audiences()
  return [...project.tiktok.identifiers(audience?.id ?? '')].sort()
}
const rejections = (project: Project) =>
  project.query(`select field, reason, origin, count(*)::int as n, count(distinct batch_no)::int as batches
    from tidemark.current_rejections group by all order by all`)
const adds = (project: Project): number => project.tiktok.requests.filter(({ op }) => op === 'add').length

test.concurrent('a platform that takes SHA-512: each digest travels under its own type, and leaves under it', async () => {
  await using project = await Project.open(60, { segments }, { tiktok: { acceptEmailSha512: true } })
  await mix(project, 60)
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(0)
  expect(summaryOf(ended).activations).toMatchObject([{ members_added: 60, identifiers_added: 120, batches: 3 }])
  expect(held(project)).toEqual([...emails('sha256', 1, 40), ...emails('sha512', 41, 60), ...phones(1, 60)].sort())

  await project.query('delete from customers where customer_id > 50')
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(held(project)).toEqual([...emails('sha256', 1, 40), ...emails('sha512', 41, 50), ...phones(1, 50)].sort())
  expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
}, 120_000)

test.concurrent('a platform that does not: they are rejected, everything else arrives, and the type is given up after one batch', async () => {
  const request = '{ timeout_ms: 20000, concurrency: 1, max_rows: 20 }'
  await using project = await Project.open(120, { segments, request })
  await mix(project, 120)
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(0)
  expect(summaryOf(ended).activations).toMatchObject([
    // 40 addresses in 2 batches, 120 phone numbers in 6; 80 of the other type would be 4.
    { members_added: 120, identifiers_added: 160, identifiers_rejected: 80 },
  ])
  expect(held(project)).toEqual([...emails('sha256', 1, 40), ...phones(1, 120)].sort())
  expect(await rejections(project)).toEqual([
    { field: 'email', reason: 'unsupported_by_platform', origin: 'platform', n: 80, batches: 4 },
  ])
  // The batch, its halves down to sixteen parts, one row of each of them: 1 + 2 + 4 + 8 + 16 + 4 at most.
  expect(adds(project)).toBeLessThanOrEqual(2 + 6 + 35)
  expect(ended.stderr).toContain('TikTok Ads takes no identifiers of the type EMAIL_SHA512')
  expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
}, 120_000)

test.concurrent('declared as SHA-512, anything else in the column is a rejection', async () => {
  await using project = await Project.open(60, { segments }, { tiktok: { acceptEmailSha512: true } })
  await project.write({
    segments: segments.replace(
      'destination: tiktok',
      'destination: tiktok, fields: { email: { column: email, format: sha512 } }',
    ),
  })
  await mix(project, 60)
  expect((await project.run('run', '--all', '--override-guards', 'everyone.tiktok')).code).toBe(64)
  await project.query('update customers set email = null where customer_id between 3 and 40')
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(held(project)).toEqual(emails('sha512', 41, 60).sort())
  expect(await rejections(project)).toEqual([
    { field: 'email', reason: 'invalid_sha512', origin: 'validation', n: 2, batches: 0 },
  ])
}, 120_000)
