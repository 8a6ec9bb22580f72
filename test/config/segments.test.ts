import { describe, expect, test } from '@jest/globals'
import { load, problemsOf, tidemarkYml } from './configuration.ts'

const segment = (rest: string) => tidemarkYml({ segment: rest })

describe('segments', () => {
  const rest = 'member_key: id\nactivate: [x]'

  test.each([
    [rest, ': must have exactly one of relation and sql'],
    [`relation: a\nsql: select 1\n${rest}`, ': must have exactly one of relation and sql'],
    [`model: ref('high_value')\n${rest}`, '.model: is not supported yet by this version'],
    [`relation: a b\n${rest}`, '.relation: is no name of a relation'],
    [`sql: ""\n${rest}`, '.sql: must not be empty'],
    ['relation: a\nactivate: [x]', '.member_key: is missing'],
    ['relation: a\nmember_key: [a, b]\nactivate: [x]', '.member_key: must name a column'],
    ['relation: a\nmember_key: ""\nactivate: [x]', '.member_key: must name a column'],
    ['relation: a\nmember_key: { column: a, hashed: true }\nactivate: [x]', '.member_key.hashed: is not known here'],
    ['relation: a\nmember_key: { hash: true }\nactivate: [x]', '.member_key.column: is missing'],
    [
      'relation: a\nmember_key: email\nactivate: [x]',
      '.member_key: is a mapped column, so it is personal and must be hashed',
    ],
    [
      'relation: a\nmember_key: EMAIL\nactivate: [x]',
      '.member_key: is a mapped column, so it is personal and must be hashed',
    ],
    ['relation: a\nmember_key: id\nactivate: x', '.activate: must be a list'],
    ['relation: a\nmember_key: id\nactivate: [7]', '.activate[0]: must name a destination'],
    ['relation: a\nmember_key: id\nactivate: [{ name: b }]', '.activate[0].destination: is missing'],
    [`relation: a\n${rest}\ndescription: 7`, '.description: must be text'],
  ])('%s', async (text, problem) => {
    expect(await problemsOf(segment(text))).toEqual([`segments.high_value${problem}`])
  })

  test('a mapped member key that is hashed is accepted', async () => {
    const { activations } = await load(segment('relation: a\nmember_key: { column: email, hash: true }\nactivate: [x]'))
    expect(activations[0]?.segment.memberKey).toEqual({ column: 'email', hash: true })
  })

  test.each([
    ['{ column: a, equal: 1 }', '[0].equal: is not known here'],
    ['{ column: a }', '[0]: must have exactly one operator'],
    ['{ column: a, equals: 1, in: [2] }', '[0]: must have exactly one operator'],
    ['{ equals: 1 }', '[0].column: is missing'],
    ['{ column: a, in: [] }', '[0].in: must be a list of at least 1'],
    ['{ column: a, in: FR }', '[0].in: must be a list'],
    ['{ column: a, in: [[1]] }', '[0].in[0]: must be text, a number, true or false'],
    ['{ column: a, equals: null }', '[0].equals: must be text, a number, true or false'],
    ['{ column: a, is_null: 1 }', '[0].is_null: must be true or false'],
    ['{ column: a, equals: 9007199254740993 }', '[0].equals: would lose digits as a number'],
    ['a = 1', '[0]: must be a mapping'],
  ])('where: %s', async (line, problem) => {
    expect(await problemsOf(segment(`relation: a\n${rest}\nwhere:\n  - ${line}`))).toEqual([
      `segments.high_value.where${problem}`,
    ])
  })

  test('every operator is read', async () => {
    const lines = [
      'equals: 1.5',
      'not_equals: "yes"',
      'in: [yes, no]',
      'not_in: [1]',
      'at_least: -1',
      'at_most: 0',
      'above: "2026-01-01"',
      'below: false',
      'is_null: false',
    ]
    const where = lines.map((line) => `  - { column: c, ${line} }`).join('\n')
    const { activations } = await load(segment(`relation: a\n${rest}\nwhere:\n${where}`))
    expect(activations[0]?.segment.where).toEqual([
      { column: 'c', operator: 'equals', value: 1.5 },
      { column: 'c', operator: 'not_equals', value: 'yes' },
      { column: 'c', operator: 'in', values: ['yes', 'no'] },
      { column: 'c', operator: 'not_in', values: [1] },
      { column: 'c', operator: 'at_least', value: -1 },
      { column: 'c', operator: 'at_most', value: 0 },
      { column: 'c', operator: 'above', value: '2026-01-01' },
      { column: 'c', operator: 'below', value: false },
      { column: 'c', operator: 'is_null', value: false },
    ])
  })
})
