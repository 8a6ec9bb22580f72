import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from '@jest/globals'
import type { FaultRule, Op } from '../../connector/simulator/simulator.ts'
import { adds, askedToEnd, identifiers, onX, slowAdds } from './interrupted.ts'
import { type Ended, until } from './process.ts'
import { digestsOf, Project, summaryOf } from './project.ts'

/** In every phase: within its time, 143, the summary last, receipts written; the next run goes on and repeats nothing. */

/** Much, and less of it than a busy machine takes to end what it was told to: what is not broken off takes all of it. */
const drainSeconds = 60
const drain = ['--drain-seconds', String(drainSeconds)] as const
const promptMs = 45_000
const request = '{ timeout_ms: 20000, quiet_ms: 300000, max_bytes: 1200, concurrency: 2 }'
const segments = onX.replace('[x]', '[{ destination: x, guards: { max_removed_share: 1, max_touched_share: 1 } }]')

const count = (project: Project, op: Op): number => project.x.requests.filter((r) => r.op === op).length
const sentBy = (project: Project, op: Op): number => project.x.summary().ops[op]?.identifiers ?? 0

/** `code`: of all activations; drain_over where something could not be broken off. */
const expectDrained = ({ toldMs, ...ended }: Ended & { readonly toldMs: number }, code = 'aborted'): void => {
  expect({ code: ended.code, signal: ended.signal }).toEqual({ code: 143, signal: null })
  expect(toldMs).toBeLessThan(promptMs)
  const { status, activations } = summaryOf(ended)
  expect([status, ...new Set(activations.map(({ error }) => error?.code))]).toEqual(['aborted', code])
}

/** Every batch that the platform answered has its receipt. */
const expectReceipts = async (project: Project, ops: readonly Op[]): Promise<void> => {
  const [row] = await project.query(
    `select count(*)::int as n from tidemark.receipts where status = 'accepted' and batch_no > 0`,
  )
  expect(row?.n).toBe(project.x.requests.filter((r) => ops.includes(r.op) && r.status === 200).length)
}

/** What is left is done, an hour later: quiet times are over. */
const goesOn = async (project: Project, from: number, to: number): Promise<Ended> => {
  await project.x.idle()
  project.x.clearFaults()
  project.env = { ...project.env, TIDEMARK_TEST_CLOCK_OFFSET_MS: '3600000' }
  const next = await project.run('run', '--all')
  expect({ code: next.code, stderr: next.code === 0 ? '' : next.stderr }).toEqual({ code: 0, stderr: '' })
  expect(identifiers(project)).toEqual(digestsOf(from, to, ['email', 'phone_number']))
  return next
}

/** A project after its first sync of 60 customers, of whom 30 go and 30 come. */
const changed = async (): Promise<Project> => {
  const project = await Project.open(60, { segments, request })
  expect((await project.run('run', '--all')).code).toBe(0)
  await project.query(`delete from customers where customer_id <= 30;
    insert into customers select i, 'person' || i || '@example.com', '+336' || (10000000 + i) from range(61, 91) t(i)`)
  return project
}

const throttled = (op: Op, nth = 1): FaultRule => ({
  match: { op, nth },
  times: 'always',
  fault: { kind: 'answer', status: 429, resetAfter: 600 },
})

test.concurrent('while the audience is made: its answer is awaited, and it is not made again', async () => {
  await using project = await Project.open(20, { segments, request })
  project.x.addFaults([{ match: { op: 'create_audience' }, fault: { kind: 'latency', ms: 1000 } }])
  const started = project.start('run', '--all', ...drain)
  expectDrained(await askedToEnd(started, 'a creation', () => count(project, 'create_audience') === 1))
  expect(adds(project)).toBe(0)
  await goesOn(project, 1, 20)
  expect([count(project, 'create_audience'), sentBy(project, 'add')]).toEqual([1, 40])
}, 120_000)

test.concurrent('while the audience is made and no answer comes: the next run finds it', async () => {
  await using project = await Project.open(20, { segments, request })
  project.x.addFaults([{ match: { op: 'create_audience' }, fault: { kind: 'late', ms: 5000, hang: true } }])
  const started = project.start('run', '--all', '--drain-seconds', '3')
  const ended = await askedToEnd(started, 'a creation', () => count(project, 'create_audience') === 1)
  expectDrained(ended, 'drain_over')
  // What was sent is counted, although nobody was there to write it down.
  expect(summaryOf(ended).activations[0]?.api_calls).toBe(1)
  await goesOn(project, 1, 20)
  expect([count(project, 'create_audience'), sentBy(project, 'add')]).toEqual([1, 40])
}, 120_000)

