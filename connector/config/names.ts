import type { WarehouseSettings } from './activation.ts'

/** How a warehouse reads the names of relations and columns that stand in a configuration without quotes. */
export interface Naming {
  /** What it makes of a name that is written without quotes. */
  readonly fold: (name: string) => string
  /** Is a dash part of a name without quotes, as in the ids of projects? */
  readonly dashes: boolean
  /** May the name of a column stand in double quotes, so that it is taken as it is? */
  readonly quotedColumns: boolean
}

const asItIs: Naming = { fold: (name) => name, dashes: false, quotedColumns: false }

export const namings: { readonly [type in WarehouseSettings['type']]: Naming } = {
  duckdb: asItIs,
  postgres: asItIs,
  bigquery: { ...asItIs, dashes: true },
  // What has other letters is not written without quotes.
  snowflake: {
    fold: (name) => (/^[A-Za-z_][\w$]*$/.test(name) ? name.toUpperCase() : name),
    dashes: false,
    quotedColumns: true,
  },
}

/** Where nobody knows yet which warehouse it is: what some of them takes. */
export const anyNaming: Naming = { ...asItIs, dashes: true }

export const namingOf = (type: unknown): Naming =>
  typeof type === 'string' && Object.hasOwn(namings, type) ? namings[type as WarehouseSettings['type']] : asItIs

/** A name (of a column, a role) as the warehouse has it. */
export const storedName = (text: string, { fold, quotedColumns }: Naming): string => {
  const quoted = quotedColumns ? /^"((?:[^"]|"")+)"$/.exec(text)?.[1] : undefined
  return quoted?.replaceAll('""', '"') ?? fold(text)
}
