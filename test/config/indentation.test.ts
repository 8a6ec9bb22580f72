// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables as they stand in a file
import { expect, test } from '@jest/globals'
import { load, refusal } from './configuration.ts'

const lines = `version: 1
warehouse:
  type: duckdb
  path: shop.duckdb
destinations:
  x:
    type: x_ads
    account_id: 18ce54d4x5t
    credentials:
      consumer_key: "\${X_CONSUMER_KEY}"
      consumer_secret: "\${X_CONSUMER_SECRET}"
      access_token: "\${X_ACCESS_TOKEN}"
      access_token_secret: "\${X_ACCESS_TOKEN_SECRET}"
    defaults:
      fields:
        email: email
segments:
  small:
    relation: main.customers
    member_key: customer_id
    where:
      - column: lifetime_value
        at_least: 500
    activate:
      - destination: x
        name: small_x`.split('\n')

const shifted = (first: number, by: number, last = first): string =>
  lines
    .map((line, i) =>
      i < first - 1 || i > last - 1
        ? line
        : ' '.repeat(Math.max(0, line.length - line.trimStart().length + by)) + line.trimStart(),
    )
    .join('\n')

/** Every line by one, two and three blanks to either side: 23 lines, of which a few are as good elsewhere. */
const everyShift = lines.flatMap((line, i) =>
  [-2, -1, 1, 2, 3].filter((by) => line.length - line.trimStart().length + by >= 0).map((by) => [i + 1, by] as const),
)

test('one line at the wrong indentation is one problem, with its line, its column and its text', async () => {
  let right = 0
  for (const [line, by] of everyShift) {
    const text = shifted(line, by)
    const accepted = await load(text).then(
      () => true,
      () => false,
    )
    // The only key below its parent, and a list, may stand at any depth.
    if (accepted) continue
    const { problems } = await refusal(text)
    expect({ line, by, problems }).toEqual({ line, by, problems: [expect.anything()] })
    const [problem] = problems
    expect(problem).toMatchObject({
      wrong: expect.stringMatching(/^is indented by \d+, where the file makes sense with/),
    })
    if (problem?.line === line) {
      right++
      expect(problem.column).toBe((text.split('\n')[line - 1]?.search(/\S/) ?? -2) + 1)
      expect(problem.got).toMatch(`\`${text.split('\n')[line - 1]}\``)
      expect(problem.wayOut).toMatch(/^(do not indent it|indent it by \d+ blanks)$/)
    }
  }
  // `- column` too far to the left may as well be `at_least` too far to the right.
  expect(right).toBeGreaterThan(90)
}, 120_000)

test('a block at the wrong indentation is told with all its lines', async () => {
  expect((await refusal(shifted(19, -2, 26))).message).toMatch(
    /has 1 problem:\n {2}line 19, column 3: is indented by 2, where the file makes sense with 4; got ` {2}relation: main.customers`; indent lines 19 to 26 by 4 blanks$/,
  )
})

test('what else is wrong is told too', async () => {
  const text = shifted(20, -2).replace('x_ads', 'x_adds').replace('customer_id', '""')
  expect((await refusal(text)).problems.map(({ line, path }) => `${line} ${path}`)).toEqual([
    '20 line 20, column 3',
    '7 destinations.x.type',
    '20 segments.small.member_key',
  ])
})

test('a key that is wrong wherever it stands is told as such', async () => {
  const text = lines.join('\n').replace('    member_key', '    speed: 9\n    member_key')
  expect((await refusal(text)).problems.map(({ line, path }) => `${line} ${path}`)).toEqual(['20 segments.small.speed'])
})

test('a secret is not shown with its line', async () => {
  const text = shifted(11, 1).replace('"${X_CONSUMER_SECRET}"', 'canary')
  const { message } = await refusal(text)
  expect(message).toContain('`       consumer_secret: …` (its value is not shown, since it may be a secret)')
  expect(message).not.toContain('canary')
})

test('a large file is told as it was read, and at once', async () => {
  const many = Array.from({ length: 5000 }, (_, i) => `  s${i}:\n    relation: main.customers\n    member_key: id`)
  const { problems } = await refusal(['version: 1', 'segments:', ...many, '   wrong: 1', ...many].join('\n'))
  expect(problems).toMatchObject([
    { line: 15_003, wrong: 'is indented like none of the lines that it could belong to' },
  ])
}, 60_000)
