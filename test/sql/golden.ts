import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dialects } from '../../connector/warehouse/registry.ts'
import type { Dialect } from '../../sql/dialect/dialect.ts'
import { catalogueOf } from './catalogue.ts'

/** Those that no warehouse uses yet too. */
export const allDialects: Readonly<Record<string, Dialect>> = dialects

export const goldenFile = (name: string): string => join(import.meta.dirname, 'golden', `${name}.sql`)

/** Every statement as this dialect writes it. A reviewer reads what a change makes of it. */
export const goldenText = (dialect: Dialect): string =>
  Object.entries(catalogueOf(dialect))
    .map(([name, statements]) => {
      const texts = statements.map((statement) => {
        const { sql, parameters } = dialect.compile(statement)
        const bound = parameters.map((value, i) => `\n-- ${i + 1}: ${value === null ? 'NULL' : value}`)
        return `${sql};${bound.join('')}\n`
      })
      return `-- # ${name}\n\n${texts.join('\n')}`
    })
    .join('\n')

/** `node test/sql/golden.ts` writes the files anew. */
if (import.meta.filename === process.argv[1])
  for (const [name, dialect] of Object.entries(allDialects)) writeFileSync(goldenFile(name), goldenText(dialect))
