import { type Exit, exits } from '../activation/stop.ts'
import { stopOf } from '../activation/stop-of.ts'
import type { Configuration } from '../config/activation.ts'
import type { MissingCredential } from '../config/missing.ts'
import { loadWithMissing } from '../config/missing.ts'
import type { Account, Call, DestinationSettings } from '../destination/destination.ts'
import { contractOf } from '../destination/registry.ts'
import { lacksRole, rolesOf } from './accounts.ts'
import { type Ask, askOf } from './ask.ts'
import { examineState, type StateFound } from './doctor-state.ts'
import { type Answer, answerWith } from './document.ts'
import { checkSelection, narrowed, type SelectionOptions } from './selection.ts'
import { worstExit } from './summary.ts'
import { probe, warningText } from './validate.ts'
import { openWaits, type Waits } from './waits.ts'

export interface DoctorOptions extends SelectionOptions {
  readonly config: string
  readonly json?: boolean
}

/** One thing that was looked at. `warning`: a run gets through, for now. */
interface Check {
  /** `configuration`, `warehouse`, `destinations.x`. */
  readonly subject: string
  readonly status: 'fine' | 'warning' | 'wrong'
  readonly code: string
  readonly message: string
  readonly exit: 0 | Exit
}

/** X refuses old timestamps, and does not publish how old they may be (X Ads reference, 1.1). */
const mostSkewSeconds = 30

/** `tidemark doctor`: looks at everything that a run needs, and changes nothing. Spends none of the calls that are rare. */
export const doctor = async (names: readonly string[], options: DoctorOptions): Promise<number> => {
  checkSelection(names, options)
  return answerWith('tidemark.doctor/1', options, async () => {
    const { configuration: whole, missing } = await loadWithMissing(options.config, process.env)
    const configuration = narrowed(whole, names, options)
    const warehouse = await checkWarehouse(configuration)
    const state = await checkState(configuration, warehouse)
    const known = (settings: DestinationSettings) =>
      configuration.activations.flatMap(({ name, destination }) => {
        const id = state.audiences.get(name)
        return destination.name === settings.name && id !== undefined ? [{ activation: name, id }] : []
      })
    const waits = openWaits()
    const checks = [
      fine('configuration', 'configuration', `${options.config} is fine.`),
      ...warehouse,
      ...state.checks,
      ...(
        await Promise.all(
          configuration.destinations.map((settings) =>
            checkDestination(settings, missing.get(settings.name) ?? [], known(settings), waits),
          ),
        )
      ).flat(),
    ]
    return answer(checks)
  })
}

const fine = (subject: string, code: string, message: string): Check => ({
  subject,
  status: 'fine',
  code,
  message,
  exit: 0,
})
const wrong = (subject: string, code: string, message: string, exit: Exit): Check => ({
  subject,
  status: 'wrong',
  code,
  message,
  exit,
})

/** A run gets through. */
const warning = (subject: string, code: string, message: string): Check => ({
  subject,
  status: 'warning',
  code,
  message,
  exit: 0,
})

const checkWarehouse = async (configuration: Configuration): Promise<readonly Check[]> => {
  try {
    const { unreadable, warnings } = await probe(configuration)
    const surprising = warnings.map((found) => warning('warehouse', found.code, `${warningText(found)}.`))
    if (unreadable.length === 0)
      return [
        fine('warehouse', 'segments', 'It opens, and has every relation and column that activations read.'),
        ...surprising,
      ]
    return [
      ...unreadable.map(({ activations, code, message, exit }) =>
        wrong('warehouse', code, `${message} (${activations.join(', ')})`, exit),
      ),
      ...surprising,
    ]
  } catch (error) {
    const { code, message, exit } = stopOf(error)
    return [wrong('warehouse', code, message, exit)]
  }
}

/** Would a run find, or could it make, the tables that it keeps? What `others` say already is not said again. */
const checkState = async (
  configuration: Configuration,
  others: readonly Check[],
): Promise<{ readonly checks: readonly Check[]; readonly audiences: StateFound['audiences'] }> => {
  const { schema } = configuration.warehouse
  try {
    const { writable, audiences } = await examineState(configuration)
    const says = `A run may make and write its tables in the schemas ${schema} and ${schema}_state.`
    return { checks: writable ? [fine('warehouse', 'state', says)] : [], audiences }
  } catch (error) {
    const { code, message, exit } = stopOf(error)
    if (others.some((other) => other.code === code && other.message.includes(message)))
      return { checks: [], audiences: new Map() }
    const told = exit !== exits.permission || message.includes('tidemark grants')
    const grants = told ? '' : ' `tidemark grants` prints the rights that runs need.'
    const says = `A run could not keep its tables in the schemas ${schema} and ${schema}_state: ${message}${grants}`
    return { checks: [wrong('warehouse', code, says, exit)], audiences: new Map() }
  }
}

