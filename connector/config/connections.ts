import type { Destination } from '../destination/destination.ts'
import { type AirflowConnection, isConnection, readAirflowConnection } from './airflow-connection.ts'
import { variableOf } from './airflow-variable.ts'
import { ConnectionParts, type GivenKey } from './connection-parts.ts'
import { credentialKeys, giveDestination, warehouseOf, warehouseTypes } from './connection-types.ts'
import type { Path, Problems } from './problems.ts'
import { given, standIn, standInAddress, standInWarehouse } from './stand-ins.ts'
import { type Environment, isMapping, type Mapping } from './tree.ts'

/**
 * Who calls no platform need not have its credentials, nor who opens no warehouse its secrets, nor who looks at no state the
 * accounts: what is not set is made up.
 */
export interface LoadOptions {
  /** `may_be_incomplete`: a connection that is there need not give all of them. */
  readonly credentials?: 'needed' | 'may_be_missing' | 'may_be_incomplete'
  readonly warehouse?: 'needed' | 'may_be_missing'
  /** Those that only a connection names. */
  readonly accounts?: 'needed' | 'may_be_missing'
}

/** What stands where a connection is named that could not be followed: `missing` where that is all right. */
export type Unfollowed = 'missing' | 'wrong'

/** The values of a file with every connection in the place of the keys that it gives. */
export interface Followed {
  readonly tree: unknown
  /** The ids that the file names. */
  readonly warehouse: string | null
  readonly destinations: Readonly<Record<string, string>>
  readonly unfollowedWarehouse: Unfollowed | undefined
  /** By the name of the destination. */
  readonly unfollowed: ReadonlyMap<string, Unfollowed>
}

/** Where a connection is named, and what its variable is called. */
interface Named {
  readonly entry: Mapping
  readonly path: Path
  readonly id: string
  readonly variable: string
}

const idForm = /^[A-Za-z0-9_.-]{1,200}$/

/** Reads what stands in AIRFLOW_CONN_… wherever `tree` names a connection; what is wrong with it is noted in `problems`. */
export function followConnections(
  tree: unknown,
  contracts: Readonly<Record<string, Destination>>,
  environment: Environment,
  may: LoadOptions,
  problems: Problems,
): Followed {
  const follower = new Follower(environment, may, problems)
  if (!isMapping(tree)) return follower.followed(tree)
  const copy: Record<string, unknown> = Object.assign(Object.create(null), tree)
  if (isMapping(tree.warehouse) && Object.hasOwn(tree.warehouse, 'connection'))
    copy.warehouse = follower.warehouse(tree.warehouse)
  if (isMapping(tree.destinations))
    copy.destinations = Object.assign(
      Object.create(null),
      Object.fromEntries(
        Object.entries(tree.destinations).map(([name, entry]) => [
          name,
          isMapping(entry) && Object.hasOwn(entry, 'connection')
            ? follower.destination(name, entry, contractOf(entry, contracts))
            : entry,
        ]),
      ),
    )
  return follower.followed(copy)
}

const contractOf = ({ type }: Mapping, contracts: Readonly<Record<string, Destination>>): Destination | undefined =>
  typeof type === 'string' && Object.hasOwn(contracts, type) ? contracts[type] : undefined

class Follower {
  readonly #environment: Environment
  readonly #may: LoadOptions
  readonly #problems: Problems
  readonly #destinations: Record<string, string> = Object.create(null)
  readonly #unfollowed = new Map<string, Unfollowed>()
  #warehouse: string | null = null
  #unfollowedWarehouse: Unfollowed | undefined

  constructor(environment: Environment, may: LoadOptions, problems: Problems) {
    this.#environment = environment
    this.#may = may
    this.#problems = problems
  }

  followed(tree: unknown): Followed {
    return {
      tree,
      warehouse: this.#warehouse,
      destinations: this.#destinations,
      unfollowedWarehouse: this.#unfollowedWarehouse,
      unfollowed: this.#unfollowed,
    }
  }

  warehouse(entry: Mapping): Mapping {
    const named = this.#named(entry, ['warehouse'])
    const follow = named && this.#warehouseOf(named)
    this.#warehouse = named?.id ?? null
    if (follow === undefined || follow === 'missing') this.#unfollowedWarehouse = follow ?? 'wrong'
    return typeof follow === 'object' ? follow : entry
  }

