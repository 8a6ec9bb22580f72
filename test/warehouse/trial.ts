import { expect } from '@jest/globals'
import { type Warehouse, WarehouseError } from '../../connector/warehouse/warehouse.ts'
import { createSchema } from '../../sql/shared.ts'
import type { Said } from './postgres-database.ts'
import type { Fault } from './stand-in-control.ts'

interface Service {
  say(...statements: readonly string[]): Promise<readonly Said[]>
  jobs(): Promise<readonly { readonly sql: string }[]>
  fail(fault: Fault): Promise<void>
}

/** A rehearsal makes and writes a table in both schemas of the state, also where it is refused leaves nothing behind. */
export const expectTrial = async (warehouse: Warehouse, service: Service, refusal: Fault): Promise<void> => {
  const objects = async (): Promise<unknown> =>
    service.say(
      "select schema_name as n from information_schema.schemata where schema_name ilike '%tidemark%' union all select table_schema || '.' || table_name from information_schema.tables where table_schema ilike '%tidemark%' order by 1",
    )
  const tables = async (from: number): Promise<readonly string[]> =>
    (await service.jobs()).slice(from).flatMap(({ sql }) => {
      const [, schema, table] = /^create table [`"](\w+)[`"]\.[`"](\w+)[`"]/.exec(sql) ?? []
      return table === undefined ? [] : [schema === table ? 'a schema of its own' : `${schema}`]
    })
  const asked = async (): Promise<number> => (await service.jobs()).length
  const work = () => Promise.reject(new Error('What a run does cannot be undone here'))

  const none = await asked()
  await warehouse.rehearse(work)
  expect(await tables(none)).toEqual(['a schema of its own'])
  for (const schema of ['tidemark', 'tidemark_state']) await warehouse.execute('state', createSchema(schema))
  const there = await objects()
  const before = await asked()
  await warehouse.rehearse(work)
  expect((await tables(before)).map((name) => name.toLowerCase())).toEqual(['tidemark', 'tidemark_state'])
  await service.fail(refusal)
  const refused = await warehouse.rehearse(work).catch((error: unknown) => error)
  expect(refused instanceof WarehouseError && refused.fault).toBe('permission')
  expect(await objects()).toEqual(there)
}
