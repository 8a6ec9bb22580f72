import { stoppedBy } from '../activation/calls.ts'
import type { Memory } from '../activation/forget.ts'
import type { Activation } from '../config/activation.ts'
import type { MissingCredentials } from '../config/missing.ts'
import { contractOf } from '../destination/registry.ts'
import { callOf } from './ask.ts'
import { withoutCredentials } from './selection.ts'

/** What is known of an audience that is to be forgotten. `unknown`: why its platform does not say. */
export type Standing = { readonly there: boolean } | { readonly there: null; readonly because: string }

const unknown = (because: string): Standing => ({ there: null, because })
/** Nobody wanted to know. */
export const unasked = unknown('its platform was not asked')

/**
 * Asks the platform whether the audience is still there. Not whom that answer would deceive: without the credentials of its
 * own account, an audience that is there looks as if it were gone. `activation`: null where it has left the file.
 */
export const standingOf = async (
  activation: Activation | null,
  missing: MissingCredentials,
  { audienceId, accountId }: Pick<Memory, 'audienceId' | 'accountId'>,
): Promise<Standing> => {
  if (audienceId === null) return unknown('the answer to its creation was lost')
  if (activation === null) return unknown('the activation is not in the configuration any more')
  const { destination } = activation
  const { title, account } = contractOf(destination)
  if (accountId !== destination.accountId)
    return unknown(`it is in account ${accountId ?? '?'}, and the configuration says ${destination.accountId}`)
  const lacks = withoutCredentials(missing, activation)
  if (lacks !== null) return unknown(lacks.message.replace(/\.$/, ''))
  const inspect = account(destination).inspectAudience
  if (!inspect) return unknown(`${title} has no way to be asked`)
  const result = await callOf(destination)(inspect(audienceId))
  if (result.kind === 'done') return { there: true }
  if (result.kind === 'stopped' && result.fault.next === 'stop' && result.fault.reason === 'audience_gone')
    return { there: false }
  return unknown(stoppedBy(result, `looking at audience ${audienceId}`).message.replace(/\.$/, ''))
}
