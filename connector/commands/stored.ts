import { createScope } from '../../sql/scope.ts'
import { lastKnown } from '../../sql/status.ts'
import { suffixOf } from '../activation/context.ts'
import { exits, RunStopped } from '../activation/stop.ts'
import type { Activation, Configuration, MappedField } from '../config/activation.ts'
import { guardDefaults, quarantineDaysDefault } from '../config/activations.ts'
import { quote, UsageError } from '../config/problems.ts'
import { destinationOf } from '../destination/registry.ts'
import { ownersOf } from '../warehouse/catalogue.ts'
import type { Row, Warehouse } from '../warehouse/warehouse.ts'
import { clockOffset } from './run-all.ts'

/** What the state says of an activation, whether the file names it or not. Throws UsageError where it says nothing. */
export const ownerOf = async (warehouse: Warehouse, schema: string, name: string): Promise<Row> => {
  const owner = (await ownersOf(warehouse, schema)).find((row) => row.activation === name)
  if (owner !== undefined) return owner
  // No other name is suggested: whoever takes it over destroys what was not meant.
  throw new UsageError(
    `no activation is named ${quote(name)}, neither in the configuration nor in the state in the warehouse. Nothing was changed. Names are whole and exact; see them with: tidemark status`,
  )
}

/**
 * The activation of this name, as the file says it or, where it has left the file, as its state does: on the destination
 * of the file that has its ad account. Throws RunStopped (78) that says what to put back where there is none.
 */
export const activationToEmpty = async (
  configuration: Configuration,
  warehouse: Warehouse,
  name: string,
): Promise<Activation> => {
  const configured = configuration.activations.find((activation) => activation.name === name)
  if (configured !== undefined) return configured
  const { schema } = configuration.warehouse
  const owner = await ownerOf(warehouse, schema, name)
  const { dialect } = warehouse
  const scope = createScope({ dialect, schema, activation: name, suffix: suffixOf(name), fence: '0', ...clockOffset() })
  const [known] = await warehouse.rows('state', lastKnown(scope))
  if (known === undefined) throw untold(name, owner)
  return rebuilt(configuration, name, owner, known)
}

const rebuilt = ({ destinations: all }: Configuration, name: string, owner: Row, known: Row): Activation => {
  const accountId = owner.account_id ?? known.account_id
  const ofAccount = all.filter((one) => one.type === known.platform && one.accountId === accountId)
  const destination = ofAccount.find((one) => one.name === known.destination) ?? ofAccount[0]
  if (destination === undefined) throw putBack(name, known, accountId ?? '')
  return {
    name,
    segment: {
      name: known.segment ?? '',
      source: { nobody: [] },
      where: [],
      description: null,
      memberKey: memberKeyOf(owner.member_key ?? ''),
    },
    destination,
    audience: audienceOf(owner.audience_name == null ? known : owner),
    fields: fieldsOf(known.fields ?? ''),
    schedule: null,
    guards: { ...guardDefaults, minMembers: 0 },
    quarantineDays: quarantineDaysDefault,
    airflow: {},
    configHash: known.config_hash ?? '',
  }
}

/** As the platform has it, else as it was asked for: nothing about it is changed on the way. */
const audienceOf = ({ audience_name, audience_description }: Row): Activation['audience'] => ({
  name: audience_name ?? '',
  description: audience_description ?? null,
  adopt: false,
})

/** As `memberKeyName` writes it. */
const memberKeyOf = (text: string): Activation['segment']['memberKey'] => {
  const hashed = /^sha256\((.*)\)$/s.exec(text)?.[1]
  return { column: hashed ?? text, hash: hashed !== undefined }
}

/** As `activations` holds them, `email: work_email, phone: phone`: whoever removes everybody reads no column of them. */
const fieldsOf = (text: string): readonly MappedField[] =>
  text.split(', ').flatMap((part) => {
    const [field = '', column] = part.split(': ')
    return column === undefined ? [] : [{ field, column, format: 'auto' as const }]
  })

const putBack = (name: string, { destination, platform, segment }: Row, accountId: string): RunStopped => {
  const key = destinationOf(platform ?? '')?.accountKey ?? 'account_id'
  return new RunStopped(
    exits.configuration,
    'not_in_configuration',
    `${name} is in the state in the warehouse and no longer in the configuration, and no destination there is its ad account. Nothing was changed. The state holds no credentials. Put back below destinations, with its credentials: ${destination}: { type: ${platform}, ${key}: "${accountId}" }. The segment ${segment} need not come back. Then empty it again.`,
  )
}

const untold = (name: string, { account_id }: Row): RunStopped =>
  new RunStopped(
    exits.configuration,
    'not_in_configuration',
    `${name} is in the state in the warehouse and no longer in the configuration, and none of its runs came to an end, so that the state does not say what it was. Nothing was changed. Put back the activation of that name, with its segment, and its destination${account_id == null ? '' : ` with the ad account ${account_id}`}. Then empty it again.`,
  )
