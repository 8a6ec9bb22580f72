import { IdentifierNode, type RawBuilder, sql } from 'kysely'

/** A name that is not ours, and so is written as it is; ours are written as the warehouse writes names. */
export interface ExactIdentifier extends IdentifierNode {
  readonly exact: true
}

const identifier = (name: string) => {
  const node: ExactIdentifier = { ...IdentifierNode.create(name), exact: true }
  return { toOperationNode: () => node }
}

/** A relation or a column of the user's, in its parts. */
export const exactName = (...parts: readonly string[]): RawBuilder<unknown> =>
  sql.join(parts.map(identifier), sql.raw('.'))

export const isExact = (node: IdentifierNode): node is ExactIdentifier => 'exact' in node
