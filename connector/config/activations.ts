import type { Activation, Guards, MappedField } from './activation.ts'
import {
  type ActivationSettings,
  checkAudienceName,
  mergeSettings,
  readActivationSettings,
} from './activation-settings.ts'
import { configHash } from './config-hash.ts'
import type { DestinationEntry } from './destinations.ts'
import { didYouMean } from './nearest.ts'
import { type Path, type Problems, pathText } from './problems.ts'
import { readMapping } from './read.ts'
import { refuseSmallRequests, type Sent } from './request-limits.ts'
import * as schema from './schema.ts'
import type { SegmentEntry } from './segments.ts'
import { isMapping, type Mapping } from './tree.ts'

export const guardDefaults = {
  maxRemovedShare: 0.3,
  maxTouchedShare: 0.5,
  maxRejectedShare: 0.5,
  maxNullKeyShare: 0.01,
  allowEmpty: false,
}
export const quarantineDaysDefault = 30

/** An activation with where its name and its audience's name were written, for problems that compare two of them. */
interface Placed {
  readonly path: Path
  readonly namePath: Path
  readonly audiencePath: Path
  readonly audienceValuePath: Path
  readonly name: string
  readonly renamedFrom: string | undefined
  readonly audienceName: string
  readonly destination: DestinationEntry
  /** Undefined where a part of it could not be read. */
  readonly activation: Activation | undefined
}

type Destinations = ReadonlyMap<string, DestinationEntry>

/** The activations of all segments, in the order of the file, without those that could not be read. */
export function readActivations(
  segments: readonly SegmentEntry[],
  destinations: Destinations,
  problems: Problems,
): readonly Activation[] {
  const placed = segments.flatMap((segment) => {
    const path = [...segment.path, 'activate']
    if (Array.isArray(segment.activate))
      return segment.activate.flatMap(
        (item: unknown, i) => readActivation(item, [...path, i], segment, destinations, problems) ?? [],
      )
    problems.add(path, 'must be a list', segment.activate, 'write one - destination on each line')
    return []
  })
  refuseSameNames(placed, problems)
  refuseSharedAudiences(placed, problems)
  refuseFormerNames(placed, problems)
  refuseSmallRequests(placed.flatMap(sentOf), problems)
  return placed.flatMap(({ activation }) => activation ?? [])
}

/** Fields that could not be read, or none, need nothing. */
const sentOf = ({ activation, destination: { contract, path } }: Placed): readonly Sent[] =>
  activation === undefined || contract === undefined || activation.fields.length === 0
    ? []
    : [{ activation, contract, path }]

function readActivation(
  value: unknown,
  path: Path,
  segment: SegmentEntry,
  destinations: Destinations,
  problems: Problems,
): Placed | undefined {
  const short = typeof value === 'string'
  if (!short && !isMapping(value)) {
    const wayOut = `write the name of a destination or { destination: … }`
    return void problems.add(path, 'must name a destination', value, wayOut)
  }
  const read = short
    ? { destination: value, name: undefined, renamed_from: undefined }
    : readMapping(schema.activation, value, path, problems)
  const destination = findDestination(read.destination, short ? path : [...path, 'destination'], destinations, problems)
  const own = readActivationSettings(short ? {} : settingsOf(value), path, destination?.contract, problems)
  if (destination === undefined || read.destination === undefined) return undefined
  const name = read.name ?? `${segment.name}.${read.destination}`
  const hasName = !short && value.name !== undefined
  const namePath = hasName ? [...path, 'name'] : path
  return place({ path, namePath, name, renamedFrom: read.renamed_from, segment, destination }, own, problems)
}

function findDestination(
  name: string | undefined,
  path: Path,
  destinations: Destinations,
  problems: Problems,
): DestinationEntry | undefined {
  if (name === undefined) return undefined
  const found = destinations.get(name)
  const wayOut = destinations.size === 0 ? 'write it below destinations' : didYouMean(name, [...destinations.keys()])
  if (found === undefined) problems.add(path, 'names no destination of this file', name, wayOut)
  return found
}

/** The keys that an activation has in common with a destination's defaults. */
function settingsOf(value: Mapping): Mapping {
  const keys = Object.keys(schema.activationSettings.shape)
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)))
}

interface Place {
  readonly path: Path
  readonly namePath: Path
  readonly name: string
  readonly renamedFrom: string | undefined
  readonly segment: SegmentEntry
  readonly destination: DestinationEntry
}

