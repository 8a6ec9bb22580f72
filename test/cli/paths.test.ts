import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { probeSegment } from '../../connector/activation/segment.ts'
import { loadConfiguration } from '../../connector/config/load.ts'
import { openWarehouse } from '../../connector/warehouse/registry.ts'
import { expectClearError } from './ended.ts'
import { type Ended, start } from './process.ts'
import { Project, summaryOf } from './project.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const segment = (name: string, sql: string): string =>
  `${name}:\n    sql: ${JSON.stringify(sql)}\n    member_key: customer_id\n    activate: [x]`

/** A comma and a quote: of what DuckDB takes for lists and texts. */
const odd = `it's, here`

/** A project whose configuration stands in a folder of its own; commands begin elsewhere. */
class Elsewhere implements AsyncDisposable {
  readonly project: Project
  readonly folder: string
  readonly #workingDirectory: string

  private constructor(project: Project) {
    this.project = project
    this.folder = join(realpathSync(project.folder), odd)
    this.#workingDirectory = join(project.folder, 'elsewhere')
  }

  static async open(sql: Readonly<Record<string, string>>): Promise<Elsewhere> {
    const segments = Object.entries(sql).map(([name, text]) => segment(name, text))
    const project = await Project.open(1, {
      warehouse: '{ type: duckdb, path: ../w.duckdb, threads: 1 }',
      xFields: '{ email: email }',
      segments: segments.join('\n  '),
    })
    const elsewhere = new Elsewhere(project)
    for (const folder of [elsewhere.folder, elsewhere.#workingDirectory])
      mkdirSync(join(folder, 'exports'), { recursive: true })
    renameSync(join(project.folder, 'tidemark.yml'), join(elsewhere.folder, 'tidemark.yml'))
    return elsewhere
  }

  /** Of one member, in the folder of the configuration and, another, where commands begin. */
  csv(name: string): this {
    for (const [folder, member] of [
      [this.folder, 'right'],
      [this.#workingDirectory, 'wrong'],
    ] as const) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), `customer_id,email\n${name},${member}-${name.replace(/\W/g, '')}@example.com\n`)
    }
    return this
  }

  /** As somebody made it who was at work in the folder. */
  async view(name: string, file: string): Promise<void> {
    const before = process.cwd()
    process.chdir(this.folder)
    await this.project.query(`create view ${name} as select * from read_csv('${file}')`)
    process.chdir(before)
  }

