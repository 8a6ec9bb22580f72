import { expect, test } from '@jest/globals'
import { Problems } from '../../connector/config/problems.ts'
import { readTree } from '../../connector/config/tree.ts'
import { refusal, tidemarkYml, x } from './configuration.ts'

const text = `# a remark
a:
  b: 1
  "c d": &list
    - one
    - { e: two }
f: *list
g: !!null
`

const placeOf = (...path: (string | number)[]): string => {
  const problems = new Problems('tidemark.yml')
  readTree(text.replace(' !!null', ''), {}, problems)
  problems.add(path, 'is wrong', 1, 'correct it')
  const [problem] = problems.all
  return `${problem?.line}:${problem?.column}`
}

test.each([
  [[], '2:1'],
  [['a'], '2:1'],
  [['a', 'b'], '3:3'],
  [['a', 'b', 'none'], '3:3'],
  [['a', 'none'], '2:1'],
  [['a', 'c d'], '4:3'],
  [['a', 'c d', 0], '5:7'],
  [['a', 'c d', 1, 'e'], '6:9'],
  [['a', 'c d', 7], '4:3'],
  [['f'], '7:1'],
  [['f', 1, 'e'], '6:9'],
  [['g', 'none'], '8:1'],
  [['none'], '2:1'],
])('%j stands at %s', (path, place) => {
  expect(placeOf(...path)).toBe(place)
})

test('a key that stands there twice is told where it does so again, and where first', () => {
  const problems = new Problems('tidemark.yml')
  readTree('a: 1\nb: 2\na: 3', {}, problems)
  expect(problems.all).toMatchObject([{ path: 'a', line: 3, column: 1, wrong: 'stands there twice, first in line 1' }])
})

test('every problem has its line: of a form, of a platform, of two places that do not agree', async () => {
  const error = await refusal(
    tidemarkYml({
      x: x('rate_limit: { requests_per_second: 0 }\nrequest:\n  timeout_ms: 2000\n  quiet_ms: 1999'),
      segment: 'relation: a\nmember_key: email\nactivate:\n  - x\n  - nowhere\n  - x',
      end: 'run: { lease: 1 }',
    }),
  )
  expect(error.problems.map(({ line, path }) => `${line} ${path}`)).toEqual([
    '26 run.lease',
    '9 destinations.x.rate_limit.requests_per_second',
    '12 destinations.x.request.quiet_ms',
    '21 segments.high_value.member_key',
    '24 segments.high_value.activate[1]',
    '25 segments.high_value.activate[2]',
  ])
  expect(error.message).toContain('\n  line 24: segments.high_value.activate[1]: names no destination of this file')
})
