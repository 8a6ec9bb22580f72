/** Longer than any name we know; comparing more would only cost time on hostile input. */
const longestCompared = 64

/** Enough to choose from; whoever is told more reads none of it. */
const mostCandidates = 6

/**
 * The known names that may be meant by an unknown one: those with the fewest wrong letters, then those that begin with it,
 * or else with which it begins. None where none is near.
 */
export function candidates(unknown: string, known: readonly string[]): readonly string[] {
  if (unknown.length > longestCompared) return []
  const word = unknown.toLowerCase()
  const ranked = known
    .filter((name) => Math.abs(name.length - word.length) <= slack(name))
    .map((name) => ({ name, distance: distance(word, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= slack(name))
  const least = Math.min(...ranked.map(({ distance }) => distance))
  const near = ranked.filter(({ distance }) => distance === least).map(({ name }) => name)
  const longer = word.length < 3 ? [] : known.filter((name) => name.startsWith(word))
  const shorter =
    word.length < 3 || near.length + longer.length > 0 ? [] : known.filter((name) => word.startsWith(name))
  return [...new Set([...near, ...longer, ...shorter])]
}

/** The way out for a name that is not known: those it may be, or all there are. */
export function didYouMean(unknown: string, known: readonly string[]): string {
  const near = candidates(unknown, known)
  if (near.length > 0) return didYouMeanOneOf(near)
  if (known.length === 0) return 'take it out'
  return `known are ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', …' : ''}`
}

/** `did you mean a, b or c?` */
export function didYouMeanOneOf(near: readonly string[]): string {
  if (near.length > mostCandidates) return `did you mean ${near.slice(0, mostCandidates).join(', ')}, …?`
  const [last = '', ...others] = near.toReversed()
  return `did you mean ${others.length === 0 ? '' : `${others.toReversed().join(', ')} or `}${last}?`
}

/** How many letters of a name may be wrong. */
const slack = (name: string): number => Math.max(1, Math.floor(name.length / 3))

/** Letters to insert, delete, replace or swap with their neighbour. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? at(beforeLast, j - 2) + 1
          : Number.POSITIVE_INFINITY
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced, swapped))
    }
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY
