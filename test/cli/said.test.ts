import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import type { Ended } from './process.ts'
import { Project, summaryOf } from './project.ts'

/** What is rejected is said: before a run, in it, and where a guard stops it. */
const cli = join(import.meta.dirname, '..', '..', 'connector', 'cli.ts')
const onX = 'everyone: { relation: main.customers, member_key: customer_id, activate: [x] }'
const national = "update customers set phone = '06' || (10000000 + customer_id)"

const warnings = ({ stderr }: Ended): readonly Record<string, unknown>[] =>
  stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ event }) => event === 'rejected_values')

describe('one dead field', () => {
  test.concurrent('stops a first sync, and the command of the message lets it pass, from any folder', async () => {
    await using project = await Project.open(1510, { segments: onX })
    await project.query(national)
    const ended = await project.run('run', '--all')
    expect(ended.code).toBe(65)
    const [activation] = summaryOf(ended).activations
    const file = join(project.folder, 'tidemark.yml')
    expect(activation?.error?.message).toBe(
      'Nothing was sent for everyone.x: 100 % of the values of phone_number were rejected (1510 of 1510; guards.max_rejected_share is 0.5), ' +
        'unknown_country: set default_country, or country: { column: … } where the rows name their country.' +
        ' Other guards: max_rejected_share of email 0 % (at most 50 %), max_rejected_share 50 % (at most 50 %),' +
        ' max_removed_share not counted, 0 being fewer than 100, max_touched_share not counted, 0 being fewer than 100, min_members 1510 (at least 0).' +
        ` Correct the cause, or let this one run pass: tidemark run everyone.x --override-guards --config ${file}`,
    )
    expect(warnings(ended)).toHaveLength(1)
    expect(project.x.requests).toEqual([])
    const command = /tidemark (run .*)$/.exec(activation?.error?.message ?? '')?.[1] ?? ''
    const env = { ...project.env, NODE: process.execPath, CLI: cli }
    const again = await promisify(execFile)('sh', ['-c', `"$NODE" "$CLI" ${command}`], { cwd: '/', env })
    expect(summaryOf({ ...ended, stdout: again.stdout })).toMatchObject({
      status: 'succeeded',
      activations: [{ members_added: 1510, identifiers_added: 1510, identifiers_rejected: 1510 }],
    })
  })

  test.concurrent('a run that goes on warns by field, reason and share, once a field', async () => {
    await using project = await Project.open(200, { segments: onX })
    await project.query(`${national} where customer_id <= 60`)
    const ended = await project.run('run', '--all')
    expect(ended.code).toBe(0)
    expect(warnings(ended)).toEqual([
      {
        at: expect.any(String),
        level: 'warn',
        event: 'rejected_values',
        activation: 'everyone.x',
        field: 'phone_number',
        reason: 'unknown_country',
        checked: 200,
        rejected: 60,
        share: 0.3,
        message:
          'everyone.x: phone_number: 30 % rejected (60 of 200 values), unknown_country: set default_country, or country: { column: … } where the rows name their country',
      },
    ])
    // Nobody of them is looked at again.
    expect(warnings(await project.run('run', '--all'))).toEqual([])
    expect(warnings(await project.run('run', '--all', '--full'))).toHaveLength(1)
  })

  test.concurrent.each([
    ['of which members have two rows each', 'insert into customers from customers', 'unknown_country', 400],
    ['that is one value of all', "update customers set phone = '+33612345678'", 'shared_by_many', 200],
  ])('%s stops a first sync too', async (_, change, reason, values) => {
    await using project = await Project.open(200, { segments: onX })
    await project.query(`${national}; ${change}`)
    const ended = await project.run('run', '--all')
    expect(ended.code).toBe(65)
    expect(summaryOf(ended).activations[0]?.error?.message).toContain(
      `100 % of the values of phone_number were rejected (${values} of ${values}; guards.max_rejected_share is 0.5), ${reason}: `,
    )
  })

  test.concurrent('of columns that were swapped the cause comes first', async () => {
    await using project = await Project.open(200, { segments: onX })
    expect((await project.run('run', '--all')).code).toBe(0)
    await project.write({ segments: onX, xFields: '{ email: phone, phone_number: email }' })
    const ended = await project.run('run', '--all')
    expect(ended.code).toBe(65)
    const message = summaryOf(ended).activations[0]?.error?.message ?? ''
    expect(message).toMatch(
      /^Nothing was sent for everyone\.x: the columns of email \(phone\) and phone_number \(email\) look swapped; 100 % of the values of email were rejected \(200 of 200; .*100 % of the members in the audience would be removed \(200 of 200;/,
    )
  })
})

describe('before a run', () => {
  const texts = /person\d|06\d{8}|FR, DE/
  test.concurrent('validate, doctor and plan say what would be rejected, and leave nothing', async () => {
    await using project = await Project.open(300, { segments: onX })
    await project.query(national)
    const hash = project.hash()
    const validated = await project.run('validate', '--warehouse', '--json')
    expect(validated.code).toBe(0)
    expect(JSON.parse(validated.stdout)).toMatchObject({
      valid: true,
      segments: [],
      warnings: [
        {
          activations: ['everyone.x'],
          code: 'rejected_values',
          field: 'phone_number',
          message: expect.stringMatching(
            /^of a sample .* phone_number: 100 % rejected \(300 of 300 values\), unknown_country: set default_country/,
          ),
        },
      ],
    })
    expect((await project.run('validate', '--warehouse')).stdout).toMatch(
      /is fine: .*\nWarning: of a sample of .* phone_number: 100 % rejected .* \(everyone\.x\)\.$/m,
    )
    expect(JSON.parse((await project.run('validate', '--json')).stdout)).toMatchObject({ warnings: [] })
    const examined = await project.run('doctor', '--json')
    expect(examined.code).toBe(0)
    expect(JSON.parse(examined.stdout).checks).toContainEqual({
      subject: 'warehouse',
      status: 'warning',
      code: 'rejected_values',
      message: expect.stringContaining('phone_number: 100 % rejected (300 of 300 values), unknown_country'),
    })
    const planned = await project.run('plan', '--all', '--json')
    expect(JSON.parse(planned.stdout).activations[0]).toMatchObject({
      guards: [expect.stringContaining('100 % of the values of phone_number were rejected')],
      guard_values: expect.arrayContaining([
        { guard: 'max_rejected_share', field: 'phone_number', value: 1, limit: 0.5, trips: true },
        { guard: 'max_rejected_share', field: 'email', value: 0, limit: 0.5, trips: false },
      ]),
      warnings: [expect.stringMatching(/^phone_number: 100 % rejected \(300 of 300 values\), unknown_country/)],
    })
    expect((await project.run('plan', '--all')).stdout).toMatch(/^ {2}Warning: phone_number: 100 % rejected/m)
    expect(project.hash()).toBe(hash)
    expect(`${validated.stdout}${examined.stdout}${planned.stdout}`).not.toMatch(texts)
  })

  test.concurrent('a constant country beside a column of countries is a warning, once for activations that share it', async () => {
    const xFields = '{ email: email, phone_number: { column: phone, default_country: FR } }'
    const segments = `${onX}
  french: { relation: main.customers, member_key: customer_id, activate: [x] }`
    await using project = await Project.open(20, { segments, xFields })
    await project.query(
      "alter table customers add column country varchar; update customers set country = case when customer_id < 9 then 'DE' else 'FR' end",
    )
    const { stdout } = await project.run('validate', '--warehouse')
    expect(stdout).toContain(
      '\nWarning: phone_number: every number without a calling code is read as FR, but the relation has a column country: write phone_number: { column: phone, country: { column: country }, default_country: FR } (everyone.x, french.x).\n',
    )
  })
})
