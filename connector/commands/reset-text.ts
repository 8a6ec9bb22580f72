import type { Memory } from '../activation/forget.ts'
import type { Activation } from '../config/activation.ts'
import { UsageError } from '../config/load.ts'
import { contractOf } from '../destination/registry.ts'
import { counted } from '../plural.ts'
import type { Answer } from './document.ts'
import type { Standing } from './still-there.ts'
import type { Proposal } from './with-yes.ts'

/** What a reset would forget, and what is known of the audience. */
export interface Seen {
  readonly name: string
  /** Null: it is not in the configuration any more. */
  readonly activation: Activation | null
  readonly memory: Memory
  readonly standing: Standing
}

interface Abandoning {
  readonly abandon?: boolean
}

/** Nobody can be left behind in an audience that is gone, or that never was. */
const leavesNobody = ({ memory: { audienceId, intent }, standing }: Seen): boolean =>
  intent === null && (audienceId === null || standing.there === false)

/** Throws UsageError while people may stay in an audience without anybody knowing, unless that was said. */
export const mayForget = (seen: Seen, { abandon }: Abandoning): void => {
  if (abandon || leavesNobody(seen)) return
  const { name, memory } = seen
  throw new UsageError(
    `${name} was not reset: the people in its audience ${audienceOf(memory)} would stay there and nobody would know of them${because(seen)}. Take them out first (tidemark empty ${name}), delete that audience on the platform or leave it as it is, then: tidemark reset ${name} --yes --abandon`,
  )
}

const audienceOf = ({ audienceId, intent }: Memory): string =>
  audienceId === null ? `"${intent}", which may exist by now,` : audienceId

const because = ({ standing }: Seen): string =>
  standing.there === null ? ` (whether it is still there is not known: ${standing.because})` : ''

const counts = ({ identifiers, members }: Memory): string =>
  `a ledger of ${counted(identifiers, 'identifier')}, with ${counted(members, 'member')} in the audience`

const what = ({ memory, standing }: Seen): string => {
  const { audienceId, intent } = memory
  const audience = audienceId ?? (intent === null ? null : `"${intent}"`)
  if (audience === null) return counts(memory)
  return `audience ${audience}${standing.there === false ? ', which is not on the platform any more,' : ''} and ${counts(memory)}`
}

const documentOf = (name: string, memory: Memory | null, done: boolean) => ({
  activation: name,
  done,
  audience_id: memory?.audienceId ?? null,
  identifiers: memory?.identifiers ?? 0,
  members: memory?.members ?? 0,
  error: null,
})

export const nothing = (name: string): Answer & Proposal => ({
  document: { ...documentOf(name, null, false), audience_there: null },
  text: `${name} has never run: there is nothing to forget.`,
  exit: 0,
  words: null,
  yesIsEnough: false,
})

export const wouldForget = (seen: Seen, { abandon }: Abandoning): Proposal => {
  const { name, memory, standing } = seen
  const easy = leavesNobody(seen)
  const stay = easy ? '' : ` The people in that audience stay there${because(seen)}: nobody is removed.`
  return {
    document: { ...documentOf(name, memory, false), audience_there: standing.there },
    text: `This would forget ${what(seen)}.${stay}${afterwards(seen)}`,
    words: ['reset', name, '--yes', ...(easy ? [] : ['--abandon'])],
    yesIsEnough: abandon === true || easy,
  }
}

export const forgotten = (seen: Seen): Answer => {
  const { name, memory, standing } = seen
  const stay = leavesNobody(seen) ? '' : ` Whoever is in audience ${audienceOf(memory)} stays there.`
  return {
    document: { ...documentOf(name, memory, true), audience_there: standing.there },
    text: `${name} has forgotten ${what(seen)}.${stay}${afterwards(seen)}`,
    exit: 0,
  }
}

/** Whether the next run can make an audience, and what has to be written for it. Whoever has left the file has none. */
const afterwards = ({ activation, memory, standing }: Seen): string => {
  if (activation === null) return ''
  const { title, audience } = contractOf(activation.destination)
  const { name } = activation.audience
  const old = memory.audienceName ?? memory.intent
  const makes = ` Its next run is a first sync and makes the audience "${name}".`
  const elsewhere = memory.accountId !== null && memory.accountId !== activation.destination.accountId
  if (old !== name || elsewhere) return makes
  if (standing.there !== false)
    return ` While that audience exists, its name is taken${audience.keepsNames ? `, and afterwards too, for ${title} keeps the names of deleted audiences` : ''}: before the next run, which is a first sync, write another \`audience.name\` than "${name}", or \`audience.adopt: true\` to take it over again.`
  if (!audience.keepsNames) return makes
  return ` ${title} keeps the names of deleted audiences: before the next run, which is a first sync, write another \`audience.name\` than "${name}"; it makes an audience of that name.`
}
