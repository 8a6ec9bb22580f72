/**
 * Of a table that was just filled the planner knows its size and nothing else, and takes what is left of it after a
 * condition for a handful of rows: joins to them became nested loops (23 s instead of 1.3 s where 10,000 of 1 M members
 * had changed). Tables that activations share are left to autovacuum: only their owner may analyse them.
 */
const manyRows = 1000
export const filledTable = (statement: string, schema: string, rows: number): string | null => {
  const [, name = ''] = /^(?:create temp table|insert into) ("[^"]*"(?:\."[^"]*")?)(?=[ (])/.exec(statement) ?? []
  if (/^"tidemark_[^"]*"$/.test(name)) return scratchFilled.test(statement) ? name : null
  return name.startsWith(`"${schema}_state".`) && rows >= manyRows ? name : null
}
/**
 * Whatever its size: of an empty one that it does not know it would expect ten pages (it read 2 M wanted digests to join
 * them with nobody, 9 s of 40), and of one it knew as empty nothing, when others came into it.
 */
const scratchFilled = /^(?:create temp table "[^"]*" on commit drop as|insert into) /