test.concurrent('in the quiet time of an earlier run: nothing is sent', async () => {
  await using project = await Project.open(60, { segments, request })
  project.x.addFaults([slowAdds(200)])
  const { child, ended } = project.start('run', '--all')
  await until('three adds', () => adds(project) >= 3)
  child.kill('SIGKILL')
  await ended
  await project.x.idle()
  const before = project.x.requests.length
  const started = project.start('run', '--all', ...drain)
  expectDrained(await askedToEnd(started, 'the quiet time', (log) => log.includes('"event":"quiet_time"')))
  expect(project.x.requests.length).toBe(before)
  await goesOn(project, 1, 60)
}, 120_000)

test.concurrent('while people are removed: no add follows, and who is removed is not removed again', async () => {
  await using project = await changed()
  project.x.addFaults([{ match: { op: 'remove' }, times: 'always', fault: { kind: 'latency', ms: 200 } }])
  const before = adds(project)
  const started = project.start('run', '--all', ...drain)
  expectDrained(await askedToEnd(started, 'two removes', () => count(project, 'remove') >= 2))
  expect(adds(project)).toBe(before)
  await expectReceipts(project, ['add', 'remove'])
  expect(sentBy(project, 'remove')).toBeLessThan(60)
  await goesOn(project, 31, 90)
  expect(sentBy(project, 'remove')).toBe(60)
}, 120_000)

test.concurrent('while removes without an answer are waited for: no add follows', async () => {
  await using project = await changed()
  project.x.addFaults([{ match: { op: 'remove' }, fault: { kind: 'drop_before' } }])
  const before = adds(project)
  const started = project.start('run', '--all', ...drain)
  expectDrained(await askedToEnd(started, 'the quiet time', (log) => log.includes('"event":"quiet_time"')))
  expect(adds(project)).toBe(before)
  await expectReceipts(project, ['add', 'remove'])
  await goesOn(project, 31, 90)
}, 120_000)

test.concurrent('in a wait of minutes that the platform asked for: what was delivered is settled and not sent again', async () => {
  await using project = await Project.open(60, { segments, request })
  project.x.addFaults([throttled('add', 4)])
  const started = project.start('run', '--all', ...drain)
  const ended = await askedToEnd(started, 'a wait', (log) => log.includes('"event":"waiting"'))
  expectDrained(ended)
  expect(summaryOf(ended).activations[0]).toMatchObject({ error: { code: 'aborted' } })
  await expectReceipts(project, ['add'])
  expect(identifiers(project).length).toBeGreaterThan(0)
  const accepted = identifiers(project).length
  const asked = sentBy(project, 'add')
  const next = await goesOn(project, 1, 60)
  expect(next.stderr).not.toMatch(/"event":"quiet_time"/)
  expect(sentBy(project, 'add') - asked).toBe(120 - accepted)
}, 120_000)

test.concurrent('in such a wait of the last batch, and before the audience is made, it is 143 as well', async () => {
  await using project = await Project.open(4, { segments, request })
  for (const op of ['create_audience', 'add'] as const) {
    project.x.clearFaults()
    project.x.addFaults([throttled(op)])
    const started = project.start('run', '--all', ...drain)
    expectDrained(await askedToEnd(started, `a wait to ${op}`, (log) => log.includes('"event":"waiting"')))
  }
  await goesOn(project, 1, 4)
}, 120_000)

test.concurrent('when everything is answered: it is settled, now or by the next run, and nothing is sent again', async () => {
  await using project = await Project.open(60, { segments, request })
  const started = project.start('run', '--all', ...drain)
  const { code, ...ended } = await askedToEnd(
    started,
    'all adds',
    () => sentBy(project, 'add') === 120 && project.x.requests.every((r) => r.answeredAt !== null),
  )
  // Done before it was heard, or not.
  expect([code, summaryOf({ code, ...ended }).status]).toEqual(code === 0 ? [0, 'succeeded'] : [143, 'aborted'])
  await goesOn(project, 1, 60)
  expect(sentBy(project, 'add')).toBe(120)
}, 120_000)

