import { expect, test } from '@jest/globals'
import { everyone, Project, summaryOf } from './project.ts'

const onX = everyone.replace(/activate: .*/, 'activate: [x]')

test('NULL member keys are reported and cleared, once each, also where nothing else changed', async () => {
  await using project = await Project.open(200, { segments: onX })
  const run = async (...statements: readonly string[]) => {
    for (const statement of statements) await project.query(statement)
    const ended = await project.run('run', '--all', '--exit-code-when-unchanged')
    const standing = await project.query(
      `select reason, identifiers::int as n from tidemark.current_rejections where activation = 'everyone.x'`,
    )
    return [ended.code, summaryOf(ended).activations[0]?.identifiers_rejected, standing.map(({ n }) => n)]
  }
  const nobody = `insert into customers values (null, 'who@example.com', null)`
  expect(await run()).toEqual([0, 0, []])
  expect(await run(nobody)).toEqual([99, 1, [1]])
  // What stands is not said again.
  expect(await run()).toEqual([99, 0, [1]])
  expect(await run(nobody)).toEqual([99, 2, [2]])
  expect(await run(`insert into customers values (999, 'new@example.com', null)`)).toEqual([0, 2, [2]])
  expect(await run('delete from customers where customer_id is null')).toEqual([99, 0, []])
  expect(await run()).toEqual([99, 0, []])
  const [log] = await project.query('select count(*)::int as n from tidemark.rejections')
  expect(log?.n).toBe(3)
}, 120_000)
