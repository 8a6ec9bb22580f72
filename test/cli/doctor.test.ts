import { describe, expect, test } from '@jest/globals'
import { X_SIMULATOR_ACCOUNT } from '../../connector/simulator/simulator.ts'
import { Project } from './project.ts'

interface Said {
  readonly checks: readonly {
    readonly subject: string
    readonly status: string
    readonly code: string
    readonly message: string
  }[]
}
const examine = async (project: Project) => {
  const { code, stdout } = await project.run('doctor', '--json')
  const { checks } = JSON.parse(stdout) as Said
  return { code, lines: checks.map(({ subject, status, code: word }) => `${subject} ${status} ${word}`), checks }
}

describe('tidemark doctor', () => {
  test.concurrent('of what is fine says so, and spends no rare call', async () => {
    await using project = await Project.open(1)
    const { code, lines } = await examine(project)
    expect({ code, lines }).toEqual({
      code: 0,
      lines: [
        'configuration fine configuration',
        'warehouse fine segments',
        'warehouse fine state',
        'destinations.x fine access',
        'destinations.x fine roles',
        'destinations.tiktok fine access',
      ],
    })
    expect(project.x.requests.map(({ op }) => op)).toEqual(['list_audiences', 'get_access'])
    expect(project.tiktok.requests.map(({ op }) => op)).toEqual(['list_audiences'])
    expect(await project.run('doctor')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^fine {5}configuration: .*\n.*\n.*\nfine {5}destinations\.x: It is reached/),
    })
    expect(
      await project.query("select count(*) as n from information_schema.tables where table_schema like 'tidemark%'"),
    ).toEqual([{ n: '0' }])
  })

  test.concurrent('says all that is wrong at once', async () => {
    const accounts = [{ id: X_SIMULATOR_ACCOUNT, permissions: ['ANALYST'] }]
    await using project = await Project.open(1, {}, { x: { accounts } })
    project.env = { ...project.env, TIKTOK_ACCESS_TOKEN: 'revoked' }
    await project.query('alter table customers rename column phone to telephone')
    const { code, lines, checks } = await examine(project)
    expect(code).toBe(77)
    expect(lines).toEqual([
      'configuration fine configuration',
      // Of each activation that reads it.
      'warehouse wrong no_such_column',
      'warehouse wrong no_such_column',
      'warehouse fine state',
      'destinations.x fine access',
      'destinations.x wrong account_permission',
      'destinations.tiktok wrong 40105',
    ])
    expect(checks.map(({ message }) => message).join()).not.toContain('revoked')
  })

  test.concurrent('an audience that is gone is said, and that the others are there', async () => {
    await using project = await Project.open(5)
    expect((await project.run('run', '--all')).code).toBe(0)
    const both = await examine(project)
    expect([both.code, both.lines]).toEqual([
      0,
      expect.arrayContaining(['destinations.x fine audiences', 'destinations.tiktok fine audiences']),
    ])
    const [{ name = '' } = {}] = await project.query(
      "select table_name as name from information_schema.tables where table_name like 'control_everyone_x%'",
    )
    await project.query(`update tidemark_state."${name}" set audience_id = 'gone1'`)
    const { code, lines, checks } = await examine(project)
    expect(code).not.toBe(0)
    expect(lines.filter((line) => line.includes('wrong'))).toHaveLength(1)
    expect(checks.find(({ status }) => status === 'wrong')).toMatchObject({
      subject: 'destinations.x',
      message: expect.stringMatching(/^everyone\.x: .*gone1/),
    })
    expect(lines).toContain('destinations.tiktok fine audiences')
  })

  test.concurrent.each([
    ['ahead', -120_000],
    ['behind', 120_000],
  ])('a clock that is two minutes %s', async (direction, ms) => {
    // The platform's own clock goes wrong here, for that of this machine is shared.
    await using project = await Project.open(1, {}, { x: { now: () => Date.now() + ms } })
    const { code, checks } = await examine(project)
    expect(code).toBe(0)
    expect(checks.filter(({ status }) => status === 'warning')).toEqual([
      {
        subject: 'destinations.x',
        status: 'warning',
        code: 'clock',
        message: expect.stringMatching(new RegExp(`is 1[12]\\d s ${direction} of the platform's`)),
      },
    ])
  })

  test.concurrent('a clock so wrong that X refuses: both are said', async () => {
    await using project = await Project.open(1, {}, { x: { now: () => Date.now() - 3_600_000 } })
    const { code, lines } = await examine(project)
    expect(code).toBe(77)
    expect(lines).toEqual(
      expect.arrayContaining(['destinations.x wrong UNAUTHORIZED_ACCESS', 'destinations.x warning clock']),
    )
  })

  test.concurrent('roles that X does not tell are a warning', async () => {
    await using project = await Project.open(1)
    project.x.addFaults([{ match: { op: 'get_access' }, times: 'always', fault: { kind: 'answer', status: 404 } }])
    const { code, checks } = await examine(project)
    expect(code).toBe(0)
    expect(checks.find(({ status }) => status === 'warning')).toMatchObject({
      subject: 'destinations.x',
      message: expect.stringContaining('what the user may do'),
    })
  })

  test.concurrent('a platform that is not there is 75', async () => {
    await using project = await Project.open(1, { xUrl: 'http://127.0.0.1:1' })
    const { code, lines } = await examine(project)
    expect(code).toBe(75)
    expect(lines).toContain('destinations.x wrong unreachable')
    expect(lines).toContain('destinations.tiktok fine access')
  })
})
