import { dropIntent, markSending, storeAudience, storeIntent } from '../../sql/control.ts'
import { insertReceipts, type ReceiptOp } from '../../sql/receipts.ts'
import type { Scope } from '../../sql/scope.ts'
import type { AudiencePage } from '../destination/destination.ts'
import type { CallResult } from '../http/call.ts'
import { type Calls, mayHaveBeenApplied, receiptOf, stoppedBy } from './calls.ts'
import type { RunRequest } from './context.ts'
import type { Lease } from './lease.ts'
import { exits, RunStopped } from './stop.ts'

/** The audience as `control` knows it. */
export interface KnownAudience {
  readonly id: string | null
  readonly name: string | null
  readonly description: string | null
  /** Name and time of a creation whose outcome is not stored. */
  readonly intent: string | null
  readonly intentAt: Date | null
  /** By the warehouse's clock. */
  readonly intentAgeMs: number
}

export interface AudienceContext {
  readonly request: RunRequest
  readonly scope: Scope
  readonly lease: Lease
  readonly calls: Calls
}

/** Clocks of platform and warehouse may differ by so much. */
const skewMs = 10 * 60_000
/** Lists of audiences may lag by so much, so only then is "not found" an answer. */
const listLagMs = 60 * 60_000
/** Accounts have some hundred audiences: a list of more pages than this is one that never ends. */
const mostPages = 200

/** Is the audience there, with the name and description of the configuration? */
export const audienceInStep = (
  { activation, destination }: Pick<RunRequest, 'activation' | 'destination'>,
  known: KnownAudience,
): boolean =>
  known.id !== null &&
  known.intent === null &&
  known.name === activation.audience.name &&
  (destination.audience.canDescribe === false || known.description === activation.audience.description)

/** Step 8: finds the audience or creates it, and keeps its name and description; returns its id. Throws RunStopped. */
export const ensureAudience = async (context: AudienceContext, known: KnownAudience): Promise<string> => {
  if (known.id === null) {
    return known.intent === null ? createAudience(context) : settleIntent(context, known.intent, known)
  }
  if (!audienceInStep(context.request, known)) await updateAudience(context, known.id, known.name ?? '')
  return known.id
}

const createAudience = async (context: AudienceContext): Promise<string> => {
  const { request, scope, lease, calls } = context
  const { name, description } = request.activation.audience
  // Where nobody would say that the name is taken, the run looks before it asks for an audience of its own.
  const standing = request.destination.audience.allowsTwins ? await searchAudience(context, name, null) : null
  if (standing) return takeOver(context, name, standing)
  await lease.update('audience_intent', storeIntent(scope, lease.hold, name))
  const result = await calls.send(request.account.createAudience({ name, description }), { once: true })
  if (result.kind !== 'done') {
    // Only an answer that says no ends the intent; without one the next run looks whether the audience came to be.
    const forget = mayHaveBeenApplied(result) ? [] : [dropIntent(scope, lease.hold)]
    await lease.update('audience_refused', markSending(scope, lease.hold), [
      ...forget,
      receipt(context, result, 'create_audience', null),
    ])
    const adopted = nameIsTaken(result) && request.activation.audience.adopt ? await adopt(context, name) : null
    if (adopted !== null) return adopted
    throw stoppedBy(result, `creating the audience "${name}"`)
  }
  return store(context, result, 'create_audience', result.value.audienceId)
}

const nameIsTaken = (result: CallResult<unknown>): boolean =>
  result.kind === 'stopped' && result.fault.next === 'stop' && result.fault.reason === 'name_taken'

/** Takes over the audience of that name, whoever made it; null where none is in use: a platform may keep old names. */
const adopt = async (context: AudienceContext, name: string): Promise<string | null> => {
  const found = await searchAudience(context, name, null)
  return found ? takeOver(context, name, found) : null
}

/** Throws RunStopped (78) where that was not asked for, or where it is not clear which audience is meant. */
const takeOver = async (context: AudienceContext, name: string, { audienceIds, result }: Found): Promise<string> => {
  const { activation, log } = context.request
  const [audienceId, ...others] = audienceIds
  if (!activation.audience.adopt || others.length > 0) throw taken(context.request, name, audienceIds)
  log.warn('audience_adopted', {
    activation: activation.name,
    audience_id: audienceId,
    message: `The audience "${name}" was there before: whoever was in it stays, for the ledger does not know them.`,
  })
  return store(context, result, 'adopt_audience', audienceId)
}

const taken = (
  { activation, destination }: RunRequest,
  name: string,
  audienceIds: Found['audienceIds'],
): RunStopped => {
  const [audienceId, ...others] = audienceIds
  const there = `${destination.title} has ${others.length > 0 ? `${audienceIds.length} audiences` : 'an audience'} named "${name}" in account ${activation.destination.accountId} (\`destinations.${activation.destination.name}\`): ${audienceIds.join(', ')}`
  const way =
    others.length === 0
      ? `A second one would be missing in the campaigns that use ${audienceId}. Choose another \`audience.name\`, or set \`audience.adopt: true\` to take ${audienceId} over (whoever is in it stays)`
      : 'Tidemark does not guess which one is meant. Choose another `audience.name`, or delete all but one there and set `audience.adopt: true` to take that one over (whoever is in it stays)'
  return new RunStopped(exits.configuration, 'name_taken', `${there}. ${way}.`)
}

