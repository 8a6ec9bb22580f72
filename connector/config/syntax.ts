import { type Document, type LineCounter, visit, type YAMLParseError, type YAMLWarning } from 'yaml'
import { type Place, placeAt } from './places.ts'
import type { Problems } from './problems.ts'
import { shownLine } from './shown-line.ts'

type Fault = YAMLParseError | YAMLWarning

/** These follow from nothing, so each is told, as far as anybody reads them. */
const independent = ['TAG_RESOLVE_FAILED', 'NON_STRING_KEY', 'MULTIPLE_DOCS']
const mostTold = 5

/** Notes what is not YAML. Faults follow from one another: of those that do, the first is the one to correct. */
export function noteSyntax(document: Document, text: string, counter: LineCounter, problems: Problems): void {
  const lines = text.split('\n')
  for (const fault of toTell([...document.errors, ...document.warnings])) {
    const quote = openQuote(fault, document, counter)
    const place = quote ?? placeOf(fault, document, counter)
    const [wrong, wayOut] = quote === undefined ? wordsFor(fault, place, lines[place.line - 1] ?? '') : unclosed
    problems.syntax(place, wrong, shownLine(lines, place.line - 1), wayOut)
  }
  const { yaml } = document.directives ?? {}
  if (yaml?.explicit === true && yaml.version !== '1.2')
    problems.syntax({ line: 1, column: 1 }, 'must be YAML version 1.2', yaml.version, 'take the %YAML line out')
}

const toTell = (faults: readonly Fault[]): readonly Fault[] => {
  const inOrder = faults.toSorted((a, b) => a.pos[0] - b.pos[0])
  const first = inOrder.find(({ code }) => !independent.includes(code))
  return first === undefined ? inOrder.slice(0, mostTold) : [first]
}

/** Where the line is that has to be corrected, which is not always where the parser gave up. */
const placeOf = ({ code, pos }: Fault, document: Document, counter: LineCounter): Place => {
  const at = placeAt(counter, pos[0])
  if (code !== 'BLOCK_AS_IMPLICIT_KEY') return at
  // It is told of the value above the line that is too deep; the fault that follows from it ends in that line.
  const ends = document.errors.filter((other) => other.code === 'MULTILINE_IMPLICIT_KEY' && other.pos[0] === pos[0])
  const { line } = placeAt(counter, ends[0]?.pos[1] ?? pos[0])
  return line > at.line ? { line, column: 1 } : at
}

/** Where the text in quotes begins that goes on to where the closing quote is missed. */
const openQuote = ({ code, pos }: Fault, document: Document, counter: LineCounter): Place | undefined => {
  let start: number | undefined
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (range && /^QUOTE/.test(type ?? '') && range[0] < pos[0] && range[1] >= pos[0]) start ??= range[0]
    },
  })
  return code !== 'MISSING_CHAR' || start === undefined ? undefined : placeAt(counter, start)
}

export const tooDeep = 'is nested too deeply'
export const tabbed = 'is indented by a tab'
const unclosed = ['opens a quote that is not closed', 'close it'] as const

/** Our own words: the parser's texts quote the file. */
function wordsFor({ code, message }: Fault, { column }: Place, line: string): readonly [wrong: string, wayOut: string] {
  switch (code) {
    case 'MULTIPLE_DOCS':
      return ['a second document begins', 'keep one document in the file']
    case 'NON_STRING_KEY':
      return [
        'a key must be text',
        'write a plain name before the colon, and put a variable of the environment in quotes',
      ]
    case 'TAG_RESOLVE_FAILED':
      return ['tags (!…) are not read', 'take the tag out and put the value in quotes']
    case 'TAB_AS_INDENT':
      return [tabbed, 'indent by blanks']
    case 'RESOURCE_EXHAUSTION':
      return [tooDeep, 'nest at most 64 levels']
    case 'BAD_SCALAR_START':
      return ['begins with a character that YAML keeps for itself', 'put the value in quotes']
    case 'BAD_DQ_ESCAPE':
      return ['has a backslash that means nothing in double quotes', 'use single quotes, or write \\\\ for a backslash']
    case 'MISSING_CHAR':
      return ['lacks a colon with a blank behind it, or a bracket', 'add what is missing']
    case 'BAD_INDENT':
      return message.startsWith('Flow')
        ? ['comes before a bracket is closed that was opened above it', 'close the [ or { above']
        : ['is indented like none of the lines that it could belong to', 'indent it like the keys beside it']
    case 'BLOCK_AS_IMPLICIT_KEY':
      return column === 1
        ? ['is indented deeper than a line above it that has a value already', 'indent it like the keys beside it']
        : ['has a second colon', 'put the value in quotes, or write what belongs below the key on lines of its own']
    case 'MULTILINE_IMPLICIT_KEY':
      return ['is no key with a value', 'write key: value, with a blank behind the colon']
    default:
      return /[^"']\$\{/.test(line)
        ? ['has a variable of the environment without quotes', 'put it in quotes']
        : [`is not YAML (${code})`, 'check indentation, quotes and brackets there']
  }
}
