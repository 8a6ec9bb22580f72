import { lastKnown } from '../../sql/status.ts'
import { people } from '../plural.ts'
import { ownersOf } from '../warehouse/catalogue.ts'
import type { Row } from '../warehouse/warehouse.ts'
import { type RunRequest, scopeOf } from './context.ts'
import { exits, RunStopped } from './stop.ts'

/** What is asked about an activation that holds nobody yet. */
export type FormerRequest = Pick<
  RunRequest,
  'activation' | 'warehouse' | 'schema' | 'clockOffsetMs' | 'inFile' | 'secondAudience'
>

/** An activation that has left the file, and still holds people in the same ad account. */
interface Former {
  readonly activation: string
  readonly members: number
  readonly sameSegment: boolean
}

/** By a row of `ownersOf` or of `control`: has it an audience, or asked for one? */
export const hasAudience = (row: Row | undefined): boolean =>
  (row?.audience_id ?? row?.audience_intent ?? null) !== null

/**
 * Nobody may stay behind in the audience of an activation that was renamed. Throws RunStopped (78) where one that has left
 * the file, of the same account and segment, still holds people; of another segment, returns a warning. Null: neither, or
 * the activation has an audience.
 */
export const checkFormer = async (request: FormerRequest): Promise<string | null> => {
  const { activation, inFile, warehouse, schema } = request
  if (inFile === undefined || request.secondAudience) return null
  const owners = await ownersOf(warehouse, schema)
  if (hasAudience(owners.find((one) => one.activation === activation.name))) return null
  const formers = await formersOf(request, owners, new Set(inFile))
  const names = formers.map(({ activation: name, members }) => `${name} (${people(members)})`).join(', ')
  if (formers.length > 0 && !isKnown(owners, activation.renamedFrom)) throw unknownFormer(activation, names)
  const [former] = formers.filter(({ sameSegment }) => sameSegment)
  if (former !== undefined) throw renamed(activation.name, former)
  if (formers.length === 0) return null
  return `In the account of ${activation.name}, which runs for the first time, audiences of activations that are not in the file any more still hold people: ${names}. If one was renamed to it, those people stay there: write \`renamed_from\` with its name in the file, or take them out with \`tidemark empty\``
}

const isKnown = (owners: readonly Row[], name: string | undefined): boolean =>
  name === undefined || owners.some((one) => one.activation === name)

const formersOf = async (
  request: FormerRequest,
  owners: readonly Row[],
  inFile: ReadonlySet<string>,
): Promise<readonly Former[]> => {
  const { activation, warehouse } = request
  const left = ({ activation: name }: Row): boolean => !inFile.has(name ?? '') && name !== activation.renamedFrom
  const found: Former[] = []
  for (const owner of owners.filter((one) => one.audience_id !== null && left(one))) {
    const name = owner.activation ?? ''
    const scope = scopeOf({ ...request, activation: { ...activation, name } }, '', '0')
    const [was] = await warehouse.rows('state', lastKnown(scope))
    const members = Number(owner.ledger_members)
    if (members === 0 || !isOfAccount(was, request)) continue
    found.push({ activation: name, members, sameSegment: was?.segment === activation.segment.name })
  }
  return found
}

const isOfAccount = (was: Row | undefined, { activation: { destination } }: FormerRequest): boolean =>
  was?.platform === destination.type && was.account_id === destination.accountId

const renamed = (activation: string, { activation: former, members }: Former): RunStopped =>
  new RunStopped(
    exits.configuration,
    'renamed_activation',
    `${activation} has never run, and has the segment and the account of ${former}, which is not in the file any more and still holds ${people(members)}. A second audience would be sent all of them again, and they would stay in the first for ever. If it was renamed, write \`renamed_from: ${former}\` to it in the file, or give it its name back. Otherwise take them out first (\`tidemark empty ${former}\`), or run with --second-audience to leave it as it is.`,
  )

/** A name that is written wrong would build a second audience, too. */
const unknownFormer = ({ name, renamedFrom }: RunRequest['activation'], names: string): RunStopped =>
  new RunStopped(
    exits.configuration,
    'unknown_former',
    `${name} is renamed_from: ${renamedFrom}, and nothing of that name ever ran in this warehouse. Not in the file any more, of its account and still holding people: ${names}. Write the name that it had, or take the key out.`,
  )
