import type { WarehouseSettings } from './activation.ts'
import { expand } from './environment.ts'
import { isSecretKey, Problems } from './problems.ts'
import { type Environment, isMapping, type Mapping, readTree } from './tree.ts'

/** Stands for a credential that is not in the environment; it passes for one of any destination. */
export const standIn = '/not-set-in-the-environment'
export const standInAddress = 'https://not-set-in-the-environment'
/** Where any text would not pass: what the first variable has, and what the others do. */
const standIns: Readonly<Record<string, readonly [first: string, other: string]>> = {
  connection_string: ['postgres://not-set-in-the-environment', standIn],
  key_json: [JSON.stringify({ client_email: standIn, private_key: standIn }), ' '],
}

/** What passes for the keys that a connection gives; logins in every way, so that one of them fits. */
const standInKeys: { readonly [type in WarehouseSettings['type']]: Mapping } = {
  duckdb: { path: `${standIn}.duckdb` },
  postgres: {},
  bigquery: { project: 'not-set-in-the-environment', location: 'EU' },
  snowflake: {
    account: standIn,
    database: standIn,
    password: standIn,
    private_key: standIn,
    token: standIn,
    oauth_client_id: standIn,
    oauth_client_secret: standIn,
    oauth_token_request_url: standIn,
    workload_identity_provider: 'AWS',
  },
}

/** A `warehouse` whose connection is not there, with keys made up; undefined where it does not say its type. */
export const standInWarehouse = ({ connection: _, ...own }: Mapping): Mapping | undefined => {
  const { type } = own
  const isKnown = typeof type === 'string' && Object.hasOwn(standInKeys, type)
  return isKnown ? { ...standInKeys[type as keyof typeof standInKeys], ...own } : undefined
}

/** The variables that the file names, each with what `value` says of it. */
const withEach = (text: string, value: (variable: string) => string): Environment =>
  Object.fromEntries(expand(text, {}).names.map((variable) => [variable, value(variable)]))

/** The value of a variable that is set and not empty. */
export const given = (environment: Environment, variable: string): string | undefined =>
  Object.hasOwn(environment, variable) ? environment[variable] || undefined : undefined

/** The environment with stand-ins for those variables of the file that are not set and may be missing. */
export const withStandIns = (
  text: string,
  environment: Environment,
  standInFor: (variable: string) => string = () => standIn,
): Environment => ({
  ...environment,
  ...withEach(text, (variable) => given(environment, variable) ?? standInFor(variable)),
})

/** Every variable that a secret of the warehouse is made of, with what passes for it. */
export const warehouseParts = (text: string): ReadonlyMap<string, string> => {
  const tree = treeOf(text)
  const warehouse = isMapping(tree) && isMapping(tree.warehouse) ? tree.warehouse : {}
  return new Map(
    Object.entries(warehouse).flatMap(([key, value]) =>
      isSecretKey(key) ? variablesIn(value).map((name, i) => [name, standIns[key]?.[i === 0 ? 0 : 1] ?? standIn]) : [],
    ),
  )
}

/** Every variable that a credential is made of. */
export const credentialParts = (text: string): ReadonlySet<string> =>
  new Set(Object.values(credentialsOf(text)).flatMap((credentials) => Object.values(credentials).flatMap(variablesIn)))

/** By destination and credential, the one variable that each is read from, where it is read from one. */
export const credentialVariables = (text: string): Readonly<Record<string, Readonly<Record<string, string>>>> =>
  Object.fromEntries(Object.entries(credentialsOf(text)).map(([name, credentials]) => [name, variablesOf(credentials)]))

/** The values of the file, `${NAME}` standing for itself. */
const treeOf = (text: string): unknown =>
  readTree(
    text,
    withEach(text, (variable) => `\${${variable}}`),
    new Problems(''),
  )

const variablesIn = (value: unknown): readonly string[] => expand(String(value), {}).names

/** The credentials of each destination as they are written, `${NAME}` standing for itself. */
const credentialsOf = (text: string): Readonly<Record<string, Mapping>> => {
  const tree = treeOf(text)
  const destinations = isMapping(tree) && isMapping(tree.destinations) ? tree.destinations : {}
  return Object.fromEntries(
    Object.entries(destinations).map(([name, entry]) => [
      name,
      isMapping(entry) && isMapping(entry.credentials) ? entry.credentials : {},
    ]),
  )
}

const variablesOf = (credentials: Mapping): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(credentials).flatMap(([key, value]) => {
      const { whole, names } = expand(String(value), {})
      return whole && names.length === 1 ? names.map((variable) => [key, variable]) : []
    }),
  )
