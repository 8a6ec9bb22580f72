import { describe, expect, test } from '@jest/globals'
import { activate, load, problemsOf, refusal, tidemarkYml } from './configuration.ts'

const withSettings = (settings: string) => tidemarkYml({ segment: activate(`[{ destination: tiktok, ${settings} }]`) })
const at = 'segments.high_value.activate[0]'

describe('activations', () => {
  test.each([
    ['name: High', '.name: must be lower-case letters, digits and _, beginning with a letter'],
    ['colour: red', '.colour: is not known here'],
    ['audience: { nme: a }', '.audience.nme: is not known here'],
    ['audience: { name: "  " }', '.audience.name: must not be empty'],
    ['audience: { name: " a" }', '.audience.name: must neither begin nor end with a blank'],
    ['audience: { name: "a\\nb" }', '.audience.name: must hold no control characters'],
    ['audience: { adopt: "true" }', '.audience.adopt: must be true or false'],
    ['schedule: hourly', '.schedule: is no cron expression'],
    ['schedule: 5', '.schedule: must be text'],
    ['guards: { max_touched_share: -0.1 }', '.guards.max_touched_share: must be at least 0'],
    ['guards: { max_rejected_share: 1.1 }', '.guards.max_rejected_share: must be at most 1'],
    ['guards: { max_null_key_share: "0" }', '.guards.max_null_key_share: must be a number'],
    ['guards: { min_members: -1 }', '.guards.min_members: must be at least 0'],
    ['guards: { min_members: 1.5 }', '.guards.min_members: must be a whole number'],
    ['guards: { allow_empty: no }', '.guards.allow_empty: must be true or false'],
    ['guards: { max_share: 1 }', '.guards.max_share: is not known here'],
    ['quarantine_days: 0', '.quarantine_days: must be at least 1'],
    ['fields: {}', '.fields: must map at least one field'],
    ['fields: email', '.fields: must be a mapping'],
    ['fields: { handle: h }', '.fields.handle: is not known here'],
    ['fields: { email: 7 }', '.fields.email: must name a column'],
    ['fields: { email: "" }', '.fields.email: must be the name of a column'],
    ['fields: { email: [] }', '.fields.email: must name a column'],
    ['fields: { email: [a, a] }', '.fields.email: names one column twice'],
    ['fields: { email: [a, [b]] }', '.fields.email[1]: must name a column'],
    ['fields: { email: { format: clear } }', '.fields.email.column: is missing'],
    [
      'fields: { email: { column: a, format: md5 } }',
      '.fields.email.format: must be auto or clear or sha256 or sha512',
    ],
    [
      'fields: { phone: { column: a, format: sha512 } }',
      '.fields.phone.format: is not taken for this field by the platform',
    ],
    ['fields: { email: { column: a, county: FR } }', '.fields.email.county: is not known here'],
    ['fields: { phone: { column: a, country: FR } }', '.fields.phone.country: must be a mapping'],
    ['fields: { email: { column: a, country: { column: b } } }', '.fields.email.country: is only for phone numbers'],
    [
      'fields: { email: { column: a, default_country: FR } }',
      '.fields.email.default_country: is only for phone numbers',
    ],
    [
      'fields: { phone: { column: a, default_country: fr } }',
      '.fields.phone.default_country: is no country with a calling code',
    ],
    [
      'fields: { phone: { column: a, default_country: XX } }',
      '.fields.phone.default_country: is no country with a calling code',
    ],
    [
      'fields: { phone: { column: a, default_country: constructor } }',
      '.fields.phone.default_country: is no country with a calling code',
    ],
  ])('%s', async (settings, problem) => {
    expect(await problemsOf(withSettings(settings))).toEqual([at + problem])
  })

  test('a way out that names what was meant', async () => {
    const { message } = await refusal(withSettings('fields: { phone: { column: a, default_country: fr } }'))
    expect(message).toContain('got "fr"; write FR')
  })

  test('an audience name that is too long for the platform', async () => {
    const name = (length: number) => withSettings(`audience: { name: ${'é'.repeat(length)} }`)
    const { destinations } = await load(tidemarkYml())
    expect(destinations).toHaveLength(2)
    expect(await problemsOf(name(1000))).toEqual([
      expect.stringMatching(/audience\.name: must be at most \d+ characters long on TikTok Ads$/),
    ])
  })

  test('a segment name that is too long for an audience', async () => {
    const long = 'a'.repeat(300)
    const problems = await problemsOf(tidemarkYml().replace('high_value:', `${long}:`))
    expect(problems[1]).toMatch(/activate\[1\]\.audience\.name: must be at most \d+ characters long on TikTok Ads$/)
  })

  test('two of one name', async () => {
    const end =
      '  other: { relation: o, member_key: id, activate: [{ destination: x, name: mine }, { destination: tiktok, name: mine }] }'
    expect(await problemsOf(tidemarkYml({ end }))).toEqual([
      'segments.other.activate[1].name: has the name of segments.other.activate[0]',
    ])
  })

  test('one destination twice without names', async () => {
    expect(
      await problemsOf(tidemarkYml({ segment: activate('[x, { destination: x, audience: { name: b } }]') })),
    ).toEqual(['segments.high_value.activate[1]: has the name of segments.high_value.activate[0]'])
  })

  test('a name that cannot be read is the name of none', async () => {
    const list = '[x, { destination: x, name: X }, { destination: x, name: b, audience: { name: 7 } }]'
    expect(await problemsOf(tidemarkYml({ segment: activate(list) }))).toEqual([
      'segments.high_value.activate[1].name: must be lower-case letters, digits and _, beginning with a letter',
      'segments.high_value.activate[2].audience.name: must be text',
      'segments.high_value.activate[1].audience.name: is the audience of segments.high_value.activate[0] in the same account',
    ])
  })

  test('a former name is that of no activation in the file, and of one other only', async () => {
    const former = (more: string) => activate(`[x, { destination: tiktok, renamed_from: ${more} }]`)
    const { activations } = await load(tidemarkYml({ segment: former('high_value.ads') }))
    expect(activations.map(({ renamedFrom }) => renamedFrom)).toEqual([undefined, 'high_value.ads'])
    const in2 = 'segments.high_value.activate[1].renamed_from'
    expect(await problemsOf(tidemarkYml({ segment: former('high_value.x') }))).toEqual([
      `${in2}: is the name of segments.high_value.activate[0]`,
    ])
    expect(await problemsOf(tidemarkYml({ segment: former('high_value.tiktok') }))).toEqual([
      expect.stringContaining(`${in2}: is the name of segments.high_value.activate[1]`),
    ])
    expect(await problemsOf(tidemarkYml({ segment: former('"High value"') }))).toEqual([
      expect.stringContaining(`${in2}: is no name of an activation`),
    ])
    const twice = activate('[{ destination: x, renamed_from: a.b }, { destination: tiktok, renamed_from: a.b }]')
    expect(await problemsOf(tidemarkYml({ segment: twice }))).toEqual([
      expect.stringContaining(`${in2}: is the former name of segments.high_value.activate[0]`),
    ])
  })

  test('two with one audience', async () => {
    const end =
      '  other: { relation: o, member_key: id, activate: [{ destination: x, audience: { name: high_value } }] }'
    expect(await problemsOf(tidemarkYml({ end }))).toEqual([
      'segments.other.activate[0].audience.name: is the audience of segments.high_value.activate[0] in the same account',
    ])
  })

  test('two with one audience through two destinations of one account', async () => {
    const text = tidemarkYml({ segment: activate('[x, also]') })
    const block = / {2}x:\n(?: {4}.*\n)+/.exec(text)?.[0] ?? ''
    expect(await problemsOf(text.replace(block, block + block.replace('  x:', '  also:')))).toEqual([
      'segments.high_value.activate[1].audience.name: is the audience of segments.high_value.activate[0] in the same account',
    ])
  })
})
