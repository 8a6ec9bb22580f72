import { readFileSync } from 'node:fs'
import { request as ask } from 'node:http'
import { join } from 'node:path'
import { authorisation } from '../../connector/destination/oauth1.ts'
import {
  type Simulator,
  TIKTOK_SIMULATOR_CREDENTIALS,
  X_SIMULATOR_CREDENTIALS,
} from '../../connector/simulator/simulator.ts'
import { everyone, type Parts } from '../cli/project.ts'

/** A state as a version of Tidemark left it, with two open deltas, and the platforms as they were then (see record.ts). */
export interface Recorded {
  /** When it was recorded, by the clock of warehouse and platforms; milliseconds since 1970. */
  readonly endedAt: number
  /** When the platforms came to be: ids of audiences follow from it. */
  readonly startedAt: number
  /** Every request that took effect, in its order. */
  readonly requests: readonly RecordedCall[]
}

export interface RecordedCall {
  readonly platform: Simulator['platform']
  readonly method: string
  readonly url: string
  readonly body: string
}

/** The configuration of all recordings: tiny batches, one at a time, no guards. */
export const parts: Parts = {
  request: '{ timeout_ms: 3000, quiet_ms: 3000, max_bytes: 480, concurrency: 1 }',
  segments: everyone
    .replace('min_members: 0', 'min_members: 0, max_removed_share: 1, max_touched_share: 1')
    .replace('[x,', '[{ destination: x, guards: { max_removed_share: 1, max_touched_share: 1 } },'),
}

export const folderOf = (version: number): string => join(import.meta.dirname, `version-${version}`)
export const stateOf = (version: number): string => readFileSync(join(folderOf(version), 'state.sql'), 'utf8')
export const recordedOf = (version: number): Recorded =>
  JSON.parse(readFileSync(join(folderOf(version), 'platforms.json'), 'utf8')) as Recorded

/** Makes a platform what it was, request by request. Throws where one is not taken. */
export const replay = async (simulator: Simulator, requests: readonly RecordedCall[]): Promise<void> => {
  for (const { platform, method, url, body } of requests) {
    if (platform !== simulator.platform) continue
    const status = await say(simulator, method, url, body)
    if (status < 200 || status > 299) throw new Error(`${method} ${url} was answered with ${status}`)
  }
}

let nonces = 0
const credentialsOf = (simulator: Simulator, method: string, url: string): Readonly<Record<string, string>> => {
  if (simulator.platform === 'tiktok_ads') return { 'access-token': TIKTOK_SIMULATOR_CREDENTIALS.accessToken }
  const timestamp = Math.floor(Date.now() / 1000)
  nonces += 1
  const credentials = X_SIMULATOR_CREDENTIALS
  return { authorization: authorisation({ method, url, credentials, nonce: `replay${nonces}`, timestamp }) }
}

const say = (simulator: Simulator, method: string, path: string, body: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const url = `${simulator.url}${path}`
    const json = body === '' ? {} : { 'content-type': 'application/json' }
    const headers = { ...json, 'content-length': Buffer.byteLength(body), ...credentialsOf(simulator, method, url) }
    ask(url, { method, agent: false, headers }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
      .on('error', reject)
      .end(body)
  })
