import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { everyone, Project } from './project.ts'

/** Megabytes of a volume that exists in memory only. */
const size = 12

/** A small volume in the project's folder, where the machine lets us mount one; null elsewhere. */
const smallVolume = (project: Project): string | null => {
  const folder = join(project.folder, 'volume')
  mkdirSync(folder)
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}m`, 'tmpfs', folder]).status === 0 ? folder : null
}

test('a full disk ends a run with 75 and its folder, is not taken for a conflict, and the next run loses nobody', async () => {
  const segments = everyone.replace(/activate: .*/, 'activate: [x]')
  await using project = await Project.open(2_000, { segments })
  const volume = smallVolume(project)
  if (volume === null) return
  try {
    copyFileSync(project.file, join(volume, 'w.duckdb'))
    await project.write({ segments, warehouse: '{ type: duckdb, path: volume/w.duckdb }' })
    const filler = join(volume, 'filler')
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'])
    const full = await project.run('run', '--all')
    expect(full.code).toBe(75)
    expect(full.stderr).toContain(`The disk of the DuckDB file is full (folder ${volume}: 0 MB free); make room on it`)
    expect(full.stderr).not.toMatch(/another transaction|please report/i)
    rmSync(filler)
    expect((await project.run('run', '--all')).code).toBe(0)
    const [audience] = project.x.audiences()
    expect([...project.x.identifiers(audience?.id ?? '')]).toHaveLength(4_000)
  } finally {
    execFileSync('umount', ['--lazy', volume])
  }
}, 120_000)

test('a volume that may not be written is told by doctor before a run, 77, and by the run', async () => {
  const segments = everyone.replace(/activate: .*/, 'activate: [x]')
  await using project = await Project.open(20, { segments })
  const volume = smallVolume(project)
  if (volume === null) return
  try {
    copyFileSync(project.file, join(volume, 'w.duckdb'))
    execFileSync('mount', ['-o', 'remount,ro', volume])
    await project.write({ segments, warehouse: '{ type: duckdb, path: volume/w.duckdb }' })
    const doctor = await project.run('doctor')
    expect(doctor).toMatchObject({
      code: 77,
      stdout: expect.stringContaining(
        `The file ${join(volume, 'w.duckdb')} may not be written, and runs keep their state`,
      ),
    })
    expect(doctor.stdout).toContain('fine     warehouse: It opens')
    const run = await project.run('run', '--all')
    expect([run.code, run.stderr]).toEqual([77, expect.stringMatching(/may not be .*written|read-only/)])
  } finally {
    execFileSync('umount', ['--lazy', volume])
  }
}, 120_000)
