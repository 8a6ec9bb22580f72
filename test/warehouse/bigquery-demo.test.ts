import { afterAll, expect, test } from '@jest/globals'
import { emptyProject } from './bigquery-project.ts'
import { expectSameDemo } from './demo.ts'
import { expectVectors } from './vectors.ts'

const { settings, destroy } = emptyProject()
const environment = {
  GOOGLE_CLOUD_PROJECT: settings.project,
  BIGQUERY_LOCATION: settings.location,
  BIGQUERY_API_ENDPOINT: settings.apiEndpoint ?? '',
}
afterAll(destroy)

test(
  'the demo ends equal on BigQuery, with the counts that it has on DuckDB',
  () => expectSameDemo('bigquery', environment),
  240_000,
)

test('every vector gives its digest, also as it is asked of a real account', async () => {
  expect(await expectVectors('bigquery', environment)).toBeGreaterThan(150)
})