test.concurrent('while an earlier run is recovered: nothing is sent, and its receipts count', async () => {
  await using project = await Project.open(120, { segments, request })
  project.x.addFaults([slowAdds(150)])
  const { child, ended } = project.start('run', '--all')
  await until('2 s of adds', () => adds(project) >= 16)
  child.kill('SIGKILL')
  await ended
  await project.x.idle()
  const before = adds(project)
  const started = project.start('run', '--all', ...drain)
  expectDrained(await askedToEnd(started, 'recovery', (log) => log.includes('"event":"recover"')))
  expect(adds(project)).toBe(before)
  const [row] = await project.query(
    `select count(*)::int as n from tidemark_state."ledger_identifiers_everyone-x" where state = 1`,
  )
  const asked = sentBy(project, 'add')
  await goesOn(project, 1, 120)
  expect(Number(row?.n)).toBeGreaterThan(0)
  expect(sentBy(project, 'add') - asked).toBe(240 - Number(row?.n))
}, 120_000)

test.concurrent('between two activations: the second is not begun, and says so', async () => {
  const second = segments.replace('everyone:', 'others:')
  await using project = await Project.open(20, { segments: `${segments}\n  ${second}`, request })
  project.x.addFaults([slowAdds(1000)])
  const started = project.start('run', '--all', ...drain)
  const ended = await askedToEnd(started, 'an add', () => adds(project) >= 1)
  expectDrained(ended)
  expect(summaryOf(ended).activations.map((a) => [a.activation, a.error?.message])).toEqual([
    ['everyone.x', expect.stringMatching(/asked to end/)],
    ['others.x', expect.stringMatching(/not begun: the run was asked to end/)],
  ])
  project.x.clearFaults()
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(project.x.audiences().map((audience) => audience.identifiers)).toEqual([40, 40])
}, 120_000)

/** Makes a program tell when it loads the command, and hold still there. */
const holdWhileLoading = (project: Project): (() => boolean) => {
  const told = join(project.folder, 'loading')
  const hook = join(project.folder, 'hook.mjs')
  writeFileSync(told, '')
  writeFileSync(
    hook,
    `import { registerHooks } from 'node:module'
import { writeFileSync } from 'node:fs'
registerHooks({ resolve(specifier, context, next) {
  if (/\\/(commands\\/run\\.ts|run-\\w+\\.mjs)$/.test(specifier)) {
    writeFileSync(${JSON.stringify(told)}, 'yes')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700)
  }
  return next(specifier, context)
} })`,
  )
  project.env = { ...project.env, NODE_OPTIONS: `--import=${hook}` }
  return () => readFileSync(told, 'utf8') === 'yes'
}

test.concurrent('while the program still loads: nothing is begun, and the summary says so', async () => {
  await using project = await Project.open(5, { segments, request })
  const loading = holdWhileLoading(project)
  const ended = await askedToEnd(project.start('run', '--all', ...drain), 'the command to load', loading)
  expectDrained(ended)
  expect(summaryOf(ended).activations).toMatchObject([{ activation: 'everyone.x', error: { code: 'aborted' } }])
  expect(project.x.requests).toEqual([])
}, 120_000)

test.concurrent('while the warehouse is opened: a long write-ahead log is not waited for', async () => {
  await using project = await Project.open(5, { segments, request })
  const instance = await DuckDBInstance.create(project.file, { checkpoint_threshold: '10GB' })
  const connection = await instance.connect()
  await connection.run('pragma disable_checkpoint_on_shutdown; create table big (i bigint, t varchar)')
  for (let i = 0; i < 6; i += 1)
    await connection.run(`insert into big select i, 'some text ' || i from range(100000) r(i);
      update big set t = t || i where i < 50000`)
  connection.closeSync()
  instance.closeSync()
  const opening = (): boolean => readFileSync(`/proc/${started.child.pid}/maps`, 'utf8').includes('duckdb.node')
  const started = project.start('run', '--all', '--drain-seconds', '0.3')
  const { code, signal, toldMs, ...rest } = await askedToEnd(started, 'the driver', opening)
  // What opens cannot be interrupted, so the process ends by a signal of its own, which a shell calls 143 too.
  expect([code, signal]).toEqual([null, 'SIGTERM'])
  expect(toldMs).toBeLessThan(promptMs)
  expect(summaryOf({ code, signal, ...rest })).toMatchObject({ status: 'aborted' })
  await goesOn(project, 1, 5)
}, 120_000)

