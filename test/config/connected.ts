import { expect } from '@jest/globals'
import type { Configuration } from '../../connector/config/activation.ts'
import { type LoadOptions, loadConfiguration } from '../../connector/config/load.ts'
import { refusal, tidemarkYml, withFile } from './configuration.ts'

/** What the connections below give; credentials are canaries that no message may show. */
export const ofX = {
  account_id: '18ce54d4x5t',
  consumer_key: 'canary-ck',
  consumer_secret: 'canary-cs',
  access_token: 'canary-at',
  access_token_secret: 'canary-ats',
}
export const ofTiktok = { advertiser_id: '7000000000000000001', access_token: 'canary-tt' }
export const json = (type: string, fields: object) => JSON.stringify({ conn_type: type, ...fields })
/** The variables that the file below needs. */
export const all = {
  AIRFLOW_CONN_ANALYTICS: json('duckdb', { host: '/data/shop.duckdb' }),
  AIRFLOW_CONN_X_MAIN: json('x_ads', { extra: ofX }),
  AIRFLOW_CONN_TT: `tiktok-ads://?${new URLSearchParams(ofTiktok)}`,
}
type Variables = Readonly<Record<string, string>>

const defaults = 'defaults: { fields: { email: email } }'
/** A file that names connections only, with parts replaced. */
export const file = ({
  warehouse = '{ connection: analytics }',
  x = 'connection: x_main',
  tiktok = 'connection: tt',
  ...others
}: Parameters<typeof tidemarkYml>[0] = {}): string =>
  tidemarkYml({ warehouse, x: `${x}\n${defaults}`, tiktok: `${tiktok}\n${defaults}`, ...others })

/** The problems of a file where all connections are there, or others in their place. */
export const problemsOf = async (text: string, variables: Variables = {}) => {
  const { problems, message } = await refusal(text, { ...all, ...variables })
  expect(message).not.toContain('canary')
  return problems.map(({ path, wrong, got, wayOut }) => `${path}: ${wrong}; got ${got}; ${wayOut}`)
}

export const loadWith = (text: string, variables: Variables, may: LoadOptions): Promise<Configuration> =>
  withFile(text, (name) => loadConfiguration(name, variables, may))

/** What is said of a connection that is not there. */
export const missing = (variable: string, id: string) =>
  `needs ${variable}; got ${variable}, not set or empty; set it in the environment, or in Airflow add ${id} to the connections of the operator`
