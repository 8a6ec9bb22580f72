import { sql } from 'kysely'
import type { Dialect } from './dialect.ts'

/** `startsWithOneOf` by one regular expression, a tree of the starts: 4.5 kB instead of 20 for the numbering plans. */
export const startsByPattern = (matches: Dialect['matches']): Dialect['startsWithOneOf'] => {
  const patterns = new WeakMap<readonly string[], string>()
  return (text, starts) => {
    const pattern = patterns.get(starts) ?? `^${treeOf(starts)}`
    patterns.set(starts, pattern)
    return matches(text, pattern)
  }
}

/**
 * The same by lists, one a length. PostgreSQL looks into a hash of them: 0.4 µs a text for 2,800 starts of ten lengths
 * against 2.2 µs by the tree, and 84 µs by patterns of whole numbers.
 */
export const startsByLists: Dialect['startsWithOneOf'] = (text, starts) => {
  const lists = [...Map.groupBy(starts, ({ length }) => length)].map(
    ([length, list]) =>
      sql`substr(${text}, 1, ${sql.lit(length)}) = any (cast(${sql.lit(`{${list.join(',')}}`)} as text[]))`,
  )
  return sql`(${sql.join(lists, sql` or `)})`
}

/** `a(b|c[de])`: a pattern of texts of letters, digits and `+`. */
function treeOf(texts: readonly string[]): string {
  if (texts.includes('')) return ''
  const next = Map.groupBy(texts, (text) => text.slice(0, 1))
  const bySuffix = Map.groupBy(next, ([, group]) => treeOf(group.map((text) => text.slice(1))))
  const branches = [...bySuffix].map(([suffix, starts]) => classOf(starts.map(([character]) => character)) + suffix)
  return branches.length === 1 ? (branches[0] ?? '') : `(${branches.join('|')})`
}

const classOf = (characters: readonly string[]): string =>
  characters.length === 1 && characters[0] !== '+' ? (characters[0] ?? '') : `[${characters.join('')}]`
