import { UsageError } from '../config/problems.ts'
import {
  TIKTOK_SIMULATOR_ADVERTISER,
  TIKTOK_SIMULATOR_CREDENTIALS,
  WEBHOOK_SIMULATOR_SECRET,
  X_SIMULATOR_ACCOUNT,
  X_SIMULATOR_CREDENTIALS,
} from '../simulator/simulator.ts'
import { StateFileError } from '../simulator/state-file.ts'
import { startTogether, type Together } from '../simulator/together.ts'
import { printError, printLine } from './output.ts'

export interface SimulateOptions {
  readonly xPort: number
  readonly tiktokPort: number
  /** Unless it is named: `usualWebhookPort`, or any free one. */
  readonly webhookPort?: number
  /** false after --no-rate-limits */
  readonly rateLimits: boolean
  readonly state?: string
  /** Only says what runs need in their environment. */
  readonly environment?: boolean
  readonly json?: boolean
}

const usualWebhookPort = 8090

/** The credentials that the simulators take, by the names under which the documents read them with `${…}`. */
export const simulatorCredentials: Readonly<Record<string, string>> = {
  X_CONSUMER_KEY: X_SIMULATOR_CREDENTIALS.consumerKey,
  X_CONSUMER_SECRET: X_SIMULATOR_CREDENTIALS.consumerSecret,
  X_ACCESS_TOKEN: X_SIMULATOR_CREDENTIALS.accessToken,
  X_ACCESS_TOKEN_SECRET: X_SIMULATOR_CREDENTIALS.accessTokenSecret,
  TIKTOK_ACCESS_TOKEN: TIKTOK_SIMULATOR_CREDENTIALS.accessToken,
  TIKTOK_APP_ID: TIKTOK_SIMULATOR_CREDENTIALS.appId,
  TIKTOK_SECRET: TIKTOK_SIMULATOR_CREDENTIALS.secret,
  CRM_WEBHOOK_SECRET: WEBHOOK_SIMULATOR_SECRET,
  CRM_WEBHOOK_PATH: '/',
}

interface Addresses {
  readonly x: string
  readonly tiktok: string
  readonly webhook: string
}

const environmentOf = ({ x, tiktok, webhook }: Addresses): Readonly<Record<string, string>> => ({
  X_ADS_URL: x,
  TIKTOK_ADS_URL: tiktok,
  WEBHOOK_URL: webhook,
  ...simulatorCredentials,
})

/** For a shell; nothing in it needs quotes. */
export const exportsOf = (environment: Readonly<Record<string, string>>): string =>
  Object.entries(environment)
    .map(([name, value]) => `export ${name}=${value}`)
    .join('\n')

/** `tidemark simulate`: the platforms and a webhook's receiver on 127.0.0.1 until SIGINT or SIGTERM. */
export const simulate = async (options: SimulateOptions): Promise<number> => {
  if (options.environment) return sayEnvironment(options)
  const running = await start(options)
  // Before it says that it runs: whoever reads that may end it at once.
  const asked = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
  const { x, tiktok, webhook } = running
  const addresses = { x: x.url, tiktok: tiktok.url, webhook: webhook.url }
  const { state = null } = options
  const document = { schema: 'tidemark.simulate/1', ...addresses, state, environment: environmentOf(addresses) }
  printLine(options.json ? JSON.stringify(document) : introduction(addresses, state))
  await asked
  await running.stop()
  return 0
}

const start = async (options: SimulateOptions): Promise<Together> => {
  const limits = options.rateLimits ? {} : { rateLimit: false as const }
  try {
    return await startTogether({
      x: { port: options.xPort, ...limits },
      tiktok: { port: options.tiktokPort, ...limits },
      webhook: { port: options.webhookPort ?? usualWebhookPort, ...limits },
      webhookAnywhere: options.webhookPort === undefined,
      state: options.state,
      complain: printError,
    })
  } catch (error) {
    if (error instanceof StateFileError) throw new UsageError(error.message)
    const { code, port } = error as NodeJS.ErrnoException & { readonly port?: number }
    if (code !== 'EADDRINUSE') throw error
    throw new UsageError(
      `Port ${port} is in use by another program; choose others with --x-port, --tiktok-port and --webhook-port (0: any free one).`,
    )
  }
}

/** Starts nothing: whoever reads it starts the simulators elsewhere, with the same ports. */
const sayEnvironment = ({ xPort, tiktokPort, webhookPort = usualWebhookPort, json }: SimulateOptions): number => {
  const at = (port: number): string => {
    if (port === 0) throw new UsageError('--environment needs the ports: 0 is known only once the simulators run.')
    return `http://127.0.0.1:${port}`
  }
  const environment = environmentOf({ x: at(xPort), tiktok: at(tiktokPort), webhook: at(webhookPort) })
  printLine(json ? JSON.stringify({ schema: 'tidemark.simulate/1', environment }) : exportsOf(environment))
  return 0
}

const introduction = (
  addresses: Addresses,
  state: string | null,
): string => `X Ads       ${addresses.x}   account_id ${X_SIMULATOR_ACCOUNT}
TikTok Ads  ${addresses.tiktok}   advertiser_id ${TIKTOK_SIMULATOR_ADVERTISER}
Webhook     ${addresses.webhook}   any endpoint_id

Use them as base_url in tidemark.yml, with this environment:
${exportsOf(environmentOf(addresses)).replaceAll(/^/gm, '  ')}

What they hold and were asked: ${addresses.x}/
${state === null ? 'It is gone when they end; --state FILE keeps it.' : `It is kept in ${state}.`}
Ctrl-C ends them.`
