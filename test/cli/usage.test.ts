import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { writeResult } from '../../connector/commands/output.ts'
import { start } from './process.ts'

const folder = mkdtempSync(join(tmpdir(), 'tidemark-usage-'))
const run = (...args: readonly string[]) => start(args, folder, {}).ended

test.concurrent.each([
  ['no command', [], /Usage/],
  ['an unknown command', ['rum'], /did you mean run/i],
  ['an unknown option', ['run', '--al'], /--all/],
  ['run of nothing', ['run'], /Name the activations to run, or say --all/],
  ['run of names and all', ['run', 'a.x', '--all'], /not both/],
  ['--override-guards without a name', ['run', '--all', '--override-guards'], /needs the activation by name/],
  ['an empty run key', ['run', '--all', '--run-key', ''], /--run-key needs a text/],
  ['a drain of no time', ['run', '--all', '--drain-seconds', '0'], /above 0/],
  ['plan of nothing', ['plan'], /Name the activations to plan/],
  ['run of names and a segment', ['run', 'a.x', '--segment', 'a'], /one of the three, not both/],
  ['plan of names and a segment', ['plan', 'a.x', '--segment', 'a'], /one of the three, not both/],
  ['status of names and a segment', ['status', 'a.x', '--segment', 'a'], /one of the three, not both/],
  ['sizes of names and a segment', ['sizes', 'a.x', '--segment', 'a'], /one of the three, not both/],
  ['doctor of names and a segment', ['doctor', 'a.x', '--segment', 'a'], /one of the three, not both/],
  ['validate of names and a segment', ['validate', 'a.x', '--segment', 'a'], /one of the three, not both/],
  ['a run of all and of a destination', ['run', '--all', '--destination', 'x'], /one of the three, not both/],
  ['reset of nothing', ['reset'], /missing required argument/],
  ['reset of two', ['reset', 'a.x', 'b.x', '--yes'], /too many arguments/],
  ['schema of something', ['schema', 'a'], /too many arguments/],
  ['a port that is none', ['simulate', '--x-port', '70000'], /port from 0 to 65535/],
  ['a demo of no customers', ['demo', '--customers', 'many'], /whole number from 1/],
])(
  'usage: %s is 64 and says what is wrong',
  async (_, args, says) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(stderr).toMatch(says)
  },
  120_000,
)

test('help and version are 0, and help comes in less than 0.4 s', async () => {
  for (const args of [['run', '--help'], ['--version'], ['status', '--help']])
    expect(await run(...args)).toMatchObject({ code: 0, stderr: '' })
  // The fastest of some, since other tests may be at work.
  let fastest = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < 10 && fastest >= 400; tries++) {
    const { code, stdout, ms } = await run('--help')
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/Usage: tidemark/) })
    fastest = Math.min(fastest, ms)
  }
  expect(fastest).toBeLessThan(400)
}, 120_000)

test.concurrent('schema prints JSON', async () => {
  const { code, stdout } = await run('schema')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toHaveProperty('properties.segments')
}, 120_000)

test('the result for the side-car is written whole, and only where its folder is', () => {
  const file = join(folder, 'return.json')
  writeResult('{"a":1}', file)
  writeResult('{"b":2}', file)
  expect(readFileSync(file, 'utf8')).toBe('{"b":2}')
  expect(readdirSync(folder)).toEqual(['return.json'])
  writeResult('{}', join(folder, 'missing', 'return.json'))
  expect(readdirSync(folder)).toEqual(['return.json'])
}, 120_000)
