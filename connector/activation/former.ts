import { lastKnown } from '../../sql/status.ts'
import { ownersOf } from '../warehouse/catalogue.ts'
import type { Row } from '../warehouse/warehouse.ts'
import { type RunRequest, scopeOf } from './context.ts'
import { exits, RunStopped } from './stop.ts'

/** What is asked about an activation that has never run. */
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

/**
 * Nobody may stay behind in the audience of an activation that was renamed. Throws RunStopped (78) where one that has left
 * the file, of the same account and segment, still holds people; of another segment, returns a warning. Null: neither.
 */
export const checkFormer = async (request: FormerRequest): Promise<string | null> => {
  const { activation, inFile } = request
  if (inFile === undefined || request.secondAudience) return null
  const formers = await formersOf(request, new Set(inFile))
  const [former] = formers.filter(({ sameSegment }) => sameSegment)
  if (former !== undefined) throw renamed(activation.name, former)
  if (formers.length === 0) return null
  const names = formers.map(({ activation: name, members }) => `${name} (${people(members)})`)
  return `In the account of ${activation.name}, which runs for the first time, audiences of activations that are not in the file any more still hold people: ${names.join(', ')}. If one was renamed to it, those people stay there: \`tidemark empty\` takes them out.`
}

const formersOf = async (request: FormerRequest, inFile: ReadonlySet<string>): Promise<readonly Former[]> => {
  const { activation, warehouse, schema } = request
  const owners = await ownersOf(warehouse, schema)
  const found: Former[] = []
  for (const owner of owners.filter((one) => one.audience_id !== null && !inFile.has(one.activation ?? ''))) {
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

const people = (count: number): string => (count === 1 ? '1 person' : `${count.toLocaleString('en')} people`)

const renamed = (activation: string, { activation: former, members }: Former): RunStopped =>
  new RunStopped(
    exits.configuration,
    'renamed_activation',
    `${activation} has never run, and has the segment and the account of ${former}, which is not in the file any more and still holds ${people(members)}. A second audience would be sent all of them again, and they would stay in the first for ever. If it was renamed, give it its name back. Otherwise take them out first (\`tidemark empty ${former}\`), or run with --second-audience to leave it as it is.`,
  )
