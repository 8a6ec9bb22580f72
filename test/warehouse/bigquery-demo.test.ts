import { test } from '@jest/globals'
import { emptyProject } from './bigquery-project.ts'
import { expectSameDemo } from './demo.ts'

test('the demo ends equal on BigQuery, with the counts that it has on DuckDB', async () => {
  const { settings, destroy } = emptyProject()
  try {
    await expectSameDemo('bigquery', {
      GOOGLE_CLOUD_PROJECT: settings.project,
      BIGQUERY_LOCATION: settings.location,
      BIGQUERY_API_ENDPOINT: settings.apiEndpoint ?? '',
    })
  } finally {
    await destroy()
  }
}, 240_000)
