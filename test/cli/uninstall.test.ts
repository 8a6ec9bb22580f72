import { expect, test } from '@jest/globals'
import { everyone, Project } from './project.ts'

const tables = async (project: Project): Promise<readonly unknown[]> =>
  (
    await project.query(
      "select table_schema || '.' || table_name as t from information_schema.tables where table_schema like 'tidemark%' order by 1",
    )
  ).map(({ t }) => t)
const onX = everyone.replace(/activate: .*/, 'activate: [x]')

test('nothing there is nothing to drop', async () => {
  await using project = await Project.open(1, { segments: onX })
  expect(await project.run('uninstall', '--yes')).toMatchObject({
    code: 0,
    stdout: 'There is nothing of Tidemark in the schemas tidemark and tidemark_state.\n',
  })
})

test('says what it would drop, refuses while people are in audiences, drops what is ours and nothing else', async () => {
  await using project = await Project.open(3, { segments: onX })
  expect((await project.run('run', '--all')).code).toBe(0)
  const there = await tables(project)
  expect(there).toContain('tidemark_state.ledger_members_everyone-x')

  const asked = await project.run('uninstall')
  expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining('  tidemark.audience_members\n') })
  const refused = await project.run('uninstall', '--yes')
  expect(refused).toMatchObject({ code: 64, stderr: expect.stringContaining('tidemark empty everyone.x --yes') })
  expect(await tables(project)).toEqual(there)

  await project.query('create table tidemark.of_somebody_else as select 1 as n')
  const done = await project.run('uninstall', '--yes', '--abandon', '--json')
  expect(done.code).toBe(0)
  expect(JSON.parse(done.stdout)).toEqual({
    schema: 'tidemark.uninstall/1',
    done: true,
    error: null,
    dropped: expect.arrayContaining([...there]),
    schemas_left: ['tidemark'],
  })
  expect(await tables(project)).toEqual(['tidemark.of_somebody_else'])
  // Of the shop nothing is gone, and a run begins anew.
  expect(await project.query('select count(*)::int as n from customers')).toEqual([{ n: 3 }])
  expect(await project.run('plan', '--all')).toMatchObject({ code: 0, stdout: expect.stringContaining('first sync') })
})
