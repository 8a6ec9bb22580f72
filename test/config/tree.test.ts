// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is the file's own way to read the environment
import { describe, expect, test } from '@jest/globals'
import { Problems } from '../../connector/config/problems.ts'
import { isMapping, readTree } from '../../connector/config/tree.ts'
import { load, problemsOf, refusal, tidemarkYml, x } from './configuration.ts'

function read(text: string, environment: Record<string, string | undefined> = {}) {
  const problems = new Problems('tidemark.yml')
  const tree = readTree(text, environment, problems)
  return { tree, problems: problems.all.map(({ path, wrong }) => `${path}: ${wrong}`) }
}

describe('YAML 1.2', () => {
  test('yes, no, on and dates stay text', () => {
    expect(read('[yes, no, on, NO, 2026-01-01, 0o10, 1_000, true, null]').tree).toEqual([
      'yes',
      'no',
      'on',
      'NO',
      '2026-01-01',
      8,
      '1_000',
      true,
      null,
    ])
  })

  test('a merge key is a key like any other', () => {
    expect(read('a: &a { b: 1 }\nc: { <<: *a }').tree).toEqual({ a: { b: 1 }, c: { '<<': { b: 1 } } })
  })

  test.each([
    ['a: 1\na: 2', ['a: stands there twice, first in line 1']],
    [
      'a: { b: 1, "b": 2, c: 3, c: 4 }',
      ['a.b: stands there twice, first in line 1', 'a.c: stands there twice, first in line 1'],
    ],
    ['__proto__: { polluted: true }', ['__proto__: is not a key']],
    ['a: [{ "__proto__": 1 }]', ['a[0].__proto__: is not a key']],
    ['a: *b', ['a: is an alias of nothing']],
    ['a: *b\nb: &b 1', ['a: is an alias of nothing']],
    ['a: &a [*a]', ['a[0]: is an alias of what it stands in']],
    ['a: !!binary aGVsbG8=', ['line 1, column 4: tags (!…) are not read']],
    ['a: !secret b', ['line 1, column 4: tags (!…) are not read']],
    ['? [a]\n: b', ['line 1, column 3: a key must be text']],
    ['a: 1\n---\nb: 2', ['line 2, column 1: a second document begins']],
    ['%YAML 1.1\n---\na: yes', ['line 1, column 1: must be YAML version 1.2']],
    ['a: 9007199254740993', ['a: would lose digits as a number']],
    ['a: "\\ud83d"', ['a: holds half of a character']],
    ['"\\udc00": 1', ['"\\udc00": is not a key']],
    ['a:\n\tb: 1', ['line 2, column 1: is indented by a tab']],
    ['a: "b\0"\n\u0007c: [', ['line 2, column 6: comes before a bracket is closed that was opened above it']],
  ])('%j', (text, problems) => {
    expect(read(text).problems).toEqual(problems)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('an alias repeats what it names, also where an anchor is set again', () => {
    expect(read('a: &v [1]\nb: *v\nc: &v [2]\nd: *v').tree).toEqual({ a: [1], b: [1], c: [2], d: [2] })
  })

  test('mappings have no prototype, and what every object has are keys like any other', () => {
    expect(Object.getPrototypeOf(read('a: 1').tree)).toBeNull()
    const { tree, problems } = read(
      '{ constructor: { prototype: { a: 1 } }, toString: 2, hasOwnProperty: 3, valueOf: 4 }',
    )
    expect(problems).toEqual([])
    expect(Object.entries(tree as object).map(([key]) => key)).toEqual([
      'constructor',
      'toString',
      'hasOwnProperty',
      'valueOf',
    ])
    expect({}).not.toHaveProperty('a')
  })

  test('none of them is a key of ours', async () => {
    const keys = ['constructor', 'toString', 'hasOwnProperty', 'valueOf']
    expect(await problemsOf(tidemarkYml({ end: keys.map((key) => `${key}: {}`).join('\n') }))).toEqual(
      keys.map((key) => `${key}: is not known here`),
    )
  })

  test('a pair of halves is a character', () => {
    expect(read('a: "\\ud83d\\ude00"').tree).toEqual({ a: '😀' })
  })

  test('an anchor bomb is refused at once', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi', 'ij'])
      bomb.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(', ')}]`)
    const start = performance.now()
    expect(read(bomb.join('\n')).problems[0]).toMatch(/^[a-j].*: aliases repeat more than 10000 values$/)
    // Written out it is 3 billion values, which no machine reads in this time, and a busy one needs some for the refusal.
    expect(performance.now() - start).toBeLessThan(20_000)
  })

  test('deep nesting is refused', () => {
    expect(read(`${'['.repeat(64)}${']'.repeat(64)}`).problems).toEqual([])
    expect(read(`${'['.repeat(66)}${']'.repeat(66)}`).problems).toEqual([
      expect.stringMatching(/: is nested too deeply$/),
    ])
    expect(read('['.repeat(20_000)).problems).toContainEqual(expect.stringMatching(/is nested too deeply$/))
  })

  test('a syntax error names its place and quotes nothing', async () => {
    const { message } = await refusal('version: 1\ncredentials: "canary\n  }: canary: [')
    expect(message).toContain(
      'line 2, column 14: opens a quote that is not closed; got `credentials: …` (its value is not shown',
    )
    expect(message).not.toContain('canary')
  })

  test('a problem of the text does not hide the others', async () => {
    expect(await problemsOf(tidemarkYml({ head: 'version: 1\nversion: 1\n__proto__: {}', end: 'more: 1' }))).toEqual([
      'version: stands there twice, first in line 1',
      '__proto__: is not a key',
      'more: is not known here',
    ])
  })
})

describe('${NAME}', () => {
  test('expands in text, and only there', () => {
    const { tree } = read('{ a: "${A}", b: "x${A}${B}y", c: $A, d: "$${A}", e: "$$${A}", "${A}": 1 }', {
      A: '1',
      B: '2',
    })
    expect(tree).toEqual({ a: '1', b: 'x12y', c: '$A', d: '${A}', e: '$${A}', '${A}': 1 })
  })

  test('is no variable in a key', async () => {
    const text = tidemarkYml({ end: '"${X_ACCESS_TOKEN}": 1', x: x('"${X_ACCESS_TOKEN}": 1') })
    expect(await problemsOf(text)).toEqual([
      '"${X_ACCESS_TOKEN}": is not known here',
      'destinations.x."${X_ACCESS_TOKEN}": is not known here',
    ])
  })

  test('what it expands to is never YAML, nor read again', () => {
    for (const A of ['{ b: 1 }\nc: 2 # ${A} &x *x', '"]: {', '"\n- !!js/function x\n---\n%YAML 9', "'}\r\n\0"])
      expect(read(`a: "\${A}"\nd: \${A}\ne: [{ f: '\${A}' }]`, { A }).tree).toEqual({ a: A, d: A, e: [{ f: A }] })
  })

  test.each([
    ['a: "${NOT_SET}"', 'a: needs NOT_SET'],
    ['a: "${EMPTY}"', 'a: needs EMPTY'],
    ['a: "${NOT_SET} ${EMPTY} ${EMPTY}"', 'a: needs NOT_SET and EMPTY'],
    ['a: "${constructor}"', 'a: needs constructor'],
    ['a: "${__proto__}"', 'a: needs __proto__'],
    ['a: "${}"', 'a: holds a ${ that begins no ${NAME}'],
    ['a: "${A B}"', 'a: holds a ${ that begins no ${NAME}'],
    ['a: "${A"', 'a: holds a ${ that begins no ${NAME}'],
  ])('%s', (text, problem) => {
    expect(read(text, { EMPTY: '', A: 'a', UNDEFINED: undefined }).problems).toEqual([problem])
  })

  test('a missing variable is one problem, and named', async () => {
    const error = await refusal(tidemarkYml(), { X_CONSUMER_KEY: 'a' })
    expect(error.problems).toHaveLength(6)
    expect(error.message).toContain(
      'destinations.x.credentials.consumer_secret: needs X_CONSUMER_SECRET; got ${X_CONSUMER_SECRET}, not set or empty; set it in the environment',
    )
  })

  test('in a configuration it stays the text it is', async () => {
    const TEXT = 'a: [b]\n- c'
    const env = { ...(await import('./configuration.ts')).environment, TEXT }
    const { activations } = await load(tidemarkYml({ segment: 'sql: "${TEXT}"\nmember_key: id\nactivate: [x]' }), env)
    expect(activations[0]?.segment.source).toEqual({ sql: TEXT })
  })
})

describe('limits', () => {
  const repeats = (wrong: string) => `${wrong}: aliases repeat more than 10000 values`
  const list = (n: number): string => `[${'x, '.repeat(n)}]`
  test('aliases may add ten thousand values, lists and mappings counted', () => {
    expect(read(`a: &a ${list(9999)}\nb: *a`).problems).toEqual([])
    expect(read(`a: &a ${list(10_000)}\nb: *a`).problems).toEqual([repeats('b')])
    // What is written out counts for nothing.
    expect(read(`a: &a [x]\nb: ${list(10_000)}\nc: *a`).problems).toEqual([])
  })

  test('an alias of aliases is told of once, where it begins', () => {
    expect(read(`a: &a ${list(6000)}\nb: &b [*a]\nc: [*b, *b]`).problems).toEqual([repeats('c[0]'), repeats('c[1]')])
  })

  test('nesting: 64 levels below the first', () => {
    expect(read(`${'['.repeat(65)}${']'.repeat(65)}`).problems).toEqual([])
  })

  test('what follows from a syntax error is not told, and nothing is read', () => {
    const { tree, problems } = read('a: [\n}\n]]\n: }\n"\n{ [ :\n? ]')
    expect([problems.length, tree]).toEqual([1, undefined])
  })

  test('what follows from nothing is told five times', () => {
    expect(read('!t x: !t y\n'.repeat(9)).problems).toHaveLength(5)
  })

  test('a number that loses digits is told by how many it has', () => {
    const problems = new Problems('tidemark.yml')
    readTree('[-9007199254740993, 9007199254740991, 1e300, 0.1]', {}, problems)
    expect(problems.all.map(({ path, got }) => `${path} ${got}`)).toEqual([
      '[0] a number of 16 digits',
      '[2] a number of 4 digits',
    ])
  })
})

describe('credentials', () => {
  const literal = 'credentials.a: is a secret and must not stand in the file'
  test.each<[string, readonly string[]]>([
    ['credentials: { a: "${A}" }', []],
    ['credentials: { a: }', []],
    ['credentials: { a: plain }', [literal]],
    ['credentials: { a: 7 }', [literal]],
    ['credentials: { a: true }', [literal]],
    ['credentials: { a: "x${A}" }', [literal]],
    ['credentials: { a: "${A}${B}" }', []],
    ['credentials: { a: "${A}" }\nb: "x ${A}"', ['b: would show a credential']],
    ['b: ["${B}", "${A} ${B}"]\ncredentials: { a: "${A}" }', ['b[1]: would show a credential']],
    ['credentials: { a: "${A}" }\nb: "${B}"', []],
  ])('%s', (text, problems) => {
    expect(read(text, { A: 'one', B: 'two' }).problems).toEqual(problems)
  })

  test('the one that would be shown is named', () => {
    const problems = new Problems('tidemark.yml')
    readTree('b: "${A} ${B}"\ncredentials: { a: "${A}" }', { A: 'one', B: 'two' }, problems)
    expect(problems.all[0]).toMatchObject({ got: '${A}', wayOut: 'take the variable out' })
  })

  test('what came from the environment is marked, and nothing else', () => {
    const problems = new Problems('tidemark.yml')
    readTree('a: "${A}"\nb: plain', { A: 'canary' }, problems)
    problems.add(['a'], 'is wrong', 'canary', 'correct it')
    problems.add(['b'], 'is wrong', 'plain', 'correct it')
    expect(problems.all.map(({ got }) => got)).toEqual(['the value of ${A} (not shown)', '"plain"'])
  })
})

test('a mapping is neither a list nor a scalar', () => {
  expect([{}, [], null, undefined, 'a', 7].map(isMapping)).toEqual([true, false, false, false, false, false])
})
