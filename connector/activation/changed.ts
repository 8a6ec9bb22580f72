import type { Scope } from '../../sql/scope.ts'
import { lastKnown } from '../../sql/status.ts'
import type { Row } from '../warehouse/warehouse.ts'
import { activationFacts, type RunRequest } from './context.ts'
import { hasAudience } from './former.ts'

/**
 * What differs from the configuration of the last run, for a person who did not change it: then two configurations use one
 * name in one warehouse. Null: nothing, or there is no audience yet. Asks the warehouse only where the hashes differ.
 */
export const configurationChange = async (
  { activation, warehouse }: Pick<RunRequest, 'activation' | 'warehouse'>,
  scope: Scope,
  control: Row,
): Promise<string | null> => {
  const { name, configHash } = activation
  const hash = control.run_config_hash ?? null
  if (hash === null || hash === configHash || !hasAudience(control)) return null
  const [known] = await warehouse.rows('state', lastKnown(scope))
  if (known === undefined || known.config_hash === configHash) return null
  const differences = differencesOf(known, activationFacts({ activation }))
  const which = differences.length > 0 ? differences.join(', ') : nowhere
  return `The configuration of ${name} is not the one of its last run (${control.run_started_at ?? 'unknown'}). What differs: ${which}. If nobody changed it, two configurations use this name in one warehouse, and each undoes what the other does: give one of them a name of its own`
}

const differencesOf = (known: Row, facts: ReturnType<typeof activationFacts>): readonly string[] =>
  (
    [
      ['segment', known.segment, facts.segment],
      ['destination', known.destination, facts.destination],
      ['audience.name', known.audience_name, facts.audienceName],
      ['audience.description', known.audience_description, facts.audienceDescription],
      ['fields', known.fields, facts.fields],
    ] as const
  ).flatMap(([what, was = null, is]) => (was === is ? [] : [`${what} (${quoted(was)}, now ${quoted(is)})`]))

const quoted = (text: string | null): string => (text === null ? 'none' : JSON.stringify(text))

/** What decides and stands in no table. */
const nowhere =
  'the relation, sql or where of the segment, base_url of the destination, audience.adopt, or the format or country of a field'
