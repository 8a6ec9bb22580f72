import type { Destination, DestinationSettings } from '../destination/destination.ts'
import { type ActivationSettings, readActivationSettings } from './activation-settings.ts'
import type { Unfollowed } from './connections.ts'
import { didYouMean } from './nearest.ts'
import type { Path, Problems } from './problems.ts'
import { addIssues, type Read, readEntries, readMapping } from './read.ts'
import * as schema from './schema.ts'
import { nameForm, nameRule } from './schema-parts.ts'
import { isMapping, type Mapping } from './tree.ts'

/** What an activation needs of one entry of `destinations`; what is undefined could not be read. */
export interface DestinationEntry {
  readonly path: Path
  readonly contract: Destination | undefined
  readonly settings: DestinationSettings | undefined
  readonly defaults: ActivationSettings
}

const quietAfterTimeoutMs = 60_000

/** What stands for the account of a destination where only its connection knows it, and that is not there. */
export const accountOfConnection = (destination: string): string => `(of the connection of ${destination})`

/**
 * All entries of `destinations` by name. `leaseSeconds` bounds how long a request may take; `unfollowed` names the entries
 * whose connection could not be followed.
 */
export function readDestinations(
  value: unknown,
  contracts: Readonly<Record<string, Destination>>,
  leaseSeconds: number | undefined,
  problems: Problems,
  unfollowed: ReadonlyMap<string, Unfollowed> = new Map(),
): ReadonlyMap<string, DestinationEntry> {
  const entries = new Map<string, DestinationEntry>()
  for (const [name, entry] of readEntries(value, ['destinations'], problems)) {
    const path = ['destinations', name]
    if (!nameForm.test(name)) problems.add(path, nameRule, name, 'rename it')
    const place = { name, path, unfollowed: unfollowed.get(name) }
    entries.set(name, readDestination(place, entry, contracts, leaseSeconds, problems))
  }
  return entries
}

interface Place {
  readonly name: string
  readonly path: Path
  readonly unfollowed: Unfollowed | undefined
}

function readDestination(
  { name, path, unfollowed }: Place,
  value: unknown,
  contracts: Readonly<Record<string, Destination>>,
  leaseSeconds: number | undefined,
  problems: Problems,
): DestinationEntry {
  const contract = readContract(value, path, contracts, problems)
  // Of an unknown platform any key may be right, so only those that every platform has are checked.
  const known = isMapping(value) && contract === undefined ? pick(value, Object.keys(schema.destination.shape)) : value
  // Typed as no keys at all: the platform's own are only checked here and read by `readAccount`.
  const own: Record<never, never> = contract === undefined ? {} : settingsOf(contract, unfollowed).shape
  const read = readMapping(schema.destination.extend(own), known, path, problems)
  const defaults = readActivationSettings(read.defaults ?? {}, [...path, 'defaults'], contract, problems)
  const baseUrl = readBaseUrl(read.base_url, [...path, 'base_url'], problems)
  if (contract === undefined || !isMapping(value)) return { path, contract, settings: undefined, defaults }

  const request = readRequest(read, path, contract, leaseSeconds, problems)
  const account = unfollowed === 'wrong' ? undefined : readAccount(value, path, contract, unfollowed, problems)
  const address = baseUrl ?? contract.limits.baseUrl
  if (read.base_url === undefined && address === undefined && unfollowed !== 'wrong')
    problems.add([...path, 'base_url'], 'is missing', undefined, 'write scheme, host and port of your endpoint')
  if (account === undefined || address === undefined) return { path, contract, settings: undefined, defaults }
  const settings = {
    name,
    type: contract.type,
    ...account,
    baseUrl: address,
    requestsPerSecond: read.rate_limit?.requests_per_second ?? contract.limits.requestsPerSecond,
    request,
  }
  return { path, contract, settings, defaults }
}

