import { expect, test } from '@jest/globals'
import { until } from './process.ts'
import { digestsOf, everyone, Project, summaryOf } from './project.ts'

const onX = everyone.replace(/activate: .*/, 'activate: [x]')
/** Many small requests, so that something is always in flight. */
const small = '{ timeout_ms: 3000, quiet_ms: 3000, max_bytes: 1200, concurrency: 2 }'
const slowAdds = (ms: number) => ({
  match: { op: 'add' as const },
  times: 'always' as const,
  fault: { kind: 'latency' as const, ms },
})

const identifiers = (project: Project): string[] => {
  const [audience] = project.x.audiences()
  return audience ? [...project.x.identifiers(audience.id)].sort() : []
}
const adds = (project: Project): number => project.x.requests.filter((r) => r.op === 'add').length

/** What the ledger says was confirmed: `field digest`. */
const confirmed = async (project: Project): Promise<string[]> => {
  const rows = await project.query(
    `select field || ' ' || lower(hex(digest)) as id from tidemark_state."ledger_identifiers_everyone-x" where state = 1 order by 1`,
  )
  return rows.map((row) => String(row['id']))
}

/** A run that was asked to end in mid-delivery, and its project. */
const interrupted = async (
  project: Project,
  how: (child: ReturnType<Project['start']>['child']) => void,
  ...options: readonly string[]
) => {
  const { child, ended } = project.start('run', '--all', ...options)
  await until('three adds', () => adds(project) >= 3)
  how(child)
  return ended
}

test('SIGTERM ends a run with 143: what flew is accounted for, and the next run sends only the rest', async () => {
  await using project = await Project.open(120, { segments: onX, request: small })
  project.x.addFaults([slowAdds(150)])
  const ended = await interrupted(project, (child) => child.kill('SIGTERM'), '--run-key', 'k')
  expect({ code: ended.code, stderr: ended.stderr }).toMatchObject({ code: 143, stderr: /"event":"drain"/ })
  const { run_key, status, activations } = summaryOf(ended)
  expect({ run_key, status, names: activations.map((a) => a.activation) }).toEqual({
    run_key: 'k',
    status: 'aborted',
    names: ['everyone.x'],
  })
  expect(activations[0]?.identifiers_added).toBeGreaterThan(0)
  expect(await confirmed(project)).toEqual(identifiers(project))
  const [row] = await project.query(
    `select count(*) as n from tidemark.receipts where status = 'accepted' and batch_no > 0`,
  )
  expect(Number(row?.['n'])).toBe(adds(project))
  const sent = project.x.summary().ops.add?.identifiers ?? 0
  expect(sent).toBeLessThan(240)
  project.x.clearFaults()
  const next = await project.run('run', '--all', '--run-key', 'k')
  expect(next.code).toBe(0)
  expect(identifiers(project)).toEqual(digestsOf(1, 120, ['email', 'phone_number']))
  // No identifier went twice, and nothing had to be waited for.
  expect(project.x.summary().ops.add?.identifiers).toBe(240)
  expect(next.stderr).not.toMatch(/quiet_time/)
})

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
  expect(Number(rows[0]?.['n'])).toBeGreaterThan(0)
  const [control] = await project.query(
    `select epoch_ms(quiet_until) - epoch_ms(make_timestamp(epoch_us(now()))) as ms from tidemark_state."control_everyone-x"`,
  )
  expect(Number(control?.['ms'])).toBeGreaterThan(5000)
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

test('a second signal ends at once with 137; the end of standard input is none', async () => {
  await using project = await Project.open(120, { segments: onX, request: small })
  project.x.addFaults([slowAdds(500)])
  const killed = await interrupted(project, (child) => {
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGINT'), 150)
  })
  expect(killed.code).toBe(137)
  project.x.clearFaults()
  project.x.addFaults([slowAdds(150)])
  const seen = adds(project)
  const { child, ended } = project.start('run', '--all', '--drain-on-stdin-end')
  await until('more adds', () => adds(project) > seen + 3, 15_000)
  child.kill('SIGTERM')
  child.stdin.end()
  expect((await ended).code).toBe(143)
})

test('--drain-on-stdin-end drains when the parent is gone, and without it standard input does not matter', async () => {
  await using project = await Project.open(60, { segments: onX, request: small })
  project.x.addFaults([slowAdds(100)])
  const ended = await interrupted(project, (child) => child.stdin.end(), '--drain-on-stdin-end')
  expect([ended.code, summaryOf(ended).status]).toEqual([143, 'aborted'])
  project.x.clearFaults()
  const { child, ended: other } = project.start('run', '--all')
  child.stdin.end()
  expect((await other).code).toBe(0)
})

test('a closed standard output or error interrupts nothing', async () => {
  await using project = await Project.open(40, { segments: onX, request: small })
  project.x.addFaults([slowAdds(50)])
  const { child, ended } = project.start('run', '--all')
  child.stdout.destroy()
  child.stderr.destroy()
  expect((await ended).code).toBe(0)
  expect(await confirmed(project)).toEqual(digestsOf(1, 40, ['email', 'phone_number']))
})

test('two at once: the second is told who has the warehouse, and changes nothing', async () => {
  await using project = await Project.open(60, { segments: onX, request: small })
  project.x.addFaults([slowAdds(2500)])
  const { child, ended } = project.start('run', '--all')
  await until('an add', () => adds(project) >= 1)
  const commands = [
    ['run', '--all'],
    ['plan', '--all', '--json'],
    ['status', '--json'],
    ['validate', '--warehouse', '--json'],
    ['reset', 'everyone.x', '--yes', '--json'],
  ]
  const answers = await Promise.all(commands.map(async (args) => ({ args, ...(await project.run(...args)) })))
  project.x.clearFaults()
  for (const { args, code, stdout } of answers) {
    expect({ args, code }).toEqual({ args, code: 75 })
    expect(stdout).toMatch(new RegExp(`open \\(process ${child.pid}\\).*[Rr]un again later`))
  }
  expect((await ended).code).toBe(0)
  expect(identifiers(project)).toEqual(digestsOf(1, 60, ['email', 'phone_number']))
}, 60_000)