  #warehouseOf(named: Named): Mapping | 'missing' | undefined {
    const { entry, path, variable } = named
    const mayBeMissing = this.#may.warehouse === 'may_be_missing'
    const connection = this.#connection(named, mayBeMissing)
    if (connection === 'missing') return standInWarehouse(entry) ?? 'missing'
    if (connection === undefined) return undefined
    const kind = warehouseOf(connection)
    if (kind === undefined) return this.#otherType(named, connection, Object.keys(warehouseTypes), '')
    if (entry.type !== undefined && entry.type !== kind.warehouse) {
      const wrong = `is not that of ${variable}, which is ${kind.warehouse}`
      return void this.#problems.add([...path, 'type'], wrong, entry.type, 'take it out, or name another connection')
    }
    const parts = new ConnectionParts(connection, kind.legacyPrefix)
    kind.give(parts)
    return this.#merged(named, parts, { type: kind.warehouse })
  }

  destination(name: string, entry: Mapping, contract: Destination | undefined): Mapping {
    const named = this.#named(entry, ['destinations', name])
    if (named !== undefined) this.#destinations[name] = named.id
    const follow = named && contract && this.#destinationOf(named, contract)
    if (follow === undefined) this.#unfollowed.set(name, 'wrong')
    return follow ?? entry
  }

  #destinationOf(named: Named, contract: Destination): Mapping | undefined {
    const { credentials = 'needed' } = this.#may
    const connection = this.#connection(named, credentials !== 'needed')
    if (connection === undefined) return undefined
    if (connection === 'missing') return this.#withoutConnection(named, contract)
    if (connection.type !== contract.type)
      return this.#otherType(named, connection, [contract.type], ', or write its keys here instead')
    const parts = new ConnectionParts(connection)
    giveDestination(parts, contract)
    const merged = this.#merged(named, parts, {}, contract.accountKey)
    return credentials === 'may_be_incomplete' ? withCredentials(merged, contract) : merged
  }

  /** With credentials that are made up, and where nobody asks for them without account and address. */
  #withoutConnection({ entry, path, id, variable }: Named, contract: Destination): Mapping | undefined {
    const { accountKey, limits } = contract
    const identity = [accountKey, ...(limits.baseUrl === undefined ? ['base_url'] : [])]
    const lacking = identity.filter((key) => entry[key] === undefined)
    if (lacking.length > 0 && this.#may.accounts !== 'may_be_missing') {
      for (const key of lacking) {
        const wayOut = `set it in the environment, or write ${key} beside the connection ${id}`
        this.#problems.unreadable([...path, key], `needs ${variable}`, `${variable}, not set or empty`, wayOut)
      }
      return undefined
    }
    if (lacking.includes(accountKey)) this.#unfollowed.set(String(path[1]), 'missing')
    return withCredentials(lacking.includes('base_url') ? { ...entry, base_url: standInAddress } : entry, contract)
  }

  /** Undefined where no connection could be meant; then a problem is noted. */
  #named(entry: Mapping, path: Path): Named | undefined {
    const { connection: id } = entry
    const at = [...path, 'connection']
    if (id === undefined) return undefined
    const wayOut = 'write its id as Airflow has it: analytics'
    if (this.#problems.isFromEnvironment(at)) {
      const other = 'write it out: what its variable AIRFLOW_CONN_… holds may differ from place to place'
      return void this.#problems.add(at, 'must not come from a variable', id, other)
    }
    if (typeof id !== 'string') return void this.#problems.add(at, 'must be the id of a connection', id, wayOut)
    if (idForm.test(id)) return { entry, path, id, variable: variableOf(id) }
    return void this.#problems.unreadable(at, 'must be the id of a connection', 'text that is not shown', wayOut)
  }

  #connection({ path, id, variable }: Named, mayBeMissing: boolean): AirflowConnection | 'missing' | undefined {
    const at = [...path, 'connection']
    const value = given(this.#environment, variable)?.trim()
    if (value) {
      const read = readAirflowConnection(value)
      if (isConnection(read)) return read
      return void this.#problems.add(at, `leads to ${variable}, which ${read.wrong}`, id, read.wayOut)
    }
    if (mayBeMissing) return 'missing'
    const wayOut = `set it in the environment, or in Airflow add ${id} to the connections of the operator`
    return void this.#problems.unreadable(at, `needs ${variable}`, `${variable}, not set or empty`, wayOut)
  }

  #otherType(
    { path, id, variable }: Named,
    { type }: AirflowConnection,
    known: readonly string[],
    or: string,
  ): undefined {
    const shown = /^[a-z][a-z0-9_]{0,40}$/i.test(type) ? type : 'that is not shown'
    const wrong = `leads to ${variable}, a connection of type ${shown}`
    this.#problems.add([...path, 'connection'], wrong, id, `name one of type ${known.join(' or ')}${or}`)
  }

  /** The entry with what the connection gives. An identity, which both may give, must be the same in both. */
  #merged(named: Named, parts: ConnectionParts, more: Mapping, identity?: string): Mapping {
    const { entry, path, id, variable } = named
    for (const { wrong, wayOut } of parts.problems())
      this.#problems.add([...path, 'connection'], `leads to ${variable}, which ${wrong}`, id, wayOut)
    const { connection: _, ...others } = entry
    const merged: Record<string, unknown> = { ...others, ...more }
    for (const part of parts.given) this.#give(merged, part, named, identity)
    return merged
  }

  #give(merged: Record<string, unknown>, { path: keys, value, from }: GivenKey, named: Named, identity?: string): void {
    const { entry, path, variable } = named
    const at = [...path, ...keys]
    const [key = '', below] = keys
    const own = below === undefined ? entry[key] : isMapping(entry[key]) ? entry[key][below] : undefined
    if (own === undefined) {
      const holder = merged[key]
      merged[key] = below === undefined ? value : { ...(isMapping(holder) ? holder : {}), [below]: value }
      this.#problems.cameFromConnection(at, from, variable)
    } else if (key !== identity) {
      this.#problems.add(at, `stands beside ${from} of ${variable}, which gives it too`, own, 'keep one of them')
    } else if (own !== value) {
      const wayOut = 'take it out, or name the connection of this account'
      this.#problems.add(at, `is not ${from} of ${variable}`, own, wayOut)
    }
  }
}

/** Credentials that are not there made up. */
const withCredentials = (entry: Mapping, { settings }: Destination): Mapping => {
  const own = isMapping(entry.credentials) ? entry.credentials : {}
  const madeUp = Object.fromEntries(credentialKeys(settings.shape.credentials).map((key) => [key, standIn]))
  return { ...entry, credentials: { ...madeUp, ...own } }
}
