import { expect, test } from '@jest/globals'
import { shopNames } from '../../connector/demo/shop.ts'
import { expectSameDemo } from './demo.ts'
import { expectVectors } from './vectors.ts'

/** Against a real account: `TIDEMARK_LIVE=bigquery npm run live`, with the variables that the demo reads. */
const warehouse = shopNames.find((name) => name === process.env.TIDEMARK_LIVE)
if (warehouse === undefined) throw new Error(`Set TIDEMARK_LIVE to one of ${shopNames.join(', ')}.`)
const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])),
)

test(`every vector gives its digest on ${warehouse}`, async () => {
  expect(await expectVectors(warehouse, environment)).toBeGreaterThan(150)
}, 600_000)

test(
  `the demo ends equal on ${warehouse}, with the counts that it has on DuckDB`,
  () => expectSameDemo(warehouse, environment),
  3_600_000,
)
