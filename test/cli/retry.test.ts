import { expect, test } from '@jest/globals'
import type { FaultRule } from '../../connector/simulator/simulator.ts'
import { closedPort } from '../http/server.ts'
import { adds, identifiers, onX, small } from './interrupted.ts'
import type { Ended } from './process.ts'
import { digestsOf, everyone, Project, summaryOf } from './project.ts'

const onTikTok = everyone.replace('[x, ', '[')
/** The lines of standard error with this event. */
const logged = ({ stderr }: Ended, event: string): readonly Record<string, unknown>[] =>
  stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line.event === event)
const errorOf = (ended: Ended): string => summaryOf(ended).activations[0]?.error?.message ?? ''
/** Of the only activation, what the ledger says was confirmed. */
const confirmed = async (project: Project, suffix: string): Promise<number> => {
  const [row] = await project.query(
    `select count(*)::int as n from tidemark_state."ledger_identifiers_${suffix}" where state = 1`,
  )
  return Number(row?.n)
}
const throttled = (nth: number, seconds: number): FaultRule => ({
  match: { op: 'add', nth },
  fault: { kind: 'answer', status: 429, resetAfter: seconds },
})

test.concurrent('a platform that asks for more than a run waits: 75 at once, and what was delivered is settled', async () => {
  await using project = await Project.open(120, { segments: onX, request: small })
  project.x.addFaults([{ ...throttled(6, 3600), times: 'always' }])
  const ended = await project.run('run', '--all')
  expect([ended.code, summaryOf(ended).activations[0]?.status]).toEqual([75, 'partial'])
  expect(errorOf(ended)).toMatch(
    /Gave up on sending batch.*rate limit.*asks for a wait of 36\d\d s.*accepted before is settled/,
  )
  const held = identifiers(project)
  expect(held.length).toBeGreaterThan(0)
  expect(await confirmed(project, 'everyone-x')).toBe(held.length)
  // Two in flight, no more.
  expect(adds(project)).toBeLessThanOrEqual(7)
  project.x.clearFaults()
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(identifiers(project)).toEqual(digestsOf(1, 120, ['email', 'phone_number']))
}, 60_000)

test.concurrent('waits of a run are counted together: at the end of its patience it is 75, partial and settled', async () => {
  await using project = await Project.open(120, {
    segments: onX,
    request: small.replace('concurrency: 2', 'concurrency: 1'),
  })
  project.env = { ...project.env, TIDEMARK_TEST_PATIENCE_MS: '2500' }
  // Every other request is asked to wait for a second.
  project.x.addFaults(Array.from({ length: 40 }, (_, i) => throttled(2 * i + 2, 1)))
  const ended = await project.run('run', '--all')
  expect([ended.code, summaryOf(ended).activations[0]?.status]).toEqual([75, 'partial'])
  expect(errorOf(ended)).toMatch(/more than this run may still wait|has waited long enough/)
  const waits = logged(ended, 'waiting')
  expect(waits.length).toBeGreaterThan(0)
  expect(adds(project)).toBeLessThan(20)
  expect(await confirmed(project, 'everyone-x')).toBe(identifiers(project).length)
}, 60_000)

test.concurrent('a platform that is down: every wait is said with its reason, as a warning and without a secret', async () => {
  await using project = await Project.open(3, { segments: onX, xUrl: `http://127.0.0.1:${await closedPort()}` })
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(75)
  const waits = logged(ended, 'waiting')
  // Five attempts, four waits.
  expect(waits).toHaveLength(4)
  for (const { level, activation, code, message } of waits) {
    expect([level, activation, code]).toEqual(['warn', 'everyone.x', 'unreachable'])
    expect(message).toMatch(
      /^Waiting \d+ s to ask again: No answer: 127\.0\.0\.1:\d+ could not be reached \(ECONNREFUSED\)/,
    )
  }
  for (const secret of Object.entries(project.env).filter(([name]) => name !== 'PATH'))
    expect(ended.stderr).not.toContain(secret[1])
}, 60_000)

/** How each platform says that who asks may not, and what the message has to name. */
const forbidden = [
  {
    platform: 'x',
    segments: onX,
    fault: { kind: 'answer', status: 403, code: 'ACTION_NOT_ALLOWED' },
    says: /account 18ce54d4x5t, `destinations\.x`.*needs a role on this account that may edit audiences/,
  },
  {
    platform: 'x',
    segments: onX,
    fault: { kind: 'answer', status: 401, code: 'UNAUTHORIZED_ACCESS' },
    says: /account 18ce54d4x5t, `destinations\.x`.*check the four `credentials`/,
  },
  {
    platform: 'tiktok',
    segments: onTikTok,
    fault: { kind: 'answer', code: 40001 },
    says: /advertiser 7000000000000000001, `destinations\.tiktok`.*grant audience access/,
  },
  {
    platform: 'tiktok',
    segments: onTikTok,
    fault: { kind: 'answer', code: 40105 },
    says: /advertiser 7000000000000000001, `destinations\.tiktok`.*the token is not valid/,
  },
] as const

test.concurrent.each(forbidden)(
  '$platform, $fault: 77 at once when the audience is made, at the first batch and in mid-delivery, where the rest is settled',
  async ({ platform, segments, fault, says }) => {
    await using project = await Project.open(40, {
      segments,
      request: '{ timeout_ms: 3000, quiet_ms: 3000, max_bytes: 1200, concurrency: 1 }',
    })
    const simulator = project[platform]
    for (const match of [{ op: 'create_audience' }, { op: 'add' }, { op: 'add', nth: 3 }] as const) {
      simulator.clearFaults()
      simulator.addFaults([{ match, times: 'always', fault }])
      const before = simulator.requests.length
      const ended = await project.run('run', '--all')
      expect({ match, code: ended.code, status: summaryOf(ended).activations[0]?.status }).toEqual({
        match,
        code: 77,
        status: 'failed',
      })
      expect(errorOf(ended)).toMatch(says)
      expect(/accepted before is settled/.test(errorOf(ended))).toBe('nth' in match)
      // Asked once, and not again.
      const asked = simulator.requests.slice(before).filter(({ op }) => op === match.op)
      expect(asked).toHaveLength('nth' in match ? 3 : 1)
    }
    const [audience] = simulator.audiences()
    const held = [...simulator.identifiers(audience?.id ?? '')]
    expect(held.length).toBeGreaterThan(0)
    expect(await confirmed(project, `everyone-${platform}`)).toBe(held.length)
    simulator.clearFaults()
    expect((await project.run('run', '--all')).code).toBe(0)
    expect([...simulator.identifiers(audience?.id ?? '')]).toHaveLength(80)
  },
  60_000,
)
