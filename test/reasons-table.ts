import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rejectionReasons } from '../connector/rejection-reasons.ts'

const file = join(import.meta.dirname, '..', 'docs', 'identifiers.md')
const head = '| reason | about | the value | way out |\n| ------ | ----- | --------- | ------- |\n'

/** `docs/identifiers.md` around its table of all reasons, and the table as the code has it. */
export const identifiersPage = (): { readonly stands: string; readonly made: string } => {
  const stands = readFileSync(file, 'utf8')
  const [before = '', behind] = stands.split(head)
  if (behind === undefined) throw new Error(`${file} has no table of reasons`)
  const rows = Object.entries(rejectionReasons).map(
    ([name, { kind, meaning, wayOut }]) => `| \`${name}\` | ${kind} | ${meaning} | ${wayOut} |\n`,
  )
  return { stands, made: `${before}${head}${rows.join('')}${behind.replace(/^(\|.*\n)*/, '')}` }
}

/** `node test/reasons-table.ts` writes the table anew. */
if (import.meta.filename === process.argv[1]) writeFileSync(file, identifiersPage().made)
