import { describe, expect, test } from '@jest/globals'
import { ConfigurationError } from '../../connector/config/load.ts'
import { file, json, loadWith } from './connected.ts'

describe('secrets', () => {
  const odd = (name: string): string => `canary-${name}."'%/+=&<>\\*$1(\`{}[^|?#;:,~!@ `
  const one = Object.fromEntries(['account_id', 'consumer_key', 'access_token', 'zzz'].map((key) => [key, odd(key)]))
  const fields = { login: odd('login'), password: odd('pw'), host: odd('host'), schema: odd('schema'), port: 7 }
  const texts = [
    json('postgres', { ...fields, extra: { sslmode: odd('mode'), [odd('key')]: 1 } }),
    json('snowflake', { ...fields, extra: { account: odd('a'), private_key_content: odd('k'), token: odd('t') } }),
    json('google_cloud_platform', { ...fields, extra: JSON.stringify({ keyfile_dict: odd('k'), project: odd('p') }) }),
    json('duckdb', { host: `md:${odd('token')}`, password: odd('pw') }),
    json('x_ads', { ...fields, extra: one }),
    json('tiktok_ads', { extra: { advertiser_id: odd('a'), access_token: { deep: odd('deep') } } }),
    `postgres://${encodeURIComponent(odd('u'))}:${encodeURIComponent(odd('pw'))}@h:1/d?sslmode=${encodeURIComponent(odd('m'))}`,
    `google-cloud-platform://?extra__google_cloud_platform__keyfile_dict=${encodeURIComponent(odd('k'))}`,
    `x-ads://${encodeURIComponent(`http://${odd('h')}`)}/?${new URLSearchParams(one)}`,
    `tiktok-ads://?__extra__=${encodeURIComponent(JSON.stringify(one))}`,
    `tiktok-ads://?access_token=canary&canary&advertiser_id=canary`,
    odd('alone'),
  ]
  // Whole, cut off, and with each of its signs taken for what it is not.
  const broken = texts.flatMap((text) => [
    text,
    text.slice(0, -2),
    text.slice(1),
    text.replace(/conn_type|^[a-z-]+/, '$&x'),
    text.replace('extra', 'extr'),
    text.replaceAll(/%[2-7][0-9A-F]/g, (escaped) => decodeURIComponent(escaped)),
    `${text}#?&${odd('end')}`,
  ])

  test.each(broken.map((text) => [text]))('%s', async (text) => {
    const variables = { AIRFLOW_CONN_ANALYTICS: text, AIRFLOW_CONN_X_MAIN: text, AIRFLOW_CONN_TT: text }
    for (const may of [{}, { credentials: 'may_be_missing', warehouse: 'may_be_missing' } as const]) {
      const refused = await loadWith(file(), variables, may).catch((error) => error)
      expect(refused).toBeInstanceOf(ConfigurationError)
      expect(`${refused.message}${refused.stack}${JSON.stringify(refused.problems)}`).not.toContain('canary')
    }
  })
})
