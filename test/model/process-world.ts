import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ActivationResult } from '../../connector/activation/summary.ts'
import type { RunSummary } from '../../connector/commands/summary.ts'
import { TIKTOK_SIMULATOR_CREDENTIALS, X_SIMULATOR_CREDENTIALS } from '../../connector/simulator/simulator.ts'
import { type Ended, type Started, start } from '../cli/process.ts'
import { type SharedWarehouse, sharedWarehouse } from '../warehouse/under-test.ts'
import type { Accident } from './fate.ts'
import { createSegment } from './people.ts'
import { activationOf, type Setting } from './setting.ts'
import { type Ads, openAds, type Row, type RunEnd, type RunOptions, World } from './world.ts'

const secrets = {
  x_ads: {
    consumer_key: X_SIMULATOR_CREDENTIALS.consumerKey,
    consumer_secret: X_SIMULATOR_CREDENTIALS.consumerSecret,
    access_token: X_SIMULATOR_CREDENTIALS.accessToken,
    access_token_secret: X_SIMULATOR_CREDENTIALS.accessTokenSecret,
  },
  tiktok_ads: { access_token: TIKTOK_SIMULATOR_CREDENTIALS.accessToken },
} as const
const accountKeys = { x_ads: 'account_id', tiktok_ads: 'advertiser_id' } as const

/** Several processes begin at once on few cores, and the platform answers from the process of the tests. */
/** Of a member with an e-mail and a phone, in the layout of either platform. */
const oneMemberBytes = 400
const requestMs = 1500
const signals = { kill_at: 'SIGKILL', term_at: 'SIGTERM' } as const
const unchanged = 99
const leaseSeconds = 120

/** Each run is the real command line in a process of its own. */
export class ProcessWorld extends World {
  readonly #folder: string
  readonly #warehouse: SharedWarehouse

  private constructor(setting: Setting, ads: Ads, folder: string, warehouse: SharedWarehouse) {
    super(setting, ads)
    this.#folder = folder
    this.#warehouse = warehouse
  }

  static async open(setting: Setting): Promise<ProcessWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-model-'))
    // The clock of a process can be moved for the warehouse only: requests are signed at the real time.
    const world = new ProcessWorld(
      setting,
      await openAds(setting.platform, false),
      folder,
      await sharedWarehouse(folder),
    )
    await world.say(createSegment)
    return world
  }

  say(...statements: readonly string[]): Promise<readonly Row[]> {
    return this.#warehouse.say(...statements) as Promise<readonly Row[]>
  }

  override async close(): Promise<void> {
    await super.close()
    await this.#warehouse.destroy()
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** Starts a run and leaves it to itself. */
  async begin(full = false): Promise<Started> {
    await writeFile(join(this.#folder, 'tidemark.yml'), this.#configuration())
    const args = ['run', '--all', '--exit-code-when-unchanged', '--drain-seconds', '4', ...(full ? ['--full'] : [])]
    return start(args, this.#folder, {
      ...secrets[this.setting.platform],
      ...this.#warehouse.environment,
      TIDEMARK_TEST_CLOCK_OFFSET_MS: String(this.clockOffsetMs),
    })
  }

  protected async attempt({ full = false, accident = null }: RunOptions): Promise<Pick<RunEnd, 'result' | 'accident'>> {
    const started = await this.begin(full)
    const struck = this.#strike(started, accident)
    const ended = await started.ended
    // Where others may live, the lease of a dead run runs out: nobody takes it before its time.
    if (ended.signal !== null && !this.#warehouse.opensAlone) await this.wait(leaseSeconds / 3600)
    // Also SIGTERM ends a process without a word, as long as it has not begun to listen.
    return { result: ended.signal === null ? resultOf(ended) : null, accident: struck() }
  }

  /** Sends the signal when its moment has come; the result says whether it did while the process lived. */
  #strike({ child, ended }: Started, accident: Accident | null): () => string | null {
    if (accident === null) return () => null
    let struck: string | null = null
    const due = performance.now() + accident.nth * 100
    const earlier = this.simulator.requests.length
    const watch = setInterval(() => {
      const seen = this.simulator.requests.length - earlier
      if (accident.step === 'request' ? seen < accident.nth : performance.now() < due) return
      clearInterval(watch)
      if (child.kill(signals[accident.kind as keyof typeof signals])) struck = `${accident.kind} ${accident.step}`
    }, 2)
    void ended.then(() => clearInterval(watch))
    return () => struck
  }

  /** As JSON, which is YAML. */
  #configuration(): string {
    const { destination, segment, fields, audience, guards } = activationOf(
      this.setting,
      this.simulator.url,
      this.mapping,
    )
    const { platform, concurrency, maxBytes, maxRows } = this.setting
    const { maxRemovedShare, maxTouchedShare, maxRejectedShare, maxNullKeyShare, minMembers, allowEmpty } = guards
    const byField = fields.map(({ field, column, format, defaultCountry }) => [
      field,
      { column, format, ...(defaultCountry ? { default_country: defaultCountry } : {}) },
    ])
    return JSON.stringify({
      version: 1,
      warehouse: this.#warehouse.configuration,
      run: { lease_seconds: this.setting.leaseSeconds ?? leaseSeconds },
      destinations: {
        [destination.name]: {
          type: platform,
          [accountKeys[platform]]: destination.accountId,
          credentials: Object.fromEntries(Object.keys(secrets[platform]).map((name) => [name, `\${${name}}`])),
          base_url: this.simulator.url,
          rate_limit: { requests_per_second: 500 },
          request: {
            timeout_ms: requestMs,
            quiet_ms: Math.max(requestMs, this.setting.quietMs ?? 0),
            concurrency,
            // Of the histories that are not of processes, 1 stands for: one member, whatever it takes.
            max_bytes: Math.max(maxBytes, oneMemberBytes),
            max_rows: maxRows,
          },
        },
      },
      segments: {
        people: {
          relation: 'people',
          member_key: segment.memberKey.column,
          activate: [
            {
              destination: destination.name,
              audience: { name: audience.name },
              fields: Object.fromEntries(byField),
              guards: {
                max_removed_share: maxRemovedShare,
                max_touched_share: maxTouchedShare,
                max_rejected_share: maxRejectedShare,
                max_null_key_share: maxNullKeyShare,
                min_members: minMembers,
                allow_empty: allowEmpty,
              },
            },
          ],
        },
      },
    })
  }
}

/** Guarantee 8: whatever happened but SIGKILL, the last line is a summary. */
const resultOf = ({ code, stdout, stderr }: Ended): ActivationResult => {
  const line = stdout.trimEnd().split('\n').at(-1) ?? ''
  const [summary] = line === '' ? [] : (JSON.parse(line) as RunSummary).activations
  if (summary === undefined) throw new Error(`A run ended with ${code} and no summary: ${stderr.slice(-500)}`)
  return { summary, exit: (code === unchanged ? 0 : code) as ActivationResult['exit'], unchanged: code === unchanged }
}