const checkDestination = async (
  settings: DestinationSettings,
  missing: readonly MissingCredential[],
  audiences: readonly KnownAudience[],
  waits: Waits,
): Promise<readonly Check[]> => {
  const subject = `destinations.${settings.name}`
  if (missing.length > 0)
    return missing.map(({ says }) => wrong(subject, 'credentials_missing', `${says}.`, exits.configuration))
  const account = contractOf(settings).account(settings)
  const ask = askOf(settings, waits)
  const clock = { skewSeconds: null as number | null }
  const access = await checkAccess(subject, account, ask, clock)
  return [
    access,
    ...(access.exit === 0 ? await checkRoles(subject, account, settings, ask) : []),
    ...(access.exit === 0 ? await checkAudiences(subject, account, audiences, ask) : []),
    ...checkClock(subject, clock),
  ]
}

/** A search finds out whether the platform is reached, and takes the token for the account and for audiences. */
const checkAccess = async (
  subject: string,
  account: Account,
  ask: Ask,
  clock: { skewSeconds: number | null },
): Promise<Check> => {
  try {
    await ask(watched(account.findAudience('tidemark doctor'), clock), 'looking at the audiences of the account')
    return fine(subject, 'access', 'It is reached, and takes the credentials for this account and its audiences.')
  } catch (error) {
    const { code, message, exit } = stopOf(error)
    return wrong(subject, code, message, exit)
  }
}

interface KnownAudience {
  readonly activation: string
  readonly id: string
}

/** Is each audience that runs go on with still there? */
const checkAudiences = async (
  subject: string,
  { inspectAudience }: Account,
  audiences: readonly KnownAudience[],
  ask: Ask,
): Promise<readonly Check[]> => {
  const checks: Check[] = []
  if (!inspectAudience || audiences.length === 0) return []
  for (const { activation, id } of audiences) {
    try {
      await ask(inspectAudience(id), `looking at audience ${id} of ${activation}`)
    } catch (error) {
      const { code, message, exit } = stopOf(error)
      checks.push(wrong(subject, code, `${activation}: ${message}`, exit))
    }
  }
  if (checks.length > 0) return checks
  const count = audiences.length === 1 ? 'audience that a run goes on with is' : 'audiences that runs go on with are'
  return [fine(subject, 'audiences', `The ${audiences.length} ${count} there.`)]
}

/** Where the platform says what the user may do. Where it does not, only a run can tell. */
const checkRoles = async (
  subject: string,
  { directory }: Account,
  { name, accountId }: DestinationSettings,
  ask: Ask,
): Promise<readonly Check[]> => {
  if (!directory?.saysRoles) return []
  try {
    const [found = { accountId }] = await ask(directory.facts([accountId]), 'asking what may be done there')
    const lack = lacksRole(name, found)
    if (lack) return [wrong(subject, lack.code, lack.message, lack.exit)]
    return [fine(subject, 'roles', `The user behind the token may change audiences (${rolesOf(found.permissions)}).`)]
  } catch (error) {
    // The account was just reached: a run may well get through.
    const { code, message } = stopOf(error)
    return [warning(subject, code, message)]
  }
}

/** Also reads the time that the platform answers with. */
const watched = <T>(call: Call<T>, clock: { skewSeconds: number | null }): Call<T> => ({
  ...call,
  read: (answer) => {
    const there = Date.parse(answer.headers.date ?? '')
    if (!Number.isNaN(there)) clock.skewSeconds = Math.round((Date.now() - there) / 1000)
    return call.read(answer)
  },
})

const checkClock = (subject: string, { skewSeconds }: { readonly skewSeconds: number | null }): readonly Check[] => {
  if (skewSeconds === null || Math.abs(skewSeconds) <= mostSkewSeconds) return []
  const direction = skewSeconds > 0 ? 'ahead' : 'behind'
  const message = `The clock of this machine is ${Math.abs(skewSeconds)} s ${direction} of the platform's: requests are dated, and are refused when that is too far off. Set it right.`
  return [warning(subject, 'clock', message)]
}

const marks = { fine: 'fine   ', warning: 'warning', wrong: 'wrong  ' } as const

const answer = (checks: readonly Check[]): Answer => ({
  document: { checks: checks.map(({ exit: _, ...check }) => check) },
  text: checks.map(({ status, subject, message }) => `${marks[status]}  ${subject}: ${message}`).join('\n'),
  exit: worstExit(checks.map(({ exit }) => exit)),
  colours: { fine: 'green', warning: 'yellow', wrong: 'red' },
})
