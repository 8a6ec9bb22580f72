import type { EmptyOptions, EmptyWarehouse, SharedWarehouse, UnderTest } from './kind.ts'

export type { EmptyWarehouse, SharedWarehouse } from './kind.ts'

/** Each with its driver, which takes a second to load. */
const kinds = {
  duckdb: () => import('./duckdb.kind.ts'),
  postgres: () => import('./postgres.kind.ts'),
  bigquery: () => import('./bigquery.kind.ts'),
  snowflake: () => import('./snowflake.kind.ts'),
} as const satisfies Readonly<Record<string, () => Promise<{ readonly kind: UnderTest }>>>

/** Set by the configuration of Jest: every suite over warehouses is run once for each. */
export const underTest =
  (globalThis as { readonly warehouseUnderTest?: keyof typeof kinds }).warehouseUnderTest ?? 'duckdb'

const { kind } = await kinds[underTest]()
export const { words } = kind

export const emptyWarehouse = (options: EmptyOptions = {}): Promise<EmptyWarehouse> => kind.empty(options)

/** `folder`: where files of it may stand. */
export const sharedWarehouse = (folder: string): Promise<SharedWarehouse> => kind.shared(folder)
