import { readControl } from '../../sql/control.ts'
import { forgetControl, forgetLedger } from '../../sql/reset.ts'
import type { Scope } from '../../sql/scope.ts'
import { lastKnown } from '../../sql/status.ts'
import { takeControl, takeLedger } from '../../sql/take-over.ts'
import type { Activation } from '../config/activation.ts'
import { contractOf, destinationOf } from '../destination/registry.ts'
import { people } from '../plural.ts'
import { ownersOf } from '../warehouse/catalogue.ts'
import type { Row } from '../warehouse/warehouse.ts'
import { type RunRequest, scopeOf, suffixOf } from './context.ts'
import { type FormerRequest, hasAudience } from './former.ts'
import { leaseLost } from './lease.ts'
import { acquireState, type Held } from './migrate.ts'
import { recover } from './recover.ts'
import { dropOldRunTables } from './run-tables.ts'
import { type StateRequest, versionOf } from './state.ts'
import { exits, RunStopped } from './stop.ts'

/** The state under the name that an activation had, which has something in it. */
export interface FormerState extends StateRequest {
  readonly name: string
  readonly version: number
  readonly members: number
  /** What it was when it last ran, as far as that is known. */
  readonly known: Row
}

/**
 * What `renamed_from` takes over; null where there is nothing (any more). It changes nothing. Throws RunStopped (78) where
 * it cannot be taken over.
 */
export const formerOf = async (request: FormerRequest): Promise<FormerState | null> => {
  const { activation, warehouse, schema } = request
  const { renamedFrom: name } = activation
  if (name === undefined) return null
  const owners = await ownersOf(warehouse, schema)
  const owner = owners.find((one) => one.activation === name)
  if (owner?.holds_something !== 'true') return null
  const members = Number(owner.ledger_members)
  if (hasAudience(owners.find((one) => one.activation === activation.name)))
    throw refusal(
      activation,
      'both_have_audiences',
      `both have an audience, and ${name} still holds ${people(members)}. One ledger keeps one audience`,
    )
  const state = { warehouse, schema, suffix: suffixOf(name), scope: scopeNamed(request, name) }
  const [known = {}] = await warehouse.rows('state', lastKnown(state.scope))
  checkAccount(activation, owner, known)
  const version = await versionOf(state)
  return version === null ? null : { ...state, name, version, members, known }
}

const scopeNamed = (request: FormerRequest, name: string) =>
  scopeOf({ ...request, activation: { ...request.activation, name } }, suffixOf(name), '0')

/** An audience stays in its ad account. */
const checkAccount = (activation: Activation, { account_id }: Row, known: Row): void => {
  const { destination } = activation
  const accountId = account_id ?? known.account_id ?? destination.accountId
  const platform = known.platform ?? destination.type
  if (platform === destination.type && accountId === destination.accountId) return
  const title = destinationOf(platform)?.title ?? platform
  throw refusal(
    activation,
    'account_changed',
    `its audience is on ${title} in account ${accountId}, and ${destination.name} is ${contractOf(destination).title}, account ${destination.accountId}. An audience stays in its account`,
  )
}

const refusal = ({ name, renamedFrom }: Activation, code: string, because: string): RunStopped =>
  new RunStopped(
    exits.configuration,
    code,
    `${name} cannot take over what ${renamedFrom} holds (\`renamed_from\`): ${because}. Nothing was changed. Take the key out, and empty the audience that is not to stay: tidemark empty ${renamedFrom}`,
  )

/**
 * Moves what the state holds under the name that the activation had to its new one, in one transaction under both leases,
 * and calls no platform. An open delta is settled first, under the name it has. Throws RunStopped (75) while a run of
 * the old name is at work.
 */
export const takeOver = async (request: RunRequest, held: Held, suffix: string): Promise<Held> => {
  const former = await formerOf(request)
  if (former === null) return held
  await recover(request, held, suffix)
  const theirs = await acquireState({ ...runOf(request), ...former })
  try {
    await recover(asFormer(request, former), theirs, former.suffix)
    await dropOldRunTables(former, theirs.lease, former.suffix)
    await move(request, scopeOf(request, suffix, '0'), held, { ...theirs, scope: former.scope })
  } catch (error) {
    throw await theirs.lease.reasonOf(error)
  } finally {
    await theirs.lease.release()
  }
  request.log.info('taken_over', {
    activation: request.activation.name,
    former: former.name,
    members: former.members,
    message: `${request.activation.name} took over ${people(former.members)} from ${former.name}, with their audience. \`renamed_from\` has done its work and can be taken out of the file.`,
  })
  const [control] = await request.warehouse.rows('control', readControl(scopeOf(request, suffix, '0')))
  if (!control) throw new Error('The control row is gone')
  return { lease: held.lease, control }
}

const runOf = ({ runId, leaseSeconds, activation, connectorVersion, log }: RunRequest) => ({
  runId,
  leaseMs: leaseSeconds * 1000,
  quietMs: activation.destination.request.quietMs,
  connectorVersion,
  log,
})

/** A run that died under the old name is written down as what it was. */
const asFormer = (request: RunRequest, { name, known }: FormerState): RunRequest => {
  const { segment, destination, audience, ...rest } = request.activation
  return {
    ...request,
    activation: {
      ...rest,
      name,
      segment: { ...segment, name: known.segment ?? segment.name },
      destination: { ...destination, name: known.destination ?? destination.name },
      audience: { ...audience, name: known.audience_name ?? audience.name },
    },
  }
}

/** The heartbeats stand still: they would conflict on the control rows. */
const move = async (
  request: RunRequest,
  to: Scope,
  held: Held,
  { scope: from, lease }: Held & Pick<FormerState, 'scope'>,
): Promise<void> => {
  const id = `renamed/${request.runId}`
  const moved = await held.lease.withoutHeartbeat(() =>
    lease.withoutHeartbeat(() =>
      request.warehouse.transaction('take_over', [
        { statement: takeControl(to, held.lease.hold, from), exactly: 1 },
        ...takeLedger(to, from, id),
        ...forgetLedger(from, id),
        { statement: forgetControl(from, lease.hold), exactly: 1 },
      ]),
    ),
  )
  if (!moved) throw leaseLost(request.activation.name)
}