function place(at: Place, own: ActivationSettings, problems: Problems): Placed {
  const { path, segment, destination } = at
  const { defaults, contract } = destination
  const merged = mergeSettings(defaults, own)
  const audienceValuePath = [own, defaults].find((from) => from.audience.name !== undefined)?.path
  const audience = {
    name: segment.name,
    description: segment.description,
    adopt: false,
    ...merged.audience,
  }
  const audiencePath = [...path, 'audience', 'name']
  if (audienceValuePath === undefined) checkAudienceName(audience.name, audiencePath, contract, problems, segment.path)
  const fields = merged.fields ?? []
  checkFields(fields, at, own, problems)
  return {
    ...at,
    audienceName: audience.name,
    audiencePath,
    audienceValuePath: audienceValuePath === undefined ? segment.path : [...audienceValuePath, 'audience', 'name'],
    activation: build(at, audience, fields, merged),
  }
}

function checkFields(fields: readonly MappedField[], at: Place, own: ActivationSettings, problems: Problems): void {
  const { path, segment, destination } = at
  const places = [own.path, destination.defaults.path].map((place) => [...place, 'fields'])
  if (fields.length === 0 && !places.some((place) => problems.within(place))) {
    const known = Object.keys(destination.contract?.fields ?? {})
    const wayOut = `map a column to ${known.length === 0 ? 'a field' : known.join(' or ')}`
    problems.add([...path, 'fields'], 'must map at least one field', undefined, wayOut)
  }
  const { memberKey } = segment
  // Warehouses find a column whatever its case.
  const isKey = ({ column }: MappedField) => column.toLowerCase() === memberKey?.column.toLowerCase()
  const keyPath = [...segment.path, 'member_key']
  if (memberKey === undefined || memberKey.hash || problems.within(keyPath) || !fields.some(isKey)) return
  const wrong = 'is a mapped column, so it is personal and must be hashed'
  problems.add(keyPath, wrong, memberKey.column, 'write { column: …, hash: true } or use another key')
}

function build(
  { name, renamedFrom, segment, destination }: Place,
  audience: Activation['audience'],
  fields: readonly MappedField[],
  merged: ActivationSettings,
): Activation | undefined {
  if (segment.segment === undefined || destination.settings === undefined) return undefined
  const minMembers = destination.contract?.minMembers ?? 0
  const guards: Guards = { ...guardDefaults, minMembers, ...merged.guards }
  const sent = { segment: segment.segment, destination: destination.settings, audience, fields }
  return {
    name,
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    ...sent,
    schedule: merged.schedule ?? null,
    guards,
    quarantineDays: merged.quarantineDays ?? quarantineDaysDefault,
    airflow: merged.airflow,
    configHash: configHash(sent),
  }
}

function refuseSameNames(placed: readonly Placed[], problems: Problems): void {
  // A name that could not be read is no one's; a short form has no path of its own for its name.
  const nameOf = ({ path, namePath, name }: Placed): string | undefined =>
    namePath !== path && problems.within(namePath) ? undefined : name
  for (const [first, again] of repeated(placed, nameOf)) {
    const wrong = `has the name of ${pathText(first.path)}`
    problems.add(again.namePath, wrong, again.name, 'give one of them a name: of its own')
  }
}

/** Two ledgers over one audience would undo each other's work. */
function refuseSharedAudiences(placed: readonly Placed[], problems: Problems): void {
  const audienceOf = ({ destination: { settings }, audiencePath, audienceName }: Placed): string | undefined =>
    settings === undefined || problems.within(audiencePath)
      ? undefined
      : JSON.stringify([settings.type, settings.accountId, audienceName])
  for (const [first, again] of repeated(placed, audienceOf)) {
    const wrong = `is the audience of ${pathText(first.path)} in the same account`
    const wayOut = 'give one of them an audience: { name: … } of its own'
    problems.add(again.audiencePath, wrong, again.audienceName, wayOut, again.audienceValuePath)
  }
}

/** What a name holds goes to one other, which takes its place. */
function refuseFormerNames(placed: readonly Placed[], problems: Problems): void {
  const inFile = new Map(placed.map((one) => [one.name, one]))
  for (const { path, renamedFrom } of placed) {
    const still = renamedFrom === undefined ? undefined : inFile.get(renamedFrom)
    if (still === undefined) continue
    const wrong = `is the name of ${pathText(still.path)}`
    problems.add([...path, 'renamed_from'], wrong, renamedFrom, 'take that activation out, or this key')
  }
  for (const [first, again] of repeated(placed, ({ renamedFrom }) => renamedFrom)) {
    const wrong = `is the former name of ${pathText(first.path)}`
    problems.add([...again.path, 'renamed_from'], wrong, again.renamedFrom, 'keep it where its people are to go')
  }
}

/** Each one whose key an earlier one has, after that earlier one. */
function repeated(
  placed: readonly Placed[],
  keyOf: (one: Placed) => string | undefined,
): readonly (readonly [first: Placed, again: Placed])[] {
  const firsts = new Map<string, Placed>()
  return placed.flatMap((one) => {
    const key = keyOf(one)
    const first = key === undefined ? undefined : firsts.get(key)
    if (key !== undefined && first === undefined) firsts.set(key, one)
    return first === undefined ? [] : [[first, one] as const]
  })
}
