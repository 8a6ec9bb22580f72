import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Scalar,
} from 'yaml'
import type { Path } from './problems.ts'

/** Counted from 1, as editors do. */
export interface Place {
  readonly line: number
  readonly column: number
}

/**
 * Where in the text each path is written: a key where it begins, an item of a list where its value does, and what is not
 * there where the mapping begins that lacks it. What an alias repeats is where its anchor has it.
 */
export const placesIn =
  (document: Document, targets: ReadonlyMap<Alias, Node>, lines: LineCounter) =>
  (path: Path): Place => {
    let node = document.contents as Node | null
    let offset = node?.range?.[0] ?? 0
    for (const part of path) {
      const below = childOf(isAlias(node) ? (targets.get(node) ?? null) : node, part)
      if (below === undefined) break
      offset = below.offset ?? offset
      node = below.node
    }
    return placeAt(lines, offset)
  }

export const placeAt = (lines: LineCounter, offset: number): Place => {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

interface Child {
  readonly node: Node | null
  readonly offset: number | undefined
}

const childOf = (node: Node | null, part: string | number): Child | undefined => {
  if (isMap<Scalar, Node | null>(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part)
    return pair && { node: pair.value, offset: pair.key.range?.[0] }
  }
  if (!isSeq<Node | null>(node) || typeof part !== 'number' || part >= node.items.length) return undefined
  const item = node.items[part] ?? null
  return { node: item, offset: item?.range?.[0] }
}