test.concurrent('with standard output and error closed by their reader, before and in the drain', async () => {
  await using project = await Project.open(60, { segments, request })
  project.x.addFaults([slowAdds(200)])
  const started = project.start('run', '--all', ...drain)
  const { code, toldMs } = await askedToEnd(
    started,
    'three adds',
    () => adds(project) >= 3,
    (child) => {
      child.stderr.destroy()
      child.kill('SIGTERM')
      child.stdout.destroy()
    },
  )
  expect(code).toBe(143)
  expect(toldMs).toBeLessThan(promptMs)
  await expectReceipts(project, ['add'])
  await goesOn(project, 1, 60)
  expect(sentBy(project, 'add')).toBe(120)
}, 120_000)

test.concurrent('with a pipe that is full because nobody reads it, a line is given up', async () => {
  const output = join(import.meta.dirname, '..', '..', 'connector', 'commands', 'output.ts')
  // Once Node has opened the stream, the pipe says EAGAIN where it is full.
  const script = `process.stdout.on('error', () => {}); const { printLine } = await import(${JSON.stringify(output)}); printLine('x'.repeat(1e6), 200); process.exit(0)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0)
  clearTimeout(late)
}, 30_000)

const gone = (pid: number): boolean => {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return true
  }
}

test.concurrent('when the parent dies, and with it all three pipes', async () => {
  await using project = await Project.open(60, { segments, request })
  project.x.addFaults([slowAdds(200)])
  const cli = join(import.meta.dirname, '..', '..', 'connector', 'cli.ts')
  const script = `const { spawn } = require('node:child_process')
const child = spawn(process.execPath, ${JSON.stringify([cli, 'run', '--all', '--drain-on-stdin-end', ...drain])}, { stdio: 'pipe' })
console.log(child.pid)
setInterval(() => {}, 1000)`
  const parent = spawn(process.execPath, ['-e', script], { cwd: project.folder, env: project.env, stdio: 'pipe' })
  let pid = 0
  parent.stdout.on('data', (text: Buffer) => {
    pid = Number(text.toString())
  })
  await until('three adds', () => adds(project) >= 3)
  parent.kill('SIGKILL')
  await until('the run to end', () => gone(pid), promptMs)
  await expectReceipts(project, ['add'])
  expect(await project.query('select status, error_code from tidemark.runs')).toEqual([
    { status: 'aborted', error_code: 'aborted' },
  ])
  await goesOn(project, 1, 60)
  expect(sentBy(project, 'add')).toBe(120)
}, 120_000)

const namespaces = ['--user', '--map-root-user', '--pid', '--fork', '--mount-proc', '--kill-child'] as const
/** Where the machine lets nobody make a PID 1, there is none to ask. */
const permitted = spawnSync('unshare', [...namespaces, 'true']).status === 0
const required = permitted || process.env.TIDEMARK_TEST_REQUIRE === 'all'
if (!required) process.stderr.write('left out: runs as PID 1 (unshare is not permitted)\n')

test.concurrent.each(required ? ['while it loads', 'while it adds'] : [])(
  'as PID 1, %s',
  async (when) => {
    await using project = await Project.open(60, { segments, request })
    const loads = when === 'while it loads'
    const loading = loads ? holdWhileLoading(project) : () => false
    project.x.addFaults([slowAdds(200)])
    const cli = join(import.meta.dirname, '..', '..', 'connector', 'cli.ts')
    const args = [...namespaces, process.execPath, cli, 'run', '--all', ...drain]
    const outer = spawn('unshare', args, { cwd: project.folder, env: project.env, stdio: ['ignore', 'pipe', 'ignore'] })
    let stdout = ''
    outer.stdout.on('data', (text: Buffer) => {
      stdout += text
    })
    const ended = new Promise<number | null>((resolve) => outer.on('close', resolve))
    await until(when, () => (loads ? loading() : adds(project) >= 3))
    const [pid] = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').trim().split(' ').map(Number)
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^NSpid:\s+\d+\s+1$/m)
    process.kill(pid ?? 0, 'SIGTERM')
    expect(await ended).toBe(143)
    expect(JSON.parse(stdout.trimEnd())).toMatchObject({ schema: 'tidemark.summary/1', status: 'aborted' })
    expect(adds(project) > 0).toBe(!loads)
    project.env = { ...project.env, NODE_OPTIONS: '' }
    await goesOn(project, 1, 60)
    expect(sentBy(project, 'add')).toBe(120)
  },
  60_000,
)
