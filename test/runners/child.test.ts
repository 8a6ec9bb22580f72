import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { said } from './child.ts'

const sleeper = `setInterval(() => {}, 1000) // ${process.pid}`

test('a process that was left behind is named and ended, though it holds the streams', async () => {
  const program = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(sleeper)}], { stdio: 'inherit' }).unref(); console.log('made it')`
  const { code, says, leftBehind } = await said('left', process.execPath, ['-e', program], { graceMs: 500 })
  expect({ code, says }).toEqual({ code: 0, says: 'made it\n' })
  expect(leftBehind).toEqual([expect.stringContaining(sleeper)])
  const again = await said('again', 'ps', ['-A', '-o', 'args='])
  expect(again.says.split('\n').filter((line) => line.endsWith(sleeper))).toEqual([])
})

test('what ends by itself is not left behind', async () => {
  const program = `console.error('words'); process.exitCode = 3`
  expect(await said('own', process.execPath, ['-e', program])).toEqual({ code: 3, says: 'words\n', leftBehind: [] })
})

test('what is not over within its limit is ended, and what still ran is told', async () => {
  const env = { ...process.env, TIDEMARK_TEST_MINUTES: '0.0001' }
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'run.ts'), 'no/such/test'], { env })
  let says = ''
  child.stdout.on('data', (chunk: Buffer) => {
    says += chunk.toString()
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code).toBe(1)
  expect(says).toMatch(/ended: not over after 0.0001 minutes; still running:\n {2}tsc, for \d+ s\n/)
  expect(says).toMatch(/\n0 passed, 1 failed\n$/)
  // Nothing more is begun.
  expect(says).not.toContain('== lint')
})
