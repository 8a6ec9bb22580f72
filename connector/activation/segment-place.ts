import { quote } from '../config/problems.ts'

/** What of a place in a text may be shown: no text and no number, which may be about a person. */
const word = /^(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"\n]|"")+"|`[^`\n]+`|[^\s\p{L}\p{N}'"`$])/u

/** Where in the SQL of a segment something is, in words. `offset`: characters of it before that; null where nobody knows. */
export const placeIn = (sql: string, offset: number | null): string => {
  if (offset === null || offset < 0) return ''
  const rest = sql.slice(offset)
  const text = sql.replace(/;?\s*$/, '')
  if (offset >= text.length) return `, at its end (line ${text.split('\n').length})`
  const before = sql.slice(0, offset).split('\n')
  const [found] = word.exec(rest) ?? []
  const near = found === undefined ? '' : `, at ${quote(found.replace(/^(["`])(.+)\1$/, '$2'))}`
  return `, in line ${before.length}, column ${[...(before.at(-1) ?? '')].length + 1}${near}`
}

/** Does it hold Jinja, by which dbt writes models? */
export const holdsTemplates = (sql: string): boolean => /\{\{|\{%|\{#/.test(sql)
