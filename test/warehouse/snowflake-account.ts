import { randomUUID } from 'node:crypto'
import type { SnowflakeSettings } from '../../connector/config/activation.ts'
import { controlOf, standInAddress } from './stand-in-control.ts'

/** A database of its own in the stand-in that the configuration of Jest has started. */
export const emptyAccount = () => {
  const database = `TEST_${randomUUID().replaceAll('-', '')}`.toUpperCase()
  const settings: SnowflakeSettings = {
    type: 'snowflake',
    schema: 'tidemark',
    account: 'test',
    user: 'tester',
    database,
    login: { authenticator: 'SNOWFLAKE', password: 'only-for-tests' },
    accessUrl: standInAddress(),
    lockTimeoutMs: 10_000,
    unreachableTimeoutMs: 120_000,
  }
  return { settings, ...controlOf(database) }
}
