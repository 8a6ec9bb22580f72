import {
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresIntrospector,
  type QueryCompiler,
  type RawBuilder,
  SqliteAdapter,
} from 'kysely'
import type { Dialect } from './dialect.ts'

/** `Dialect.compile` by a compiler of kysely, which writes quotes and parameters. */
export const compileWith = (createQueryCompiler: () => QueryCompiler): Dialect['compile'] => {
  const compiler = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler,
    },
  })
  return (statement: RawBuilder<unknown> | Compilable) => {
    const compiled = 'isRawBuilder' in statement ? statement.compile(compiler) : statement.compile()
    const parameters = compiled.parameters.map((parameter) => {
      if (parameter === null || typeof parameter === 'string') return parameter
      throw new TypeError(`A bound parameter is a string or null (got ${typeof parameter}): write cast(? as type)`)
    })
    return { sql: compiled.sql, parameters }
  }
}
