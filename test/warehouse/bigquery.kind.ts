import { openBigquery } from '../../connector/warehouse/bigquery.ts'
import { emptyProject } from './bigquery-project.ts'
import type { UnderTest } from './kind.ts'
import { wordsOfStandIn } from './words.ts'

export const kind: UnderTest = {
  words: { ...wordsOfStandIn, defaultZone: (zone) => [`set global timezone = '${zone}'`] },
  empty: async () => {
    const { say, jobs, destroy, settings } = emptyProject()
    return { say, jobs, destroy, catalogue: settings.project, connect: () => openBigquery(settings) }
  },
  shared: async () => {
    const { say, destroy, settings } = emptyProject()
    const { project, location, apiEndpoint } = settings
    return {
      say,
      destroy,
      configuration: { type: 'bigquery', project, location, api_endpoint: apiEndpoint },
      environment: {},
      opensAlone: false,
    }
  },
}
