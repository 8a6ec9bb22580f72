import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { sql } from 'kysely'
import { type shopNames, shopOf } from '../../connector/demo/shop.ts'
import { openWarehouse } from '../../connector/warehouse/registry.ts'
import { rowsAtHand } from '../../sql/scope.ts'
import { type Vector, vectors } from '../sql/normalise.vectors.ts'
import { outcomesIn, sha256 } from '../sql/outcomes.ts'

type Name = (typeof shopNames)[number]

const expected = ({ text, digest, reason }: Vector) => ({
  digest: text === undefined ? (digest ?? null) : sha256(text),
  reason: reason ?? null,
})

/**
 * Every committed vector gives its digest on this warehouse, which is where the environment says for the demo. Nothing is
 * said but queries. (A NUL is left out: not every warehouse's texts can hold one.)
 */
export const expectVectors = async (name: Name, environment: Readonly<Record<string, string>>): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-vectors-'))
  const warehouse = await openWarehouse(shopOf(name, folder, environment).settings, { create: true })
  const { dialect } = warehouse
  let seen = 0
  try {
    const usual = vectors.filter(({ input }) => !input?.includes('\0'))
    for (const [, group] of Map.groupBy(
      usual,
      ({ rule, format, defaultCountry }) => `${rule} ${format} ${defaultCountry}`,
    )) {
      const [{ rule, format, defaultCountry }] = group as [Vector]
      const rows = group.map(({ input }, n) => ({ n, raw: input }))
      const given = sql`select n, ${dialect.asText(sql.id('raw'))} as raw_1 from ${rowsAtHand(warehouse, { n: 'integer', raw: 'text' }, rows)} as r`
      const got = await warehouse.rows('vectors', outcomesIn(dialect, given, { rule, format, defaultCountry }))
      expect(group.map(({ input }, i) => ({ input, ...got[i] }))).toEqual(
        group.map((vector) => ({ input: vector.input, ...expected(vector) })),
      )
      seen += group.length
    }
  } finally {
    await warehouse.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return seen
}