function readContract(
  value: unknown,
  path: Path,
  contracts: Readonly<Record<string, Destination>>,
  problems: Problems,
): Destination | undefined {
  if (!isMapping(value)) return undefined
  const { type } = value
  if (typeof type !== 'string') {
    const wrong = type === undefined ? 'is missing' : 'must be text'
    return void problems.add([...path, 'type'], wrong, type, `write type: ${Object.keys(contracts).join(' or ')}`)
  }
  if (Object.hasOwn(contracts, type)) return contracts[type]
  problems.add([...path, 'type'], 'is no ad platform we know', type, didYouMean(type, Object.keys(contracts)))
  return undefined
}

/** The platform's own keys; those that a connection would have given may be missing where it is. */
const settingsOf = (contract: Destination, unfollowed: Unfollowed | undefined) => {
  if (unfollowed === undefined) return contract.settings
  return unfollowed === 'wrong' ? schema.optionalSettings(contract) : withoutAccount(contract)
}

const withoutAccount = ({ settings, accountKey }: Destination) =>
  settings.extend({ [accountKey]: schema.optionalKey(settings, accountKey) })

/** The platform's own keys, checked as a whole too: its schema may compare one with another. */
function readAccount(
  value: Mapping,
  path: Path,
  contract: Destination,
  unfollowed: Unfollowed | undefined,
  problems: Problems,
) {
  if (problems.within(path)) return undefined
  const own = pick(value, Object.keys(contract.settings.shape))
  const result = settingsOf(contract, unfollowed).safeParse(own)
  if (!result.success) return void addIssues(result.error.issues, own, path, problems)
  const { [contract.accountKey]: accountId, credentials, ...others } = result.data
  return {
    accountId: unfollowed === undefined ? String(accountId) : accountOfConnection(String(path[1])),
    credentials: (credentials ?? {}) as Readonly<Record<string, string>>,
    own: others as Readonly<Record<string, unknown>>,
  }
}

/** `https://host:port`, without a slash at the end. A path or a query may hold a secret, so it is never shown. */
function readBaseUrl(text: string | undefined, path: Path, problems: Problems): string | undefined {
  if (text === undefined) return undefined
  const url = URL.parse(text)
  const bare = url !== null && `${url.username}${url.password}${url.search}${url.hash}` === '' && url.pathname === '/'
  if (bare && ['http:', 'https:'].includes(url.protocol) && !/[?#]$/.test(text)) return url.origin
  const wayOut = 'write scheme, host and port only, such as "http://127.0.0.1:8081"'
  return void problems.unreadable(
    path,
    'must be an http or https address without a path',
    'text that is not shown',
    wayOut,
  )
}

function readRequest(
  read: Read<typeof schema.destination>,
  path: Path,
  { limits }: Destination,
  leaseSeconds: number | undefined,
  problems: Problems,
): DestinationSettings['request'] {
  const { request } = read
  const timeoutMs = request?.timeout_ms ?? limits.timeoutMs
  const quietMs = request?.quiet_ms ?? timeoutMs + quietAfterTimeoutMs
  const maxRows = request?.max_rows ?? limits.maxRows
  if (quietMs < timeoutMs) {
    const wayOut = 'raise it: until then a request without an answer may still be applied'
    problems.add([...path, 'request', 'quiet_ms'], `must be at least timeout_ms (${timeoutMs})`, quietMs, wayOut)
  }
  // The heartbeat extends the lease every third of it, so that two thirds are always left for a request.
  const leftMs = leaseSeconds === undefined ? Number.POSITIVE_INFINITY : (leaseSeconds * 2000) / 3
  if (leftMs <= timeoutMs) {
    const wrong = `must be less than two thirds of the lease (${Math.floor(leftMs)} ms)`
    const wayOut = `lower it or set run.lease_seconds to ${Math.floor((timeoutMs * 3) / 2000) + 1} or more`
    problems.add([...path, 'request', 'timeout_ms'], wrong, timeoutMs, wayOut)
  }
  return {
    timeoutMs,
    quietMs,
    concurrency: request?.concurrency ?? limits.concurrency,
    ...(maxRows === undefined ? {} : { maxRows }),
    maxBytes: request?.max_bytes ?? limits.maxBytes,
    combinedRows: request?.combined_rows ?? false,
  }
}

const pick = (value: Mapping, keys: readonly string[]): Mapping =>
  Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)))
