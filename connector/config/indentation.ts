import { counted } from '../plural.ts'
import type { Problem } from './problems.ts'
import { indentOf, isBlank, shownLine } from './shown-line.ts'
import { tabbed, tooDeep } from './syntax.ts'

/** Characters that are read at most to find out which line it is: a long file is told as it was read. */
const mostRead = 1_500_000
const mostTries = 500
/** Beyond these lines nobody would see what is told of the first. */
const mostPlaces = 10

/** Lines moved to another indentation, and what is wrong with the file then. */
interface Repair {
  readonly first: number
  readonly last: number
  readonly blanks: number
  readonly problems: readonly Problem[]
}

/**
 * One line at the wrong indentation is many problems, or one in another line. Where moving a line, or a block of lines, to
 * an indentation that others have leaves fewer problems, and none of this kind, that is what is told, and then what is left.
 */
export function withIndentation(
  text: string,
  found: readonly Problem[],
  read: (text: string) => readonly Problem[],
): readonly Problem[] {
  const lines = text.split('\n')
  const isSyntax = found.some(isOfSyntax)
  const places = found.filter(isOfStructure).flatMap(({ line }) => (line === undefined ? [] : [line - 1]))
  const helps = (left: readonly Problem[]): boolean =>
    !left.some(isOfStructure) && (isSyntax || left.length < found.length)
  // To read the one again and again costs too much, and the other says it all.
  const isClear = found.some(({ wrong }) => wrong === tooDeep || wrong === tabbed)
  const tries = isClear ? 0 : Math.min(mostTries, Math.floor(mostRead / text.length))
  const repairs = moves(lines, suspects(lines, places, isSyntax))
    .take(tries)
    .map((move) => ({ ...move, problems: read(moved(lines, move).join('\n')) }))
    .filter(({ problems }) => helps(problems))
    .toArray()
  const best = bestOf(repairs, lines)
  return best === undefined ? found : [told(best, lines), ...best.problems]
}

const isOfSyntax = ({ path, line }: Problem): boolean => path.startsWith(`line ${line},`)

/** What a line at the wrong indentation looks like: something is there that is not wanted, or is not where it is. */
const isOfStructure = (problem: Problem): boolean => {
  const { got, wayOut } = problem
  if (isOfSyntax(problem)) return true
  if (got.startsWith('the key ')) return !wayOut.startsWith('did you mean')
  return /^(?:nothing$|a mapping|a list of|the same key again)/.test(got)
}

/** Indices of lines that may be the one, the likeliest first. */
const suspects = (lines: readonly string[], places: readonly number[], isSyntax: boolean): readonly number[] => {
  const near = places.slice(0, mostPlaces).flatMap((at) => [at, nextOf(lines, at)])
  const [at = 0] = places
  // A parser gives up at the end of the block that begins at the wrong indentation.
  const above = isSyntax ? [...lines.keys()].slice(0, at).reverse() : []
  return [...new Set([...near, ...above])].filter((i) => lines[i] !== undefined && !isBlank(lines[i]))
}

const nextOf = (lines: readonly string[], at: number): number => lines.findIndex((line, i) => i > at && !isBlank(line))

type Move = Omit<Repair, 'problems'>

/** The line by itself, with what stands deeper below it, and with what stands beside it: to each indentation near it. */
function* moves(lines: readonly string[], from: readonly number[]): Generator<Move> {
  for (const first of from) {
    const own = indentOf(lines[first] ?? '')
    const block = lastWhere(lines, first, (blanks) => blanks > own)
    const beside = lastWhere(lines, first, (blanks) => blanks >= own)
    for (const blanks of targets(lines, first))
      for (const last of new Set([first, block, beside])) yield { first, last, blanks }
  }
}

const lastWhere = (lines: readonly string[], first: number, goesOn: (blanks: number) => boolean): number => {
  let last = first
  for (let i = first + 1; i < lines.length; i++) {
    const line = lines[i] ?? ''
    if (isBlank(line)) continue
    if (!goesOn(indentOf(line))) break
    last = i
  }
  return last
}

/** Where a line could stand: like one of those above it, a step deeper than the one before it, or like the one after it. */
const targets = (lines: readonly string[], at: number): readonly number[] => {
  const found = new Set<number>()
  const before = lines.slice(0, at).findLast((line) => !isBlank(line))
  let least = Number.POSITIVE_INFINITY
  for (let i = at - 1; i >= 0 && least > 0; i--) {
    const line = lines[i] ?? ''
    if (isBlank(line) || indentOf(line) >= least) continue
    least = indentOf(line)
    found.add(least)
    // What follows `- ` on its line is indented by two more.
    if (/^\s*- /.test(line)) found.add(least + 2)
  }
  found.add(before === undefined ? 0 : indentOf(before) + stepOf(lines))
  found.add(indentOf(lines[nextOf(lines, at)] ?? ''))
  found.delete(indentOf(lines[at] ?? ''))
  return [...found]
}

/** By how many blanks this file indents. */
const stepOf = (lines: readonly string[]): number => {
  const indents = lines.filter((line) => !isBlank(line)).map(indentOf)
  const steps = indents.flatMap((blanks, i) =>
    i > 0 && blanks > (indents[i - 1] ?? 0) ? [blanks - (indents[i - 1] ?? 0)] : [],
  )
  const ranked = [...Map.groupBy(steps, (step) => step)].sort(([, a], [, b]) => b.length - a.length)
  return ranked[0]?.[0] ?? 2
}

const moved = (lines: readonly string[], { first, last, blanks }: Move): readonly string[] => {
  const by = blanks - indentOf(lines[first] ?? '')
  return lines.map((line, i) =>
    i < first || i > last || isBlank(line) ? line : ' '.repeat(Math.max(0, indentOf(line) + by)) + line.trimStart(),
  )
}

/** The one that leaves the least, then moves the fewest lines, then stands a step deeper than its parent, then like most others. */
const bestOf = (repairs: readonly Repair[], lines: readonly string[]): Repair | undefined => {
  const standing = Map.groupBy(
    lines.filter((line) => !isBlank(line)),
    indentOf,
  )
  const step = stepOf(lines)
  const rank = ({ first, last, blanks, problems }: Repair): readonly number[] => [
    problems.length,
    last - first,
    blanks === parentOf(lines, first, blanks) + step ? 0 : 1,
    -(standing.get(blanks)?.length ?? 0),
  ]
  return repairs.toSorted((a, b) => {
    const [left, right] = [rank(a), rank(b)]
    const i = left.findIndex((value, at) => value !== right[at])
    return i < 0 ? 0 : (left[i] ?? 0) - (right[i] ?? 0)
  })[0]
}

/** The indentation of the line below which this one would stand; a step to the left of the edge where there is none. */
const parentOf = (lines: readonly string[], at: number, blanks: number): number => {
  const parent = lines.slice(0, at).findLast((line) => !isBlank(line) && indentOf(line) < blanks)
  return parent === undefined ? -stepOf(lines) : indentOf(parent)
}

const told = ({ first, last, blanks }: Repair, lines: readonly string[]): Problem => {
  const own = indentOf(lines[first] ?? '')
  const upTo = last === first ? 'it' : `lines ${first + 1} to ${last + 1}`
  return {
    path: `line ${first + 1}, column ${own + 1}`,
    line: first + 1,
    column: own + 1,
    wrong: `is indented by ${own}, where the file makes sense with ${blanks}`,
    got: shownLine(lines, first),
    wayOut: blanks === 0 ? `do not indent ${upTo}` : `indent ${upTo} by ${counted(blanks, 'blank')}`,
  }
}
