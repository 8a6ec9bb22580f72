import { expect, test } from '@jest/globals'
import { everyone, Project } from './project.ts'

test('of one of a thing the output speaks in the singular', async () => {
  await using project = await Project.open(1, { segments: everyone.replace(/activate: .*/, 'activate: [x]') })
  await project.query('update customers set phone = null')
  const said: string[] = []
  const say = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await project.run(...args)
    expect({ args, code }).toEqual({ args, code: 0 })
    said.push(`${stdout}${stderr}`)
  }
  await say('validate')
  await say('run', '--all')
  await say('plan', '--all', '--full')
  await say('status')
  await say('empty', 'everyone.x')
  await say('reset', 'everyone.x')
  const text = said.join('\n')
  expect(text.match(/\b1 (?:requests|members|people|identifiers|activations|batches|rows|values|bytes)\b/g)).toBeNull()
  for (const one of [
    '1 activation.',
    '1 request in all',
    '1 member (segment',
    '1 identifier confirmed',
    '1 person from',
  ])
    expect(text).toContain(one)
}, 60_000)
