import { destinations } from '../destination/registry.ts'
import { isSecretKey } from './problems.ts'
import { jsonSchemaFor } from './schema.ts'

/** Every key that a file may have and that is no secret, nor can hold one. */
export const knownKeys = (): ReadonlySet<string> => {
  known ??= new Set(keysOf(jsonSchemaFor(destinations)).filter((key) => !isSecretKey(key) && !mayHoldOne.has(key)))
  return known
}
let known: ReadonlySet<string> | undefined

/** A path or a query may hold a secret, and so may SQL. */
const mayHoldOne: ReadonlySet<string> = new Set(['base_url', 'access_url', 'api_endpoint', 'sql'])

const keysOf = (schema: unknown): readonly string[] => {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([name, part]) =>
    name === 'properties'
      ? Object.entries(part as object).flatMap(([key, below]) => [key, ...(isSecretKey(key) ? [] : keysOf(below))])
      : keysOf(part),
  )
}
