import { describe, expect, test } from '@jest/globals'
import * as z from 'zod'
import { Problems } from '../../connector/config/problems.ts'
import { addIssues, readEntries, readMapping } from '../../connector/config/read.ts'

const schema = z.object({
  text: z.string().min(2).max(5).optional(),
  letter: z.string().min(1).max(1).optional(),
  count: z.int().optional(),
  share: z.number().gt(0).lt(1).optional(),
  most: z.number().max(9).optional(),
  flag: z.boolean().optional(),
  list: z.array(z.string()).min(2).max(3).optional(),
  choice: z.enum(['first', 'second']).optional(),
  one: z.literal(1).optional(),
  either: z.union([z.string(), z.array(z.string())]).optional(),
  said: z.union([z.string(), z.boolean()], 'must be this or that').optional(),
  formed: z.string().regex(/^a/, 'must begin with a\nput an a before it').optional(),
  unled: z.string().regex(/^a/, 'must begin with a').optional(),
  below: z.object({ needed: z.string(), more: z.string().optional() }).optional(),
})
const read = (value: unknown, notYet = {}) => {
  const problems = new Problems('tidemark.yml')
  const found = readMapping(schema, value, ['top'], problems, notYet)
  return { found, problems: problems.all.map(({ path, wrong, got, wayOut }) => [path, wrong, got, wayOut]) }
}

describe('a mapping', () => {
  test('is read key by key, also what lies below it', () => {
    const value = { text: 'abc', count: 7, share: 0.5, flag: false, list: ['a', 'b'], below: { needed: 'x' } }
    expect(read(value)).toMatchObject({ found: value, problems: [] })
  })

  test('with a mistake in one key is read in all others', () => {
    const { found, problems } = read({ text: 7, count: 7, below: { needed: 8, more: 'm' } })
    expect(found).toMatchObject({ text: undefined, count: 7, below: { needed: undefined, more: 'm' } })
    expect(problems.map(([path]) => path)).toEqual(['top.text', 'top.below.needed'])
  })

  test('with a value of the wrong type has that one mistake, whatever length it has', () => {
    expect(read({ text: ['a'], list: 'a' }).problems).toEqual([
      ['top.text', 'must be text', 'a list of 1', 'write text'],
      ['top.list', 'must be a list', '"a"', 'write a list'],
    ])
  })

  test.each([
    [undefined, 'is missing', 'nothing'],
    [null, 'must be a mapping', 'nothing'],
    [[1], 'must be a mapping', 'a list of 1'],
  ])('that is none: %j', (value, wrong, got) => {
    const [problem] = read(value).problems
    expect(problem?.slice(0, 3)).toEqual(['top', wrong, got])
    expect(problem?.[3]).toMatch(/^write below it text, letter, count, .*, below$/)
  })

  test('has no keys but those that are known, and of some it is said that they will come', () => {
    expect(read({ txet: 'a', later: 1, toString: 2 }, { later: 'wait' }).problems).toEqual([
      ['top.txet', 'is not known here', 'the key txet', 'did you mean text?'],
      ['top.later', 'is not supported yet by this version', 'the key later', 'wait'],
      ['top.toString', 'is not known here', 'the key toString', expect.stringMatching(/^known are text, /)],
    ])
    expect(read({ below: { needed: 'x', mroe: 'y' } }).problems[0]?.slice(0, 2)).toEqual([
      'top.below.mroe',
      'is not known here',
    ])
  })
})

