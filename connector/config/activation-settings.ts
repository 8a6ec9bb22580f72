import type { Destination } from '../destination/destination.ts'
import type { Activation, AirflowSettings, Guards, MappedField } from './activation.ts'
import { readFields } from './fields.ts'
import type { Path, Problems } from './problems.ts'
import { type Read, readMapping } from './read.ts'
import { isSchedule } from './schedule.ts'
import * as schema from './schema.ts'

/** What one place of the file says about an activation: a destination's `defaults` or the activation itself. */
export interface ActivationSettings {
  readonly path: Path
  readonly audience: Partial<Activation['audience']>
  readonly fields: readonly MappedField[] | undefined
  readonly schedule: string | null | undefined
  readonly guards: Partial<Guards>
  readonly quarantineDays: number | undefined
  readonly airflow: AirflowSettings
}

/** Reads the keys that `defaults` and an activation have in common. `value` holds no others but unknown ones. */
export function readActivationSettings(
  value: unknown,
  path: Path,
  contract: Destination | undefined,
  problems: Problems,
): ActivationSettings {
  const read = readMapping(schema.activationSettings, value, path, problems)
  if (read.audience?.name !== undefined)
    checkAudienceName(read.audience.name, [...path, 'audience', 'name'], contract, problems)
  if (typeof read.schedule === 'string' && !isSchedule(read.schedule)) {
    const wayOut = 'write five fields such as "0 */6 * * *", or @hourly, @daily, @weekly, @monthly, @quarterly, @yearly'
    problems.add([...path, 'schedule'], 'is no cron expression', read.schedule, wayOut)
  }
  return {
    path,
    audience: defined({ ...read.audience }),
    fields: readFields(read.fields, [...path, 'fields'], contract, problems),
    schedule: read.schedule,
    guards: guardsOf(read.guards),
    quarantineDays: read.quarantine_days,
    airflow: defined({ ...read.airflow }),
  }
}

/** Notes what a platform would refuse in an audience's name, or a later search for it would miss. */
export function checkAudienceName(
  name: string,
  path: Path,
  contract: Destination | undefined,
  problems: Problems,
  valuePath: Path = path,
): void {
  const longest = contract?.audience.maxNameLength ?? Number.POSITIVE_INFINITY
  if (name.trim() === '') problems.add(path, 'must not be empty', name, 'name the audience', valuePath)
  else if (/\p{Cc}/u.test(name))
    problems.add(path, 'must hold no control characters', name, 'write it on one line', valuePath)
  else if (name.trim() !== name)
    problems.add(path, 'must neither begin nor end with a blank', name, 'trim it', valuePath)
  else if ([...name].length > longest)
    problems.add(
      path,
      `must be at most ${longest} characters long on ${contract?.title}`,
      name,
      'shorten it',
      valuePath,
    )
}

/**
 * An activation's own settings over its destination's defaults, key by key, also within `audience`, `guards` and `airflow`;
 * `fields` replaces the defaults' `fields` as a whole, so that what is sent can be read in one place.
 */
export function mergeSettings(defaults: ActivationSettings, own: ActivationSettings): ActivationSettings {
  return {
    path: own.path,
    audience: { ...defaults.audience, ...own.audience },
    fields: own.fields ?? defaults.fields,
    schedule: own.schedule === undefined ? defaults.schedule : own.schedule,
    guards: { ...defaults.guards, ...own.guards },
    quarantineDays: own.quarantineDays ?? defaults.quarantineDays,
    airflow: { ...defaults.airflow, ...own.airflow },
  }
}

function guardsOf(read: Read<typeof schema.guards> | undefined): Partial<Guards> {
  return defined({
    maxRemovedShare: read?.max_removed_share,
    maxTouchedShare: read?.max_touched_share,
    maxRejectedShare: read?.max_rejected_share,
    maxNullKeyShare: read?.max_null_key_share,
    minMembers: read?.min_members,
    allowEmpty: read?.allow_empty,
  })
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Without the keys that are undefined, which would otherwise win over the defaults. */
const defined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
