// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is the file's own way to read the environment
import { expect, test } from '@jest/globals'
import { environment, load, problemsOf, refusal, tidemarkYml, tiktok } from './configuration.ts'

const configured = (own: string, defaults = '') =>
  tidemarkYml({
    tiktok: tiktok('', `{ fields: { email: email }${defaults === '' ? '' : `, airflow: ${defaults}`} }`),
    segment: `relation: main.customers\nmember_key: customer_id\nactivate: [{ destination: tiktok, ${own} }]`,
  })
const at = 'segments.high_value.activate[0].airflow'

const settingsOf = async (...texts: Parameters<typeof configured>) =>
  (await load(configured(...texts), { ...environment, RETRIES: '4' })).activations[0]?.airflow

test('every key, as it stands in the file', async () => {
  const all = {
    pool: 'ads',
    pool_slots: 2,
    retries: 0,
    retry_delay_seconds: 300,
    execution_timeout_seconds: 5400,
    owner: 'growth',
    tags: ['ads', 'growth'],
    queue: 'warehouse',
    priority_weight: -1,
  }
  expect(await settingsOf(`airflow: ${JSON.stringify(all)}`)).toEqual(all)
})

test('what is not said is not there', async () => {
  expect(await settingsOf('name: a')).toEqual({})
  expect(await settingsOf('airflow: {}', '{}')).toEqual({})
})

test("an activation's own keys are over those of its destination, one by one", async () => {
  expect(await settingsOf('airflow: { tags: [a], retries: 0 }', '{ tags: [b, c], pool: ads, retries: 3 }')).toEqual({
    tags: ['a'],
    pool: 'ads',
    retries: 0,
  })
})

test('a number may come from the environment', async () => {
  expect(await settingsOf('airflow: { retries: "${RETRIES}" }')).toEqual({ retries: 4 })
})

test.each([
  ['airflow: 3', ': must be a mapping'],
  ['airflow: { sla: 60 }', '.sla: is not known here'],
  ['airflow: { pool: " " }', '.pool: must not be empty'],
  [`airflow: { pool: ${'p'.repeat(257)} }`, '.pool: must be at most 256 characters long'],
  ['airflow: { pool_slots: 0 }', '.pool_slots: must be at least 1'],
  ['airflow: { retries: -1 }', '.retries: must be at least 0'],
  ['airflow: { retries: 1.5 }', '.retries: must be a whole number'],
  ['airflow: { retry_delay_seconds: "300" }', '.retry_delay_seconds: must be a number'],
  ['airflow: { execution_timeout_seconds: 0 }', '.execution_timeout_seconds: must be at least 1'],
  ['airflow: { owner: 7 }', '.owner: must be text'],
  ['airflow: { tags: ads }', '.tags: must be a list'],
  ['airflow: { tags: [ads, 7] }', '.tags[1]: must be text'],
  ['airflow: { tags: [ads, ads] }', '.tags: names one tag twice'],
  ['airflow: { queue: [] }', '.queue: must be text'],
  ['airflow: { priority_weight: 2147483648 }', '.priority_weight: must be at most 2147483647'],
])('%s', async (own, problem) => {
  expect(await problemsOf(configured(own))).toEqual([`${at}${problem}`])
})

test('all that is wrong is said at once, of defaults too', async () => {
  expect(await problemsOf(configured('airflow: { retries: -1, tag: a }', '{ pool_slots: many }'))).toEqual([
    'destinations.tiktok.defaults.airflow.pool_slots: must be a number',
    `${at}.tag: is not known here`,
    `${at}.retries: must be at least 0`,
  ])
})

test('at the wrong place it is said where it belongs', async () => {
  const error = await refusal(tidemarkYml({ tiktok: tiktok('airflow: { retries: 1 }') }))
  expect(error.message).toContain(
    'destinations.tiktok.airflow: is not known here; got the key airflow; write it below defaults of a destination, or in an activation',
  )
})

test('it is no part of the hash of what is sent', async () => {
  const hashOf = async (own: string) => (await load(configured(own))).activations[0]?.configHash
  expect(await hashOf('airflow: { retries: 7, tags: [a] }')).toBe(await hashOf('name: a'))
})
