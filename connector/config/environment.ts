/** What became of the `${NAME}` in one text. */
export interface Expanded {
  readonly text: string
  /** The variables that were read. */
  readonly names: readonly string[]
  /** The variables that are not set, or empty. */
  readonly missing: readonly string[]
  /** Whether a `${` begins no `${NAME}`. */
  readonly malformed: boolean
  /** Whether all of the text came from variables. */
  readonly whole: boolean
}

const reference = /\$\$\{|\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}|\$\{/g

/** Replaces each `${NAME}` by the variable of that name; `$${` stands for a literal `${`. What it yields is not read again. */
export function expand(text: string, environment: Readonly<Record<string, string | undefined>>): Expanded {
  const names: string[] = []
  const missing: string[] = []
  let malformed = false
  let literals = text
  const expanded = text.replace(reference, (match, name: string | undefined) => {
    if (match === '$${') return '${'
    if (name === undefined) {
      malformed = true
      return match
    }
    names.push(name)
    literals = literals.replace(match, '')
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined
    if (value === undefined || value === '') missing.push(name)
    return value ?? ''
  })
  return {
    text: expanded,
    names,
    missing: [...new Set(missing)],
    malformed,
    whole: names.length > 0 && literals === '',
  }
}
