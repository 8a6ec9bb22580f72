import { expect, test } from '@jest/globals'
import { everyone, Project } from './project.ts'

const onX = (more: string, where = '') =>
  everyone.replace(/activate: .*/, `${where}activate: [{ destination: x${more} }]`)
const changes = (stderr: string): readonly string[] =>
  stderr
    .split('\n')
    .filter((line) => line.includes('"configuration_changed"'))
    .map((line) => JSON.parse(line).message)

test('two configurations that use one name are told what differs, each time they meet, and one that was changed once', async () => {
  await using project = await Project.open(10, { segments: onX('') })
  const runs = async (segments: string): Promise<readonly string[]> => {
    await project.write({ segments })
    const planned = JSON.parse((await project.run('plan', '--all', '--json')).stdout).activations[0].warnings
    const { code, stderr } = await project.run('run', '--all')
    expect(code).toBe(0)
    expect(changes(stderr)).toEqual(planned.map((text: string) => `${text}.`))
    return changes(stderr)
  }
  expect(await runs(onX(''))).toEqual([])
  const theirs = onX(', audience: { name: Theirs }, fields: { email: email }')
  const [says] = await runs(theirs)
  expect(says).toMatch(
    /^The configuration of everyone\.x is not the one of its last run \(20.*\)\. What differs: audience\.name \("everyone", now "Theirs"\), fields \("email: email, phone_number: phone", now "email: email"\)\. If nobody changed it, two configurations use this name/,
  )
  expect(await runs(theirs)).toEqual([])
  expect(await runs(onX(''))).toEqual([expect.stringContaining('audience.name ("Theirs", now "everyone")')])
  // What stands in no table.
  const fewer = onX('', 'where: [{ column: customer_id, at_most: 9 }]\n    ')
  expect(await runs(fewer)).toEqual([
    expect.stringContaining('What differs: the relation, sql or where of the segment'),
  ])
  expect(await runs(fewer)).toEqual([])
}, 120_000)