/** `name`: what it is called on the platform, which may be the name of an earlier configuration. */
const store = async (
  context: AudienceContext,
  result: CallResult<unknown>,
  op: ReceiptOp,
  id: string,
  name = context.request.activation.audience.name,
): Promise<string> => {
  const { request, scope, lease } = context
  const { description } = request.activation.audience
  await lease.update('audience', storeAudience(scope, lease.hold, { id, name, description }), [
    receipt(context, result, op, id),
  ])
  request.log.info(op, { activation: request.activation.name, audience_id: id })
  return id
}

/** A creation was asked for and its answer lost: is there an audience of that name made since? */
const settleIntent = async (
  context: AudienceContext,
  name: string,
  { intentAt, intentAgeMs }: KnownAudience,
): Promise<string> => {
  const { scope, lease } = context
  await lease.update('audience_search', markSending(scope, lease.hold))
  const found = await searchAudience(context, name, intentAt)
  if (found) return store(context, found.result, 'create_audience', theOneOf(context.request, name, found), name)
  if (intentAgeMs < listLagMs) {
    throw new RunStopped(
      exits.tryAgain,
      'audience_intent_open',
      `The audience "${name}" was asked for ${Math.round(intentAgeMs / 60_000)} min ago and the answer was lost; the platform's list does not show it yet and may lag by an hour. Run again later.`,
    )
  }
  await lease.update('audience_refused', dropIntent(scope, lease.hold))
  return createAudience(context)
}

/** Of several made since the intent, one is ours, and no list says which. */
const theOneOf = ({ activation, destination }: RunRequest, name: string, { audienceIds }: Found): string => {
  const [audienceId, ...others] = audienceIds
  if (others.length === 0) return audienceId
  throw new RunStopped(
    exits.configuration,
    'several_audiences',
    `${destination.title} has ${audienceIds.length} audiences named "${name}" that were made since ${activation.name} asked for one and got no answer: ${audienceIds.join(', ')}. Tidemark does not guess which one is its own: delete all but one there, and run again.`,
  )
}

/** Audiences of one name, and the answer of the last page. */
interface Found {
  readonly audienceIds: readonly [string, ...string[]]
  readonly result: CallResult<unknown>
}

/** All audiences of exactly that name, made since then, on all pages; null where there is none. Throws RunStopped. */
const searchAudience = async (context: AudienceContext, name: string, since: Date | null): Promise<Found | null> => {
  const { request, calls } = context
  const from = (since?.getTime() ?? 0) - skewMs
  // Once each: an audience moves to the next page when another is made meanwhile.
  const ids = new Set<string>()
  let cursor: string | undefined
  for (let page = 1; page <= mostPages; page++) {
    const result: CallResult<AudiencePage> = await calls.send(request.account.findAudience(name, cursor))
    if (result.kind !== 'done') throw stoppedBy(result, `looking for the audience "${name}"`)
    const matches = result.value.matches.filter((m) => m.createdAt === null || m.createdAt.getTime() >= from)
    for (const { audienceId } of matches) ids.add(audienceId)
    cursor = result.value.nextCursor
    if (cursor === undefined) return foundIn([...ids], result)
  }
  throw new RunStopped(
    exits.notUnderstood,
    'endless_list',
    `${request.destination.title} listed ${mostPages} pages of audiences without coming to an end, looking for "${name}": this answer is not understood. Please report this.`,
  )
}

const foundIn = ([first, ...others]: readonly string[], result: CallResult<unknown>): Found | null =>
  first === undefined ? null : { audienceIds: [first, ...others], result }

/** Throws RunStopped (78) where an audience has another name than the configuration and cannot be renamed. */
export const checkName = (
  { activation, destination }: Pick<RunRequest, 'activation' | 'destination'>,
  known: string,
): void => {
  if (known === activation.audience.name || destination.audience.canRename) return
  throw new RunStopped(
    exits.configuration,
    'audience_name_changed',
    `${destination.title} cannot rename an audience: it is called "${known}" there and "${activation.audience.name}" in the configuration (where \`audience.name\` is not written, the name of the segment); write \`audience: { name: ${JSON.stringify(known)} }\` to the activation, or start anew with: tidemark reset ${activation.name} --yes --abandon (the people of the old audience stay in it)`,
  )
}

const updateAudience = async (context: AudienceContext, audienceId: string, known: string): Promise<void> => {
  const { request, scope, lease, calls } = context
  const { name, description } = request.activation.audience
  checkName(request, known)
  if (!request.account.updateAudience) throw new Error(`${request.destination.type} cannot update an audience`)
  await lease.update('audience_update', markSending(scope, lease.hold))
  const result = await calls.send(request.account.updateAudience(audienceId, { name, description }))
  if (result.kind !== 'done') {
    await lease.update('audience_update', markSending(scope, lease.hold), [
      receipt(context, result, 'update_audience', audienceId),
    ])
    throw stoppedBy(result, `renaming or describing the audience "${name}"`)
  }
  await store(context, result, 'update_audience', audienceId)
}

const receipt = (
  { request, scope, lease }: AudienceContext,
  result: CallResult<unknown>,
  op: ReceiptOp,
  audienceId: string | null,
) =>
  insertReceipts(
    scope,
    lease.hold,
    { platform: request.destination.type, audienceId, audienceName: request.activation.audience.name },
    [receiptOf(result, { op, batchNo: 0, members: 0, identifiers: 0 })],
  )
