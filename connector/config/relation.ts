import type { Naming } from './names.ts'
import { quote } from './problems.ts'

const part = /"((?:[^"\0]|"")+)"|([\p{L}_][\p{L}\p{N}_$-]*)/uy

/**
 * The parts of `table`, `schema.table` or `catalogue.schema.table`; a part in double quotes may be any text, with its
 * own double quotes doubled. Undefined where it is none of these.
 */
export function parseRelation(
  text: string,
  { fold, dashes }: Pick<Naming, 'fold' | 'dashes'>,
): readonly string[] | undefined {
  const parts: string[] = []
  part.lastIndex = 0
  for (;;) {
    const match = part.exec(text)
    if (match === null || (match[2]?.includes('-') && !dashes)) return undefined
    parts.push(match[1]?.replaceAll('""', '"') ?? fold(match[0]))
    const next = part.lastIndex
    if (next === text.length) return parts.length <= 3 ? parts : undefined
    if (text[next] !== '.') return undefined
    part.lastIndex = next + 1
  }
}

/** The parts as `relation:` takes them: odd names in double quotes. */
export const writtenRelation = (parts: readonly string[]): string =>
  parts.map((name) => (/^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`)).join('.')

/** The parts as a person reads them: `main.customers`, odd names as `quote` shows them. */
export const relationText = (parts: readonly string[]): string =>
  parts.map((name) => (/^[\p{L}\p{N}_$]{1,80}$/u.test(name) ? name : quote(name))).join('.')
