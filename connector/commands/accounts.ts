import { exits, RunStopped } from '../activation/stop.ts'
import { stopOf } from '../activation/stop-of.ts'
import { loadDestination } from '../config/app.ts'
import type { AccountDirectory, AccountFacts } from '../destination/accounts.ts'
import type { Destination, DestinationSettings } from '../destination/destination.ts'
import { contractOf } from '../destination/registry.ts'
import { type Ask, askOf } from './ask.ts'
import { answerWith } from './document.ts'
import { renderTable } from './table.ts'

export interface AccountsOptions {
  readonly config: string
  readonly json?: boolean
}

/** No platform has so many pages: who lists on without end is not understood. */
const mostPages = 100

/** `tidemark accounts`: the ad accounts that the token of a destination can see, and whether the configured one is among them. */
export const accounts = (name: string, options: AccountsOptions): Promise<number> =>
  answerWith('tidemark.accounts/1', options, async () => {
    const settings = await loadDestination(options.config, process.env, name)
    const destination = contractOf(settings)
    const directory = directoryOf(destination, settings)
    const ask = askOf(settings)
    const listed = await listAll(directory, ask, destination)
    const { known, unknown } = await describe(directory, ask, listed)
    const problem = problemWith(known, settings, destination)
    return {
      document: {
        destination: settings.name,
        platform: settings.type,
        configured: settings.accountId,
        accounts: known.map(documentOf),
        incomplete: unknown,
        error: problem === null ? null : { code: problem.code, message: problem.message },
      },
      text: [tableOf(known, settings), ...unknown, problem?.message ?? fine(settings, destination)].join('\n'),
      exit: problem?.exit ?? 0,
    }
  })

const directoryOf = ({ title, account }: Destination, settings: DestinationSettings): AccountDirectory => {
  const { directory } = account(settings)
  if (!directory)
    throw new RunStopped(
      exits.configuration,
      'no_accounts',
      `${title} has no list of accounts: nothing to choose from.`,
    )
  const missing = directory.needs.filter((key) => settings.credentials[key] === undefined)
  if (missing.length > 0)
    throw new RunStopped(
      exits.configuration,
      'credentials_missing',
      `To list the accounts of \`destinations.${settings.name}\`, ${title} also wants ${missing.join(' and ')} of the developer app: add them to its \`credentials\`. A run does not need them.`,
    )
  return directory
}

const listAll = async (
  directory: AccountDirectory,
  ask: Ask,
  { title }: Destination,
): Promise<readonly AccountFacts[]> => {
  const found: AccountFacts[] = []
  let cursor: string | undefined
  for (let page = 1; page <= mostPages; page++) {
    const { accounts: more, nextCursor } = await ask(directory.list(cursor), 'listing the ad accounts')
    found.push(...more)
    if (nextCursor === undefined) return found.sort(byName)
    cursor = nextCursor
  }
  throw new RunStopped(
    exits.notUnderstood,
    'endless_list',
    `${title} listed ${mostPages} pages of ad accounts without coming to an end: this answer is not understood. Please report this.`,
  )
}

const byName = (a: AccountFacts, b: AccountFacts): number =>
  (a.name ?? '').localeCompare(b.name ?? '', 'en') || a.accountId.localeCompare(b.accountId, 'en')

/** Adds what the list leaves out. Where that is refused the list stands all the same, and why is said. */
const describe = async (directory: AccountDirectory, ask: Ask, listed: readonly AccountFacts[]) => {
  const groups = Array.from({ length: Math.ceil(listed.length / directory.factsPerCall) }, (_, i) =>
    listed.slice(i * directory.factsPerCall, (i + 1) * directory.factsPerCall).map(({ accountId }) => accountId),
  )
  const unknown = new Set<string>()
  const facts = await Promise.all(
    groups.map((ids) =>
      ask(directory.facts(ids), 'asking what may be done there').catch((error: unknown) => {
        unknown.add(stopOf(error).message)
        return []
      }),
    ),
  )
  const byId = new Map(facts.flat().map((one) => [one.accountId, one]))
  return { known: listed.map((one) => ({ ...one, ...byId.get(one.accountId) })), unknown: [...unknown] }
}

/** Why runs of this destination would not get through, or null. */
const problemWith = (
  known: readonly AccountFacts[],
  { name, accountId }: DestinationSettings,
  { title, accountKey }: Destination,
): RunStopped | null => {
  const configured = known.find((one) => one.accountId === accountId)
  if (!configured) {
    const others = known.map((one) => one.accountId)
    const choice = others.length === 0 ? '' : `, or choose one of those above for \`${accountKey}\``
    const all = others.length === 0 ? ', nor for any other' : ''
    return permission(
      `${userOf(name)} has no permission for account ${accountId}${all}; ask for it in ${title}, where the owner of the account gives it${choice}.`,
    )
  }
  return lacksRole(name, configured)
}

/** Why the user behind the token of a destination may not change audiences of an account; null where that is not said. */
export const lacksRole = (destination: string, { accountId, permissions, mayEdit }: AccountFacts): RunStopped | null =>
  mayEdit === false
    ? permission(
        `${userOf(destination)} may see account ${accountId} but not change its audiences (${rolesOf(permissions)}); ask the owner of the account for a role that may.`,
      )
    : null

export const rolesOf = (permissions: AccountFacts['permissions']): string => permissions?.join(', ') || 'no role'
const userOf = (destination: string): string => `The user who connected \`destinations.${destination}\``

const permission = (message: string): RunStopped => new RunStopped(exits.permission, 'account_permission', message)

const fine = ({ name, accountId }: DestinationSettings, { accountKey }: Destination): string =>
  `\`destinations.${name}\` uses ${accountKey} ${accountId}, which is among them.`

const documentOf = ({ accountId, name, status, permissions, mayEdit }: AccountFacts) => ({
  id: accountId,
  name: name ?? null,
  status: status ?? null,
  permissions: permissions ?? null,
  may_edit: mayEdit ?? null,
})

const tableOf = (known: readonly AccountFacts[], { accountId }: DestinationSettings): string =>
  known.length === 0
    ? 'The token can see no ad account.'
    : renderTable(
        known.map((one) => ({
          account: one.accountId,
          name: one.name ?? null,
          status: one.status ?? null,
          permissions: one.permissions?.join(', ') ?? null,
          configured: one.accountId === accountId ? 'yes' : '',
        })),
      )
