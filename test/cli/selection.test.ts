import { describe, expect, test } from '@jest/globals'
import type { Ended } from './process.ts'
import { Project, summaryOf } from './project.ts'

/** Every command that is about activations chooses them in the same way. */
const segments = `everyone:
    relation: main.customers
    member_key: customer_id
    activate: [x, { destination: tiktok, guards: { min_members: 0 } }]
  some:
    relation: main.customers
    where: [{ column: customer_id, at_most: 10 }]
    member_key: customer_id
    activate: [x, { destination: tiktok, guards: { min_members: 0 } }]`
const all = ['everyone.x', 'everyone.tiktok', 'some.x', 'some.tiktok']

const choices: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    ['some.x', 'everyone.tiktok'],
    ['everyone.tiktok', 'some.x'],
  ],
  [['--all'], all],
  [
    ['--segment', 'some'],
    ['some.x', 'some.tiktok'],
  ],
  [
    ['--destination', 'x'],
    ['everyone.x', 'some.x'],
  ],
  [['--segment', 'everyone', '--destination', 'tiktok'], ['everyone.tiktok']],
  [['--segment', 'everyone', '--segment', 'some'], all],
]

const namesOf = ({ stdout }: Ended): readonly string[] => {
  const { activations, sizes } = JSON.parse(stdout) as Record<string, readonly (string | { activation: string })[]>
  return (activations ?? sizes ?? []).map((one) => (typeof one === 'string' ? one : one.activation))
}

describe('names, --all, --segment and --destination', () => {
  test.concurrent('choose the same activations for each command', async () => {
    await using project = await Project.open(30, { segments })
    for (const [options, chosen] of choices) {
      for (const command of ['plan', 'status', 'sizes', 'validate']) {
        const ended = await project.run(command, ...options, '--json')
        expect({ command, code: ended.code, names: namesOf(ended) }).toEqual({ command, code: 0, names: chosen })
      }
    }
    for (const [options, chosen] of choices.slice(2)) {
      const ended = await project.run('run', ...options)
      expect([ended.code, summaryOf(ended).activations.map((a) => a.activation)]).toEqual([0, chosen])
    }
    for (const command of ['status', 'sizes', 'validate'])
      expect(namesOf(await project.run(command, '--json'))).toEqual(all)
  }, 240_000)

  test.concurrent('an unknown name of either kind is 64, with all that may be meant', async () => {
    await using project = await Project.open(5, { segments })
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['everyone'], /did you mean everyone\.x or everyone\.tiktok\? All of the segment: --segment everyone$/m],
      [['tiktok'], /All on the destination: --destination tiktok$/m],
      [['--segment', 'evryone'], /no segment with an activation is named "evryone": did you mean everyone\?/],
      [['--destination', 'tictok'], /no destination is named "tictok": did you mean tiktok\?/],
    ]
    for (const command of ['run', 'plan', 'status', 'sizes', 'doctor', 'validate'])
      for (const [options, says] of cases.slice(0, command === 'run' ? 4 : 2)) {
        const { code, stderr } = await project.run(command, ...options)
        expect({ command, options, code }).toEqual({ command, options, code: 64 })
        expect(command === 'run' ? JSON.parse(stderr).message : stderr).toMatch(says)
      }
  }, 240_000)

  test.concurrent('doctor and validate --credentials ask for nothing of destinations that were not chosen', async () => {
    await using project = await Project.open(5, { segments })
    const { TIKTOK_ACCESS_TOKEN: _, ...without } = project.env
    project.env = without
    expect((await project.run('validate', '--credentials')).code).toBe(78)
    expect((await project.run('validate', '--credentials', '--destination', 'tiktok')).code).toBe(78)
    expect((await project.run('validate', '--credentials', '--destination', 'x')).code).toBe(0)
    expect((await project.run('doctor')).code).toBe(78)
    const { code, stdout } = await project.run('doctor', 'some.x', '--json')
    const subjects = (JSON.parse(stdout).checks as readonly { subject: string }[]).map(({ subject }) => subject)
    expect([code, [...new Set(subjects)]]).toEqual([0, ['configuration', 'warehouse', 'destinations.x']])
  }, 120_000)

  test.concurrent('status of one that has left the file', async () => {
    await using project = await Project.open(30, { segments })
    expect((await project.run('run', 'some.x')).code).toBe(0)
    await project.write()
    const names = ({ stdout }: Ended) => {
      const { activations, orphans } = JSON.parse(stdout) as Record<string, { activation: string }[]>
      return [activations, orphans].map((some) => some?.map(({ activation }) => activation))
    }
    expect(names(await project.run('status', '--json'))).toEqual([['everyone.x', 'everyone.tiktok'], ['some.x']])
    expect(names(await project.run('status', 'some.x', '--json'))).toEqual([[], ['some.x']])
    expect(names(await project.run('status', 'everyone.x', '--json'))).toEqual([['everyone.x'], []])
    expect((await project.run('status', 'some.x', 'none.x')).code).toBe(64)
  }, 120_000)
})
