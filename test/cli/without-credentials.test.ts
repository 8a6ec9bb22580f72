import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { loadConfiguration } from '../../connector/config/load.ts'
import { Project } from './project.ts'

/** Whoever looks at a warehouse at 3 a.m. need not have the keys to the platforms. */
test.concurrent('what calls no platform needs no credentials; what calls one names each that is missing', async () => {
  await using project = await Project.open(60)
  expect((await project.run('run', '--all')).code).toBe(0)
  project.env = { PATH: process.env.PATH ?? '' }
  for (const command of [['status'], ['plan', '--all'], ['reset', 'everyone.x']]) {
    const { code, stderr, stdout } = await project.run(...command)
    expect([command[0], stderr.includes('X_CONSUMER_KEY'), stdout.includes('not-set')]).toEqual([
      command[0],
      false,
      false,
    ])
    // Without --yes a reset only says what it would do.
    expect([command[0], code]).toEqual([command[0], command[0] === 'reset' ? 64 : 0])
  }
  for (const command of [['run', '--all'], ['validate'], ['sizes']]) {
    const { code, stderr, stdout } = await project.run(...command)
    expect([command[0], code, `${stdout}${stderr}`]).toEqual([
      command[0],
      78,
      expect.stringContaining('X_CONSUMER_KEY'),
    ])
  }
}, 120_000)

test.concurrent('any other variable must be there', async () => {
  await using project = await Project.open(1)
  await project.write({ warehouse: `{ type: duckdb, path: "\${NOT_SET_ANYWHERE}.duckdb" }` })
  const load = loadConfiguration(join(project.folder, 'tidemark.yml'), {}, { credentials: 'may_be_missing' })
  await expect(load).rejects.toThrow('NOT_SET_ANYWHERE')
  await expect(load).rejects.not.toThrow('X_CONSUMER_KEY')
})
