import { expect, test } from '@jest/globals'
import { identifiers, interrupted, onX } from './interrupted.ts'
import { until } from './process.ts'
import { digestsOf, Project, summaryOf } from './project.ts'

test('requests that hang when the drain is over are uncertain: the next run waits for them and sends them again', async () => {
  await using project = await Project.open(60, {
    segments: onX,
    request: '{ timeout_ms: 20000, quiet_ms: 20000, max_bytes: 1200, concurrency: 2 }',
  })
  project.x.addFaults([
    { match: { op: 'add', nth: 2 }, times: 'always', fault: { kind: 'late', ms: 4500, hang: true } },
  ])
  const ended = await interrupted(project, (child) => child.kill('SIGTERM'), '--drain-seconds', '3')
  expect(ended.code).toBe(143)
  const { activations } = summaryOf(ended)
  expect(activations[0]).toMatchObject({ status: 'aborted', error: { code: 'aborted' } })
  const rows = await project.query(
    `select count(*) as n from tidemark_state."ledger_identifiers_everyone-x" where state = 2`,
  )
  expect(Number(rows[0]?.n)).toBeGreaterThan(0)
  const [control] = await project.query(
    `select epoch_ms(quiet_until) - epoch_ms(make_timestamp(epoch_us(now()))) as ms from tidemark_state."control_everyone-x"`,
  )
  expect(Number(control?.ms)).toBeGreaterThan(5000)
  project.x.clearFaults()
  project.env = { ...project.env, TIDEMARK_TEST_CLOCK_OFFSET_MS: '30000' }
  expect((await project.run('run', '--all')).code).toBe(0)
  await project.x.idle()
  expect(identifiers(project)).toEqual(digestsOf(1, 60, ['email', 'phone_number']))
})

test('when the time to drain is over, the summary still names what was attempted', async () => {
  await using project = await Project.open(10, {
    segments: `everyone:
    sql: "select c.* from main.customers c, (select count(*) as n from range(4000000) a, range(100000) b) where n > 0"
    member_key: customer_id
    activate: [x, { destination: tiktok, guards: { min_members: 0 } }]`,
  })
  const { child, ended } = project.start('run', '--all', '--drain-seconds', '1')
  let log = ''
  child.stderr.on('data', (text: string) => {
    log += text
  })
  await until('the state', () => log.includes('state_created'))
  child.kill('SIGTERM')
  const { code, ms, ...streams } = await ended
  expect(code).toBe(143)
  const { status, activations } = summaryOf({ code, ms, ...streams })
  expect(status).toBe('aborted')
  expect(activations.map((a) => [a.activation, a.error?.code])).toEqual([
    ['everyone.x', 'drain_over'],
    ['everyone.tiktok', 'drain_over'],
  ])
})
