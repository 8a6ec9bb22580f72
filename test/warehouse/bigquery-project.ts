import { randomUUID } from 'node:crypto'
import type { BigquerySettings } from '../../connector/config/activation.ts'
import { controlOf, standInAddress } from './stand-in-control.ts'

/** A project of its own in the stand-in that the configuration of Jest has started. */
export const emptyProject = () => {
  const project = `test-${randomUUID()}`
  const settings: BigquerySettings = {
    type: 'bigquery',
    schema: 'tidemark',
    project,
    location: 'EU',
    labels: {},
    apiEndpoint: standInAddress(),
    unreachableTimeoutMs: 120_000,
  }
  return { settings, ...controlOf(project) }
}
