import { destinations } from '../../connector/destination/registry.ts'
import type { Cases } from './cases.ts'

/** The table of cases of every destination: `x_ads` has `x-ads.cases.ts`. */
export const tables: readonly Cases[] = await Promise.all(
  Object.keys(destinations).map(async (type) => {
    const { cases } = (await import(`./${type.replaceAll('_', '-')}.cases.ts`)) as { readonly cases: Cases }
    return cases
  }),
)
