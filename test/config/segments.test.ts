import { describe, expect, test } from '@jest/globals'
import { load, problemsOf, refusal, tidemarkYml } from './configuration.ts'

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

  const activated = `activate: [x]\nmember_key: id`
  test.each<[string, string, RegExp]>([
    [activated, 'nothing', /^keep one, such as relation/],
    [`relation: a\nsql: select 1\n${activated}`, '"relation and sql"', /^keep one/],
    [`relation: a b\n${activated}`, '"a b"', /double quotes/],
    ['relation: a\nactivate: [x]', 'nothing', /customer_id$/],
    ['relation: a\nactivate: [x]\nmember_key: [a, b]', 'a list of 2', /customer_id$/],
    ['relation: a\nactivate: [x]\nmember_key: "a\\0b"', String.raw`"a\u0000b"`, /customer_id$/],
    [`relation: a\n${activated}\nwhere: country`, '"country"', /^write - \{/],
    [`relation: a\n${activated}\nwhere: [{ column: a }]`, 'nothing', /^known are equals, not_equals/],
    [
      `relation: a\n${activated}\nwhere: [{ column: a, equals: 1, in: [2] }]`,
      '"equals and in"',
      /all of them must hold$/,
    ],
  ])('%j got %s', async (text, got, wayOut) => {
    const { problems } = await refusal(segment(text))
    expect(problems.map((problem) => problem.got)).toEqual([got])
    expect(problems[0]?.wayOut).toMatch(wayOut)
  })

  test('a name is lower case, and every problem of an entry is told', async () => {
    const end = '  High-Value:\n    relation: a b\n    member_key: [a]\n    where: 7\n    activate: [x]'
    expect(await problemsOf(tidemarkYml({ end }))).toEqual([
      expect.stringMatching(/^segments\.High-Value: /),
      'segments.High-Value.relation: is no name of a relation',
      'segments.High-Value.where: must be a list',
      'segments.High-Value.member_key: must name a column',
    ])
  })

  test('an entry that is no mapping is one problem', async () => {
    expect(await problemsOf(tidemarkYml({ end: '  other: 7' }))).toEqual(['segments.other: must be a mapping'])
  })

  test('all of an entry is read', async () => {
    const of = async (text: string) => (await load(segment(text))).activations[0]?.segment
    expect(await of(`sql: select 1\n${activated}\ndescription: Who buys`)).toEqual({
      name: 'high_value',
      source: { sql: 'select 1' },
      where: [],
      description: 'Who buys',
      memberKey: { column: 'id', hash: false },
    })
    expect(await of(`relation: '"odd name".a'\n${activated}`)).toMatchObject({
      source: { relation: ['odd name', 'a'] },
      description: null,
    })
  })
})
