import { randomBytes } from 'node:crypto'
import { exits, RunStopped } from '../activation/stop.ts'
import { type AppSettings, loadApp } from '../config/app.ts'
import { UsageError } from '../config/load.ts'
import type { Consent, Consented, ConsentPage, ConsentRequest } from '../destination/consent.ts'
import { contractOf } from '../destination/registry.ts'
import { type Ask, askOf } from './ask.ts'
import { type Answer, answerWith } from './document.ts'
import { printError } from './output.ts'
import { openPrompt, type Prompt } from './prompt.ts'

export interface ConnectOptions {
  readonly config: string
  readonly json?: boolean
  readonly redirectUri?: string
}

/** `tidemark connect`: lets a user consent, and prints what to keep in the environment. Writes nothing anywhere. */
export const connect = (name: string, options: ConnectOptions): Promise<number> =>
  answerWith('tidemark.connect/1', options, async () => {
    const found = await loadApp(options.config, process.env, name)
    const { settings } = found
    const { consent, title } = contractOf(settings)
    if (!consent)
      throw new RunStopped(
        exits.configuration,
        'no_consent',
        `${title} asks nobody for consent, so there is nothing to connect: write the credentials of \`destinations.${name}\` yourself.`,
      )
    const prompt = openPrompt()
    try {
      const { redirectUri } = options
      const app: ConsentRequest = {
        ...settings,
        credentials: await credentialsOf(settings.credentials, consent, prompt),
        state: randomBytes(8).toString('hex'),
        ...(redirectUri === undefined ? {} : { redirectUri }),
      }
      return brought(found, consent, await consented(app, consent, askOf(settings), prompt))
    } finally {
      prompt.close()
    }
  })

/** What to keep, and where: for a shell, or for the extra of the connection that the destination names. */
const brought = (
  { settings: { name, type }, variables, connection }: AppSettings,
  { brings }: Consent,
  { credentials, whose }: Consented,
): Answer => {
  const environment = Object.fromEntries(
    brings.map((key) => [variables[key] ?? variableFor(name, key), credentials[key] ?? '']),
  )
  const kept =
    connection === null ? 'the environment of `tidemark run`' : `the extra of the Airflow connection ${connection}`
  const lines =
    connection === null
      ? Object.entries(environment).map(([variable, value]) => `export ${variable}=${quoted(value)}`)
      : brings.map((key) => `${JSON.stringify(key)}: ${JSON.stringify(credentials[key] ?? '')}`)
  return {
    document: { destination: name, platform: type, whose, environment, ...(connection === null ? {} : { connection }) },
    text: [`# Consent of ${whose}. Nothing was written: keep this in ${kept}.`, ...lines].join('\n'),
    exit: 0,
  }
}

/** Those of the developer app; what the environment does not have yet is asked for. */
const credentialsOf = async (
  known: Readonly<Record<string, string>>,
  { needs }: Consent,
  prompt: Prompt,
): Promise<Readonly<Record<string, string>>> => {
  const found: Record<string, string> = {}
  for (const key of needs) found[key] = known[key] ?? (await prompt.secret(`${key} of the developer app`))
  return found
}

const consented = async (app: ConsentRequest, consent: Consent, ask: Ask, prompt: Prompt): Promise<Consented> => {
  const begun = consent.begin(app)
  const page: ConsentPage = 'address' in begun ? begun : await ask(begun, 'asking for consent')
  printError(
    `Open this address as the user whose ad account it is, and agree; then give the ${consent.asks} that you see, or the address that you are led to:\n${page.address}`,
  )
  const shown = shownIn(await prompt.secret(consent.asks), app, consent)
  // Good for once: asked again, it would be refused although it was taken.
  return ask(consent.finish(app, page, shown), `exchanging the ${consent.asks}`, { once: true }).catch((error) => {
    throw usedUp(error, app.name, consent)
  })
}

/** Where nobody knows whether it was taken, the same one again would only be refused. */
const usedUp = (error: unknown, name: string, { asks }: Consent): unknown =>
  error instanceof RunStopped && error.exit === exits.tryAgain
    ? new RunStopped(
        error.exit,
        error.code,
        `${error.message} The ${asks} may be used up by that: begin again with \`tidemark connect ${name}\`.`,
      )
    : error

/** What was shown itself, or in the address that the browser was led to. */
const shownIn = (text: string, { state }: ConsentRequest, { asks }: Consent): string => {
  const address = text.includes('://') ? URL.parse(text) : null
  if (address === null) return text
  const [shown, of] = [address.searchParams.get(asks), address.searchParams.get('state')]
  if (shown === null || shown === '')
    throw new UsageError(
      `The address holds no ${asks}: give the one that the browser was led to after the user agreed, or the ${asks} itself.`,
    )
  if (of !== null && of !== '' && of !== state)
    throw new UsageError(
      `The address belongs to another request for consent: its state is not that of this one. Begin again.`,
    )
  return shown
}

/** Where the configuration names no variable for it. */
const variableFor = (destination: string, key: string): string => `${destination}_${key}`.toUpperCase()

/** For a POSIX shell. */
const quoted = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`
