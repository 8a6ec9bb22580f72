import { expect, test } from '@jest/globals'
import { trunkRules as rulesText } from '../../sql/phone/numbering-plans.ts'

/** What `sql/phone/plans.ts` joins across countries keeps the order of the rules of each of them. */
test('rules of a country that put something in stand first, those by length last, and longer trunk prefixes before shorter', () => {
  const rules = rulesText
    .trim()
    .split('\n')
    .map((row) => {
      const [code = '', pattern = '', lead = '', from, keep] = row.split(' ')
      const kind = lead !== `+${code}` || keep !== undefined ? 0 : pattern.startsWith('^') ? 1 : 2
      return { code, order: [kind, kind === 0 ? 0 : -Number(from)] as const }
    })
  const outOfOrder = rules.filter(({ code, order: [kind, from] }, i) =>
    rules
      .slice(i + 1)
      .some(({ code: other, order }) => other === code && (order[0] < kind || (order[0] === kind && order[1] < from))),
  )
  expect(new Set(rules.map(({ order: [kind] }) => kind)).size).toBe(3)
  expect(outOfOrder).toEqual([])
})
