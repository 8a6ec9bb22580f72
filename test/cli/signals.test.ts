import { expect, test } from '@jest/globals'
import { adds, identifiers, interrupted, onX, slowAdds, small } from './interrupted.ts'
import { until } from './process.ts'
import { digestsOf, Project, summaryOf } from './project.ts'

/** What the ledger says was confirmed: `field digest`. */
const confirmed = async (project: Project): Promise<string[]> => {
  const rows = await project.query(
    `select field || ' ' || lower(hex(digest)) as id from tidemark_state."ledger_identifiers_everyone-x" where state = 1 order by 1`,
  )
  return rows.map((row) => String(row.id))
}

test.concurrent('SIGTERM ends a run with 143: what flew is accounted for, and the next run sends only the rest', async () => {
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
  expect(Number(row?.n)).toBe(adds(project))
  const sent = project.x.summary().ops.add?.identifiers ?? 0
  expect(sent).toBeLessThan(240)
  project.x.clearFaults()
  const next = await project.run('run', '--all', '--run-key', 'k')
  expect(next.code).toBe(0)
  expect(identifiers(project)).toEqual(digestsOf(1, 120, ['email', 'phone_number']))
  // No identifier went twice, and nothing had to be waited for.
  expect(project.x.summary().ops.add?.identifiers).toBe(240)
  expect(next.stderr).not.toMatch(/quiet_time/)
}, 120_000)

test.concurrent('a second signal ends at once with 137; the end of standard input is none', async () => {
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
}, 120_000)

test.concurrent('--drain-on-stdin-end drains when the parent is gone, and without it standard input does not matter', async () => {
  await using project = await Project.open(60, { segments: onX, request: small })
  project.x.addFaults([slowAdds(100)])
  const ended = await interrupted(project, (child) => child.stdin.end(), '--drain-on-stdin-end')
  expect([ended.code, summaryOf(ended).status]).toEqual([143, 'aborted'])
  project.x.clearFaults()
  const { child, ended: other } = project.start('run', '--all')
  child.stdin.end()
  expect((await other).code).toBe(0)
}, 120_000)

test.concurrent('a closed standard output or error interrupts nothing', async () => {
  // The creation of an audience is not repeated where its answer is late, on a busy machine, and would end the run with 75.
  const patient = small.replace('timeout_ms: 3000, quiet_ms: 3000', 'timeout_ms: 20000, quiet_ms: 20000')
  await using project = await Project.open(40, { segments: onX, request: patient })
  project.x.addFaults([slowAdds(50)])
  const { child, ended } = project.start('run', '--all')
  child.stdout.destroy()
  child.stderr.destroy()
  expect((await ended).code).toBe(0)
  expect(await confirmed(project)).toEqual(digestsOf(1, 40, ['email', 'phone_number']))
}, 120_000)

test.concurrent('two at once: the second is told who has the warehouse, and changes nothing', async () => {
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
}, 120_000)
