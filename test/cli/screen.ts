import { stripVTControlCharacters } from 'node:util'

const esc = String.fromCharCode(27)
/** A code that moves or clears, or colours; a line break; or text. */
const tokens = new RegExp(`${esc}\\[(\\??[\\d;]*)([A-Za-z])|\\n|[^${esc}\\n]+`, 'g')

/** What stands on a terminal in the end, line by line, after what was written over is gone; colours left out. */
export const screenAfter = (written: string): readonly string[] => {
  const rows = ['']
  let [row, column] = [0, 0]
  const put = (text: string): void => {
    const line = (rows[row] ?? '').padEnd(column)
    rows[row] = line.slice(0, column) + text + line.slice(column + text.length)
    column += text.length
  }
  const moves: Readonly<Record<string, (by: number) => void>> = {
    A: (by) => {
      row = Math.max(0, row - by)
    },
    G: (to) => {
      column = to - 1
    },
    K: () => {
      rows[row] = (rows[row] ?? '').slice(0, column)
    },
    m: () => undefined,
    h: () => undefined,
    l: () => undefined,
  }
  for (const [token, by, letter] of written.matchAll(tokens)) {
    if (token === '\n') {
      row += 1
      column = 0
      rows[row] ??= ''
    } else if (letter === undefined) put(token)
    else {
      const move = moves[letter]
      if (move === undefined) throw new Error(`the screen does not know the code ${letter}`)
      move(Number(by) || 1)
    }
  }
  return rows.map((line) => line.trimEnd()).filter((line) => line !== '')
}

/** Everything that was shown at any time. */
export const shown = (written: string): string => stripVTControlCharacters(written)

/** Whether there is any colour in it. */
export const hasColour = (written: string): boolean => new RegExp(`${esc}\\[\\d+m`).test(written)
