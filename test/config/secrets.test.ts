// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is the file's own way to read the environment
import { describe, expect, test } from '@jest/globals'
import { activate, environment, refusal, tidemarkYml, x } from './configuration.ts'

const segment = (rest: string) => tidemarkYml({ segment: rest })

describe('secrets', () => {
  const consumerKey = (value: string) => tidemarkYml().replace('"${X_CONSUMER_KEY}"', () => value)
  const path = 'destinations.x.credentials.consumer_key'

  test.each([
    'canary',
    '"canary"',
    '"canary${X_CONSUMER_KEY}"',
    '"$${canary}"',
    '7000000000000000001',
    '42',
    'true',
    '!!str canary',
  ])('a literal: %s', async (value) => {
    const error = await refusal(consumerKey(value))
    expect(error.problems).toMatchObject([
      {
        path,
        wrong: 'is a secret and must not stand in the file',
        got: 'a literal value that is not shown',
        wayOut: 'write "${NAME}" and set NAME in the environment',
      },
    ])
  })

  test.each([
    ['null', `${path}: must be text`],
    ['{ canary: canary }', `${path}.canary: is a secret and must not stand in the file`],
    ['["${X_CONSUMER_KEY}"]', `${path}: must be text`],
  ])('no text: %s', async (value, problem) => {
    const error = await refusal(consumerKey(value))
    expect(error.problems.map((p) => `${p.path}: ${p.wrong}`)).toContain(problem)
    expect(error.message.replaceAll(`${path}.canary`, '')).not.toMatch(/canary/)
  })

  test('a credential that is read into something else as well', async () => {
    const error = await refusal(
      segment('relation: main.customers\nmember_key: customer_id\nactivate: [x]\ndescription: "by ${X_CONSUMER_KEY}"'),
    )
    expect(error.problems).toMatchObject([
      {
        path: 'segments.high_value.description',
        wrong: 'would show a credential',
        got: '${X_CONSUMER_KEY}',
        wayOut: 'take the variable out',
      },
    ])
  })

  test('an unknown or missing credential', async () => {
    const text = tidemarkYml().replace('consumer_key: ', 'consumer_kye: ')
    const error = await refusal(text)
    expect(error.message).toContain(
      'destinations.x.credentials.consumer_kye: is not known here; got the key consumer_kye; did you mean consumer_key?',
    )
    expect(error.message).toContain('destinations.x.credentials.consumer_key: is missing; got nothing')
  })

  test('a key that is a secret is not shown', async () => {
    const error = await refusal(tidemarkYml({ x: 'account_id: a\ncredentials: { Canary-7-secret }' }))
    expect(error.message).toContain(
      'destinations.x.credentials.(key not shown): is not known here; got the key (key not shown)',
    )
    expect(error.message).not.toContain('Canary')
  })

  test('credentials that are no mapping', async () => {
    const error = await refusal(tidemarkYml({ x: 'account_id: a\ncredentials: canary' }))
    expect(error.message).toContain('destinations.x.credentials: is a secret and must not stand in the file')
    expect(error.message).not.toContain('canary')
  })

  test('credentials at the wrong place', async () => {
    const error = await refusal(tidemarkYml({ head: 'version: 1\ncredentials: { token: canary }' }))
    expect(error.message).toContain('credentials: is not known here')
    expect(error.message).not.toContain('canary')
  })

  test('what came from the environment is never shown, wherever it stands', async () => {
    const places = {
      head: 'version: "${TEXT}"',
      warehouse: '{ type: "${TEXT}", path: a }',
      x: x(
        'base_url: "${TEXT}"\nrate_limit: { requests_per_second: "${TEXT}" }',
        '{ schedule: "${TEXT}", fields: { email: { column: "${TEXT}", format: "${TEXT}", default_country: "${TEXT}" } } }',
      ),
      segment:
        'relation: "${TEXT}"\nmember_key: "${TEXT}"\nwhere: ["${TEXT}"]\nactivate: ["${TEXT}", { destination: tiktok, name: "${TEXT}", audience: { name: "\\t${TEXT}" }, fields: { email: "${TEXT}" } }]',
    }
    const error = await refusal(tidemarkYml(places))
    expect(error.problems.length).toBeGreaterThan(12)
    expect(error.message).not.toContain('canary')
    expect(error.message).toContain('version: must be 1; got the value of ${TEXT} (not shown); write 1')
  })

  test('two audiences named by one variable', async () => {
    const shared = '{ fields: { email: email }, audience: { name: "${TEXT}" } }'
    const end =
      '  other: { relation: o, member_key: id, activate: [x, { destination: x, name: again, audience: { name: "${TEXT}" } }] }'
    const error = await refusal(tidemarkYml({ x: x('', shared), segment: activate('[x]'), end }))
    expect(error.problems).toHaveLength(2)
    expect(error.message).not.toContain('canary')
    expect(Object.values(environment).every((value) => value.startsWith('canary'))).toBe(true)
  })

  test('text that names a person is not shown', async () => {
    const error = await refusal(
      segment('relation: a\nmember_key: id\nactivate: [x]\nwhere: [{ column: email, in: ann@example.com }]'),
    )
    expect(error.message).toContain('got text that is not shown')
    expect(error.message).not.toContain('ann')
  })
})
