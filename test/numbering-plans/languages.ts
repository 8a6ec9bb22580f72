import { DFA, JS, NFA } from 'refa'

/** A set of texts of digits, as a minimal automaton: what patterns mean, whatever they look like. */
export type Language = DFA

export const tenDigits: readonly string[] = [...'0123456789']

/** The texts that a pattern matches as a whole. Patterns are those of libphonenumber's metadata: JavaScript's, of digits. */
export function language(pattern: string): Language {
  const { expression, maxCharacter } = JS.Parser.fromLiteral({ source: pattern, flags: '' }).parse()
  return minimal(DFA.fromFA(NFA.fromRegex(expression, { maxCharacter })))
}

/** Digits only, of one of these lengths. */
export function digits(lengths: readonly number[]): Language {
  return language(lengths.map((length) => `\\d{${length}}`).join('|') || '[]')
}

export function either(languages: readonly Language[]): Language {
  const [first, ...others] = languages
  if (first === undefined) return language('[]')
  const all = NFA.fromFA(first)
  for (const other of others) all.union(NFA.fromFA(other))
  return minimal(DFA.fromFA(all))
}

export function both(a: Language, b: Language): Language {
  return minimal(DFA.fromIntersection(a, b))
}

export function without(a: Language, b: Language): Language {
  const others = b.copy()
  others.complement()
  return both(a, others)
}

/** Each of the first with each of the others behind it. */
export function behind(first: Language, second: Language): Language {
  return language(`(?:${sourceOf(first)})(?:${sourceOf(second)})`)
}

/** A pattern of the same texts in what all four warehouses read: groups that count, `[0-9]`. */
export function patternOf(texts: Language): string {
  return portable(sourceOf(texts))
}

function sourceOf(texts: Language): string {
  return JS.toLiteral(texts.toRegex()).source
}

/** The same of a pattern of the metadata. */
export function portable(pattern: string): string {
  return pattern
    .replaceAll('(?:', '(')
    .replaceAll('\\d', '[0-9]')
    .replaceAll(/(\[0-9\]){2,}(?![{?*+])/g, (run) => `[0-9]{${run.length / '[0-9]'.length}}`)
}

function minimal(automaton: DFA): DFA {
  automaton.minimize()
  return automaton
}
