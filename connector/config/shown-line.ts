import { knownKeys } from './known-keys.ts'
import { candidates } from './nearest.ts'
import { printable, secretKeys } from './problems.ts'

const reference = /(["']?)(?:\$\{[A-Za-z_]\w*\})+\1/g
const keyInLine = /([A-Za-z_][\w-]*)["']?\s*:(?=\s|$)/g
const keyAtStart = /^(\s*(?:- +)*["']?)([a-z_]{1,40})["']?\s*:/
const keyAlone = /^\s*(?:- +)*[A-Za-z_]\w*:$/
const nameAlone = /^\s*- [a-z][a-z0-9_]*$/
/** Addresses name persons and hold passwords, queries hold tokens, and long digits are telephone numbers. */
const suspicious = /\S@\S|:\/\/|md:|[?&]\w+=|\d{7}/i
const mostShown = 100

/**
 * One line of a file that is not YAML, as far as it may be shown: whole where every key in it is known to hold no secret,
 * else without what stands behind its key, else not at all. Indentation tells what is below a secret, and is what may be
 * wrong: so a line is shown for what it says, not only for where it stands.
 */
export function shownLine(lines: readonly string[], index: number): string {
  const line = (lines[index] ?? '').replace(/\s+#.*$|\s+$/, '')
  if (isHarmless(line, lines, index)) return inTicks(line)
  const [, before, key] = keyAtStart.exec(line) ?? []
  if (key === undefined) return 'a line that is not shown, since it may hold a secret'
  return `${inTicks(`${before}${key}: …`)} (its value is not shown, since it may be a secret)`
}

/** A tab is shown as an arrow, for it looks like blanks. */
const inTicks = (line: string): string =>
  `\`${printable((line.length > mostShown ? `${line.slice(0, mostShown - 1)}…` : line).replaceAll('\t', '→'))}\``

const isHarmless = (line: string, lines: readonly string[], index: number): boolean => {
  // What a variable holds is not in the file.
  const bare = line.replace(reference, '')
  if (bare.replaceAll(keyInLine, '').replace(/[\s{}[\],-]/g, '') === '' && keyAtStart.test(line)) return !hasOdd(bare)
  if (suspicious.test(bare) || isBelowSecret(lines, index)) return false
  if (keyAlone.test(bare)) return true
  const keys = keysOf(bare)
  // `path shop.duckdb`, `path:shop.duckdb`
  const [, word] = /^\s*(?:- +)*([a-z_]+)/.exec(bare) ?? []
  if (keys.length === 0 && word !== undefined && isKnown(word)) return true
  if (keys.length === 0) return nameAlone.test(bare) && keysOf(keyedBefore(lines, index)).every(isKnown)
  return keyAtStart.test(line) && keys.every(isKnown)
}

/** Keys that do not look like keys: one may be a secret. */
const hasOdd = (bare: string): boolean => keysOf(bare).some((key) => !/^[a-z_]{1,40}$/.test(key))

const keysOf = (line: string): readonly string[] => [...line.matchAll(keyInLine)].map(([, key]) => key ?? '')
const isKnown = (key: string): boolean => knownKeys().has(key)

/** A secret key, or one that was probably meant to be one. */
const isSecretLike = (key: string): boolean => !isKnown(key) && candidates(key, secretKeys).length > 0

export const indentOf = (line: string): number => line.length - line.trimStart().length
/** Nothing, or a comment. */
export const isBlank = (line: string): boolean => /^\s*(?:#.*)?$/.test(line)

const keyedBefore = (lines: readonly string[], index: number): string =>
  lines.slice(0, index).findLast((line) => !isBlank(line) && keysOf(line).length > 0) ?? ''

/** Whether one of the lines that this one stands below, by their indentation, has a secret key. */
const isBelowSecret = (lines: readonly string[], index: number): boolean => {
  let least = indentOf(lines[index] ?? '')
  for (let i = index - 1; i >= 0 && least > 0; i--) {
    const line = lines[i] ?? ''
    if (isBlank(line) || indentOf(line) >= least) continue
    least = indentOf(line)
    if (keysOf(line).some(isSecretLike)) return true
  }
  return false
}
