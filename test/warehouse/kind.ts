import type { Warehouse } from '../../connector/warehouse/warehouse.ts'
import type { Said } from './postgres-database.ts'
import type { AskedJob } from './stand-in-control.ts'

/** A warehouse of its own for one test, without anything in it. */
export interface EmptyWarehouse {
  /** The first part of names of three. */
  readonly catalogue: string
  /** A new connection; closing it does not close the warehouse. */
  connect(): Promise<Warehouse>
  /** Plain SQL on a connection of its own; the rows of the last statement. */
  say(...statements: readonly string[]): Promise<readonly Said[]>
  /** What was asked so far, where a stand-in notes it. */
  jobs?(): Promise<readonly AskedJob[]>
  destroy(): Promise<void>
}

/** One that processes can open. */
export interface SharedWarehouse extends Omit<EmptyWarehouse, 'connect' | 'catalogue'> {
  /** As `warehouse` of a tidemark.yml in the folder. */
  readonly configuration: Readonly<Record<string, unknown>>
  /** What processes need in their environment for it. */
  readonly environment: Readonly<Record<string, string>>
  /** Does opening it prove that no other process has it open? */
  readonly opensAlone: boolean
}

export interface EmptyOptions {
  /** Does having opened it prove that no other runner lives? Where a warehouse can prove it at all. */
  readonly alone?: boolean
  /** Threads of the engine, where it runs in this process. */
  readonly threads?: string
}

/** How a warehouse writes down what tests say in plain SQL. */
export interface Words {
  /** A table of a test's own that statements read. */
  readonly scratch: 'temp table' | 'table'
  hex(bytes: string): string
  bytes(hex: string): string
  sha256(text: string): string
  /** The text whose UTF-8 this hex is. */
  text(hex: string): string
  readonly holdsNul: boolean
  /** What stands behind a column that is computed from another. */
  computed(expression: string): string
  numbers(upTo: number): string
  /** Of this number, of the type of fingerprints. */
  fingerprint(n: number | bigint): string
  /** What columns are made of in the state tables. */
  readonly types: { readonly text: string; readonly bytes: string; readonly fingerprint: string }
  /** The same cast to text. */
  printed(n: number): string
  /** Sixteen bytes of MD5 as a fingerprint, cast to text. */
  md5(bytes: Buffer): string
  /** A collation to which case and accents are all the same, and what makes it. */
  readonly blind: string
  readonly makeBlind: readonly string[]
  /** What makes this the time zone of sessions that ask for none, where it is not that of the process. */
  defaultZone(zone: string): readonly string[]
}

export interface UnderTest {
  readonly words: Words
  empty(options: EmptyOptions): Promise<EmptyWarehouse>
  /** `folder`: where files of it may stand. */
  shared(folder: string): Promise<SharedWarehouse>
}

/** Of what stands in a configuration as a variable. */
export const passwordVariable = 'WAREHOUSE_PASSWORD'