  run(...args: readonly string[]): Promise<Ended> {
    const config = join('..', odd, 'tidemark.yml')
    return start([...args, '--config', config], this.#workingDirectory, this.project.env).ended
  }

  /** What X holds, by the name of the segment. */
  held(): Record<string, string[]> {
    const { x } = this.project
    return Object.fromEntries(x.audiences().map(({ id, name }) => [name, [...x.identifiers(id)].sort()]))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.project[Symbol.asyncDispose]()
  }
}

const right = (name: string): string => `email ${sha256(`right-${name.replace(/\W/g, '')}@example.com`)}`

test('paths in sql begin in the folder of tidemark.yml: a file of that name in the working directory is another', async () => {
  await using elsewhere = await Elsewhere.open({
    called: "select * from read_csv('exports/c.csv')",
    bare: "select * from 'exports/c.csv'",
    up: `select * from read_csv('../${odd.replace("'", "''")}/exports/c.csv')`,
    fitting: "select * from read_csv('exports/?.csv')",
    listed: "select * from read_csv(['exports/c.csv', 'exports/d.csv'])",
    parquet: "select * from read_parquet('p.parquet')",
    viewed: 'select * from files',
  })
  elsewhere.csv('exports/c.csv').csv('exports/d.csv')
  await elsewhere.project.query(
    `copy (select 'p' as customer_id, 'right-p@example.com' as email) to '${join(elsewhere.folder, 'p.parquet').replace("'", "''")}'`,
  )
  await elsewhere.view('files', 'exports/d.csv')
  for (const args of [['validate', '--warehouse'], ['doctor'], ['plan', '--all'], ['run', '--all']])
    expect([args, (await elsewhere.run(...args)).code]).toEqual([args, 0])
  const [c, d] = [right('exports/c.csv'), right('exports/d.csv')]
  expect(elsewhere.held()).toEqual({
    called: [c],
    bare: [c],
    up: [c],
    fitting: [c, d].sort(),
    listed: [c, d].sort(),
    parquet: [right('p')],
    viewed: [d],
  })
  expect((await elsewhere.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
}, 120_000)

/** What no segment may read, and what is said of it; `{folder}` is that of tidemark.yml. */
const unreadable: readonly (readonly [sql: string, says: string])[] = [
  [
    "select * from read_csv('exports/none.csv')",
    'reads the file "exports/none.csv", and there is no such file in the folder {folder}',
  ],
  [
    "select * from 'exports/none.csv'",
    'reads the file "exports/none.csv", and there is no such file in the folder {folder}',
  ],
  [
    "select * from read_json('none.json')",
    'reads the file "none.json", and there is no such file in the folder {folder}',
  ],
  [
    "select * from read_csv(['c.csv', 'no''ne.csv'])",
    `reads the file "no'ne.csv", and there is no such file in the folder {folder}`,
  ],
  ["select * from read_csv('/nowhere/none.csv')", 'reads the file "/nowhere/none.csv", and there is no such file'],
  ["select * from read_csv('~/none.csv')", 'reads the file "~/none.csv", and there is no such file'],
  ["select * from read_csv('loop.csv')", 'reads the file "loop.csv", and there is no such file in the folder {folder}'],
  [
    "select * from read_csv('exports/z*.csv')",
    'reads files by the name of "exports/z*.csv", and there are none in the folder {folder}',
  ],
  [
    "select * from read_csv('folder.csv')",
    'reads the file "folder.csv" in the folder {folder}, which is a folder with nothing to read in it',
  ],
  [
    "select * from read_parquet('c.csv')",
    'reads the file "c.csv" in the folder {folder}, which is not what it is read as, or is damaged',
  ],
  [
    "select * from read_json('c.csv')",
    'reads the file "c.csv" in the folder {folder}, which is not what it is read as, or is damaged',
  ],
  [
    "select * from read_parquet('*.bin')",
    'reads the file whose name is not shown, which is not what it is read as, or is damaged',
  ],
  [
    "select * from read_csv('ann@shop.example.csv')",
    'reads the file whose name is not shown, and there is no such file in the folder {folder}',
  ],
  [
    "select * from read_csv('file://ann:CANARY@host/none.csv')",
    'reads the file whose name is not shown, and there is no such file',
  ],
  ['select * from missing_files', 'reads the file "none.csv", and there is no such file in the folder {folder}'],
]

test('a file that is not there, a folder, and a file of another form are 78, with their names and where they were looked for', async () => {
  const names = unreadable.map((_, i) => `q${i}`)
  await using elsewhere = await Elsewhere.open(Object.fromEntries(unreadable.map(([sql], i) => [`q${i}`, sql])))
  elsewhere.csv('exports/c.csv')
  const at = (name: string): string => join(elsewhere.folder, name)
  // It is there where commands begin, and nobody looks there.
  writeFileSync(
    join(elsewhere.project.folder, 'elsewhere', 'exports', 'none.csv'),
    'customer_id,email\n1,wrong@example.com\n',
  )
  writeFileSync(at('c.csv'), 'customer_id,email\n1,CANARY@example.com\n')
  writeFileSync(at('damaged.bin'), 'CANARY'.repeat(100))
  mkdirSync(at('folder.csv'))
  symlinkSync('loop.csv', at('loop.csv'))
  writeFileSync(at('none.csv'), 'customer_id,email\n')
  await elsewhere.view('missing_files', 'none.csv')
  rmSync(at('none.csv'))
  const ended = await elsewhere.run('run', '--all')
  expect(ended.code).toBe(78)
  expectClearError(ended, /^Segment q\d+: its sql reads /)
  const told = summaryOf(ended).activations.map(({ error }) => error?.message ?? '')
  expect(told).toEqual(
    unreadable.map(
      ([, says], i) =>
        `Segment ${names[i]}: its sql ${says.replace('{folder}', JSON.stringify(elsewhere.folder))}; correct segments.${names[i]} in tidemark.yml, or see to the file.`,
    ),
  )
  for (const args of [['validate', '--warehouse'], ['doctor'], ['plan', '--all']]) {
    const { code, stdout, stderr } = await elsewhere.run(...args)
    expect([code, told.filter((text) => !(stdout + stderr).includes(text))]).toEqual([78, []])
    expect(stdout + stderr + ended.stderr).not.toContain('CANARY')
  }
  expect(elsewhere.held()).toEqual({})
}, 120_000)

const nobody = 65534
/** What is thrown while this process has no rights of root. */
const asNobody = async (work: () => Promise<unknown>): Promise<unknown> => {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(nobody)
  try {
    return await work().catch((error: unknown) => error)
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

test('a file, and a folder, that the user who runs Tidemark may not read is 77, with its name', async () => {
  const [file, folder] = ["select * from read_csv('exports/c.csv')", "select * from read_csv('locked/c.csv')"]
  await using elsewhere = await Elsewhere.open({ file, folder })
  elsewhere.csv('exports/c.csv').csv('locked/c.csv')
  const at = (name: string): string => join(elsewhere.folder, name)
  chmodSync(at('exports/c.csv'), 0o000)
  chmodSync(at('locked'), 0o000)
  // The test of the others: they may enter all folders above.
  chmodSync(elsewhere.project.folder, 0o755)
  const before = process.cwd()
  const configuration = await loadConfiguration(at('tidemark.yml'), elsewhere.project.env)
  const warehouse = await openWarehouse(configuration.warehouse, { readOnly: true })
  try {
    for (const activation of configuration.activations) {
      const { name, source } = activation.segment
      const path = /'(.*)'/.exec('sql' in source ? source.sql : '')?.[1]
      expect(await asNobody(() => probeSegment({ activation, warehouse }))).toMatchObject({
        exit: 77,
        code: 'file_permission',
        message: `Segment ${name}: its sql reads the file "${path}" in the folder "${elsewhere.folder}", which the user who runs Tidemark may not read; correct segments.${name} in tidemark.yml, or see to the file.`,
      })
    }
  } finally {
    await warehouse.close()
    process.chdir(before)
    chmodSync(at('locked'), 0o755)
  }
}, 60_000)

test('a folder of the configuration that cannot be entered ends the command, instead of reading elsewhere', async () => {
  await using elsewhere = await Elsewhere.open({ people: "select * from read_csv('exports/c.csv')" })
  const { warehouse } = await loadConfiguration(join(elsewhere.folder, 'tidemark.yml'), elsewhere.project.env)
  const nowhere = { ...warehouse, folder: join(elsewhere.folder, 'nowhere') }
  await expect(openWarehouse(nowhere)).rejects.toMatchObject({ fault: 'configuration', code: 'no_such_folder' })
})
