import { UsageError } from '../config/problems.ts'
import {
  startSimulators,
  TIKTOK_SIMULATOR_ADVERTISER,
  TIKTOK_SIMULATOR_CREDENTIALS,
  X_SIMULATOR_ACCOUNT,
  X_SIMULATOR_CREDENTIALS,
} from '../simulator/simulator.ts'
import { printLine } from './output.ts'

export interface SimulateOptions {
  readonly xPort: number
  readonly tiktokPort: number
  /** false after --no-rate-limits */
  readonly rateLimits: boolean
  readonly json?: boolean
}

/** The environment that fits the simulators: what a tidemark.yml reads with `${…}`. */
export const simulatorEnvironment: Readonly<Record<string, string>> = {
  X_CONSUMER_KEY: X_SIMULATOR_CREDENTIALS.consumerKey,
  X_CONSUMER_SECRET: X_SIMULATOR_CREDENTIALS.consumerSecret,
  X_ACCESS_TOKEN: X_SIMULATOR_CREDENTIALS.accessToken,
  X_ACCESS_TOKEN_SECRET: X_SIMULATOR_CREDENTIALS.accessTokenSecret,
  TIKTOK_ACCESS_TOKEN: TIKTOK_SIMULATOR_CREDENTIALS.accessToken,
}

/** `tidemark simulate`: both platforms on 127.0.0.1 until SIGINT or SIGTERM. */
export const simulate = async (options: SimulateOptions): Promise<number> => {
  const limits = options.rateLimits ? {} : { rateLimit: false as const }
  const both = await startSimulators({
    x: { port: options.xPort, ...limits },
    tiktok: { port: options.tiktokPort, ...limits },
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    throw new UsageError(
      'One of the ports is in use by another program; choose others with --x-port and --tiktok-port (0: any free one).',
    )
  })
  printLine(
    options.json
      ? JSON.stringify({
          schema: 'tidemark.simulate/1',
          x: both.x.url,
          tiktok: both.tiktok.url,
          environment: simulatorEnvironment,
        })
      : introduction(both.x.url, both.tiktok.url),
  )
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
  await both.stop()
  return 0
}

const introduction = (x: string, tiktok: string): string => `X Ads       ${x}   account_id ${X_SIMULATOR_ACCOUNT}
TikTok Ads  ${tiktok}   advertiser_id ${TIKTOK_SIMULATOR_ADVERTISER}

Use them as base_url in tidemark.yml, with these credentials:
${Object.entries(simulatorEnvironment)
  .map(([name, value]) => `  export ${name}=${value}`)
  .join('\n')}

What they hold: ${x}/_simulator/summary and ${tiktok}/_simulator/summary
Ctrl-C ends them.`
