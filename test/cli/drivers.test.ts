import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from '@jest/globals'
import { Project } from './project.ts'

const flag = `--import=${pathToFileURL(join(import.meta.dirname, 'only-duckdb.mjs'))}`

test('on DuckDB no command needs the driver of another warehouse', async () => {
  await using project = await Project.open(20)
  project.env = { ...project.env, NODE_OPTIONS: flag }
  for (const args of [['validate', '--warehouse'], ['run', '--all'], ['status'], ['plan', '--all'], ['grants']])
    expect([args, (await project.run(...args)).code]).toEqual([args, 0])
})

test('where another warehouse is configured, its driver is what is missed', async () => {
  await using project = await Project.open(1)
  project.env = { ...project.env, NODE_OPTIONS: flag }
  await project.write({ warehouse: '{ type: postgres, host: 127.0.0.1, port: 9 }' })
  const missing = await project.run('validate', '--warehouse')
  project.env = { ...project.env, NODE_OPTIONS: '' }
  const unreachable = await project.run('validate', '--warehouse')
  expect([missing.code, unreachable.code]).toEqual([78, 75])
  expect(missing.stderr + missing.stdout).toContain('add the npm package pg (npm install pg)')
})
