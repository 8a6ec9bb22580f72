import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { tempFolderOf } from '../../connector/warehouse/temp-folder.ts'
import { everyone, Project } from './project.ts'

/** A process that writes 300,000 addresses where they do not fit, with as little memory as it takes, and is killed. */
const killed = (file: string, folder: string): void => {
  const program = `import { DuckDBInstance } from '@duckdb/node-api'
    const instance = await DuckDBInstance.create(${JSON.stringify(file)}, { memory_limit: '20MB', threads: '1', temp_directory: ${JSON.stringify(folder)} })
    const connection = await instance.connect()
    await connection.run("create temp table t as select 'canary-person' || i * 7919 % 300000 || '@example.com' as e from range(300000) r(i) order by 1")
    process.kill(process.pid, 'SIGKILL')`
  const root = join(import.meta.dirname, '..', '..')
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root }).signal).toBe('SIGKILL')
  const left = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
  expect(left.some((text) => text.includes('canary-person'))).toBe(true)
}

test('what a killed process had in its temporary folder is cleared by the next run, and nothing else of it', async () => {
  await using project = await Project.open(3, { segments: everyone.replace(/activate: .*/, 'activate: [x]') })
  const folder = `${project.file}.tmp`
  killed(project.file, folder)
  // Others may be reading.
  expect((await project.run('plan', '--all')).code).toBe(0)
  expect(existsSync(folder)).toBe(true)
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(existsSync(folder)).toBe(false)
  mkdirSync(folder)
  writeFileSync(join(folder, 'mine.txt'), 'mine')
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(readdirSync(folder)).toEqual(['mine.txt'])
  // A folder that the user names may serve several files: each has its own in it.
  const warehouse = '{ type: duckdb, path: w.duckdb, temp_directory: deep/er }'
  await project.write({ segments: everyone.replace(/activate: .*/, 'activate: [x]'), warehouse })
  expect((await project.run('run', '--all')).code).toBe(0)
  const named = join(project.folder, 'deep', 'er')
  writeFileSync(join(named, 'duckdb_temp_storage_DEFAULT-0.tmp'), 'of another')
  const own = tempFolderOf(project.file, named)
  expect(dirname(own)).toBe(named)
  killed(project.file, own)
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(readdirSync(named)).toEqual(['duckdb_temp_storage_DEFAULT-0.tmp'])
}, 120_000)