test.each<[object, string, string, string, string]>([
  [{ text: 7 }, 'text', 'must be text', '7', 'put it in quotes'],
  [{ text: true }, 'text', 'must be text', 'true', 'put it in quotes'],
  [{ text: ['a', 'b'] }, 'text', 'must be text', 'a list of 2', 'write text'],
  [{ text: 'a' }, 'text', 'must be at least 2 characters long', '"a"', 'write more'],
  [{ text: 'abcdef' }, 'text', 'must be at most 5 characters long', '"abcdef"', 'write less'],
  [{ letter: '' }, 'letter', 'must be at least 1 character long', '""', 'write more'],
  [{ count: '7' }, 'count', 'must be a number', '"7"', 'write it without quotes'],
  [{ count: 1.5 }, 'count', 'must be a whole number', '1.5', 'write a whole number'],
  [{ share: 0 }, 'share', 'must be more than 0', '0', 'write more than 0'],
  [{ share: 1 }, 'share', 'must be less than 1', '1', 'write less than 1'],
  [{ most: 10 }, 'most', 'must be at most 9', '10', 'write 9 or less'],
  [{ count: 'many' }, 'count', 'must be a number', '"many"', 'write a number'],
  [{ flag: 'yes' }, 'flag', 'must be true or false', '"yes"', 'write true or false'],
  [{ flag: 1 }, 'flag', 'must be true or false', '1', 'write true or false'],
  [{ flag: 'true' }, 'flag', 'must be true or false', '"true"', 'write it without quotes'],
  [{ list: 'ab' }, 'list', 'must be a list', '"ab"', 'write a list'],
  [{ list: ['a'] }, 'list', 'must be a list of at least 2', 'a list of 1', 'write more'],
  [{ list: ['a', 'b', 'c', 'd'] }, 'list', 'must be a list of at most 3', 'a list of 4', 'write less'],
  [{ list: ['a', 7] }, 'list[1]', 'must be text', '7', 'put it in quotes'],
  [{ list: ['a', undefined] }, 'list[1]', 'is missing', 'nothing', 'write text'],
  [{ choice: 'secnod' }, 'choice', 'must be first or second', '"secnod"', 'did you mean second?'],
  [{ choice: 7 }, 'choice', 'must be first or second', '7', 'write first'],
  [{ one: 2 }, 'one', 'must be 1', '2', 'write 1'],
  [{ one: '1' }, 'one', 'must be 1', '"1"', 'write 1'],
  [{ either: 7 }, 'either', 'is not of a known form', '7', 'see the documentation of this key'],
  [{ said: 7 }, 'said', 'must be this or that', '7', 'see the documentation of this key'],
  [{ formed: 'b' }, 'formed', 'must begin with a', '"b"', 'put an a before it'],
  [{ unled: 'b' }, 'unled', 'must begin with a', '"b"', 'correct it'],
  [{ below: 7 }, 'below', 'must be a mapping', '7', 'write below it needed, more'],
  [{ below: {} }, 'below.needed', 'is missing', 'nothing', 'write text'],
])('%j: %s %s', (value, path, wrong, got, wayOut) => {
  expect(read(value).problems).toEqual([[`top.${path}`, wrong, got, wayOut]])
})

test('what is missing is told by what it has to be', () => {
  const of = (part: z.ZodType) => {
    const problems = new Problems('tidemark.yml')
    addIssues(z.object({ a: part }).safeParse({}).error?.issues ?? [], {}, [], problems)
    return problems.all.map(({ path, wrong, wayOut }) => `${path} ${wrong}: ${wayOut}`)
  }
  expect([z.number(), z.enum(['b', 'c']), z.union([z.string(), z.number()]), z.object({})].flatMap(of)).toEqual([
    'a is missing: write a number',
    'a is missing: write b or c',
    'a is missing: write a value',
    'a is missing: write a mapping',
  ])
})

test('entries have names of the user’s own', () => {
  const problems = new Problems('tidemark.yml')
  expect(readEntries({ b: 1, a: 2 }, ['segments'], problems)).toEqual([
    ['b', 1],
    ['a', 2],
  ])
  expect([readEntries(undefined, ['segments'], problems), readEntries([], ['destinations'], problems)]).toEqual([
    [],
    [],
  ])
  expect(problems.all.map(({ path, wrong, got }) => `${path} ${wrong} ${got}`)).toEqual([
    'segments is missing nothing',
    'destinations must be a mapping a list of 0',
  ])
})
