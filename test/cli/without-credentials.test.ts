// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is the file's own way to read the environment
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { loadConfiguration } from '../../connector/config/load.ts'
import { Project } from './project.ts'

/** Whoever looks at a warehouse at 3 a.m. need not have the keys to the platforms. */
test.concurrent('what calls no platform needs no credentials; what calls one names each that is missing', async () => {
  await using project = await Project.open(60)
  expect((await project.run('run', '--all')).code).toBe(0)
  project.env = { PATH: process.env.PATH ?? '' }
  for (const command of [
    ['status'],
    ['plan', '--all'],
    ['validate', '--warehouse'],
    ['reset', 'everyone.x'],
    ['empty', 'everyone.x'],
  ]) {
    const { code, stderr, stdout } = await project.run(...command)
    expect([command[0], stderr.includes('X_CONSUMER_KEY'), stdout.includes('not-set')]).toEqual([
      command[0],
      false,
      false,
    ])
    // Without --yes the last two only say what they would do.
    expect([command[0], code]).toEqual([command[0], 0])
  }
  for (const command of [
    ['run', '--all'],
    ['empty', 'everyone.x', '--yes'],
    ['validate', '--credentials'],
    ['sizes'],
    ['doctor'],
  ]) {
    const { code, stderr, stdout } = await project.run(...command)
    expect([command[0], code, `${stdout}${stderr}`]).toEqual([
      command[0],
      78,
      expect.stringContaining('X_CONSUMER_KEY'),
    ])
  }
}, 120_000)

test.concurrent('a missing secret stops the activations of its destination, and not their neighbours', async () => {
  await using project = await Project.open(60)
  const { X_ACCESS_TOKEN: _, ...others } = project.env
  project.env = others
  const { code, stdout, stderr } = await project.run('run', '--all')
  expect(code).toBe(78)
  const { activations } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  expect(activations).toMatchObject([
    {
      activation: 'everyone.x',
      status: 'failed',
      error: {
        code: 'credentials_missing',
        message:
          'tidemark.yml, line 7: destinations.x.credentials.access_token needs X_ACCESS_TOKEN: set it in the environment.',
      },
    },
    { activation: 'everyone.tiktok', status: 'succeeded', members_added: 60, error: null },
  ])
  expect(stderr).toContain('X_ACCESS_TOKEN')
  expect(project.x.requests).toHaveLength(0)
  expect((await project.run('run', 'everyone.tiktok', '--exit-code-when-unchanged')).code).toBe(99)
  const alone = await project.run('run', 'everyone.x')
  expect([alone.code, alone.stderr]).toEqual([78, expect.stringContaining('has 1 problem')])
  const sizes = JSON.parse((await project.run('sizes', '--json')).stdout)
  expect(JSON.stringify(sizes)).toContain('credentials_missing')
  expect(JSON.stringify(sizes)).toContain('everyone.tiktok')
  const doctor = await project.run('doctor')
  expect(doctor.code).toBe(78)
  expect(doctor.stdout).toMatch(
    /wrong +destinations\.x: tidemark\.yml, line 7: .*needs X_ACCESS_TOKEN: set it in the environment/,
  )
  expect(doctor.stdout).toMatch(/fine +destinations\.tiktok: It is reached/)
}, 120_000)

test.concurrent('a secret that stands in the file does not hide one that is missing', async () => {
  await using project = await Project.open(1)
  await project.write({ tiktokCredentials: ', secret: written-here' })
  const { X_ACCESS_TOKEN: _, ...others } = project.env
  project.env = others
  for (const command of [['run', '--all'], ['validate', '--credentials'], ['doctor']]) {
    const { code, stdout, stderr } = await project.run(...command)
    expect([command[0], code]).toEqual([command[0], 78])
    expect(`${stdout}${stderr}`).toContain('needs X_ACCESS_TOKEN')
    expect(`${stdout}${stderr}`).toContain('is a secret and must not stand in the file')
    expect(`${stdout}${stderr}`).not.toContain('written-here')
  }
  const { code, stderr } = await project.run('validate')
  expect([code, stderr.includes('must not stand in the file'), stderr.includes('X_ACCESS_TOKEN')]).toEqual([
    78,
    true,
    false,
  ])
}, 120_000)

test.concurrent('any other variable must be there', async () => {
  await using project = await Project.open(1)
  await project.write({ warehouse: `{ type: duckdb, path: "\${NOT_SET_ANYWHERE}.duckdb" }` })
  const load = loadConfiguration(join(project.folder, 'tidemark.yml'), {}, { credentials: 'may_be_missing' })
  await expect(load).rejects.toThrow('NOT_SET_ANYWHERE')
  await expect(load).rejects.not.toThrow('X_CONSUMER_KEY')
})

test.concurrent('the secrets of the warehouse are needed by who opens it', async () => {
  await using project = await Project.open(1)
  project.env = { PATH: process.env.PATH ?? '' }
  for (const secret of [
    'type: postgres, password: "${PGPASSWORD}"',
    'type: postgres, connection_string: "${PG_A}${PG_B}"',
    'type: bigquery, project: shop-1, location: EU, key_json: "${PG_A}${PG_B}"',
  ]) {
    await project.write({ warehouse: `{ ${secret} }` })
    const { code, stdout, stderr } = await project.run('validate')
    expect([secret, code, stderr, stdout.includes('not-set')]).toEqual([secret, 0, '', false])
    for (const options of [['--warehouse'], ['--credentials']]) {
      const { code: refused, stderr: says } = await project.run('validate', ...options)
      expect([secret, ...options, refused, says]).toEqual([secret, ...options, 78, expect.stringMatching(/needs PG/)])
    }
  }
}, 120_000)

test.concurrent('a file with no activation is a warning, of a run too', async () => {
  await using project = await Project.open(1)
  await project.write({ segments: 'everyone: { relation: main.customers, member_key: customer_id }' })
  const validated = await project.run('validate')
  expect([validated.code, validated.stdout]).toEqual([
    0,
    expect.stringMatching(/0 activations.*\nWarning: no segment is activated/),
  ])
  expect(JSON.parse((await project.run('validate', '--json')).stdout).warnings).toMatchObject([
    { code: 'no_activation' },
  ])
  const ran = await project.run('run', '--all')
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringMatching(/"warn".*no segment is activated/)])
}, 120_000)
