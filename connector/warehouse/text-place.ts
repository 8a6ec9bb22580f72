/** Columns between two stops of a tab, where a warehouse counts so. */
const tabStop = 8

/** How a warehouse counts columns: from which number on, and whether a tab reaches to its next stop. */
export interface Counting {
  readonly from: 0 | 1
  readonly tabs?: boolean
}

/** How many characters of `text` stand before this line (from 1 on) and column; undefined where there is no such line. */
export const offsetOf = (text: string, line: number, column: number, { from, tabs }: Counting): number | undefined => {
  const lines = text.split('\n')
  const found = lines[line - 1]
  if (found === undefined) return undefined
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  let [at, units] = [0, 0]
  for (const character of found) {
    if (at >= column - from) break
    at = tabs && character === '\t' ? at - (at % tabStop) + tabStop : at + 1
    units += character.length
  }
  return start + units
}
