import { type Detail, faultOfStatement, WarehouseError, type WarehouseFault } from './warehouse.ts'

/** What an error is. `statement`: see `faultOfStatement`. `says` is in our own words, without a value of a row. */
export type Kind = readonly [fault: WarehouseFault | 'statement', code: string, says: string, detail?: Detail]

/** In place of what a driver threw. */
export const ourError = (step: string, error: unknown, kindOf: (error: unknown) => Kind): WarehouseError => {
  if (error instanceof WarehouseError) return error
  const [fault, code, says, detail] = kindOf(error)
  const whose = fault === 'statement' ? faultOfStatement(step) : fault
  return new WarehouseError(whose, code, step, `${says}, in step "${step}".`, detail)
}

/** What `work` gives. Throws WarehouseError in place of whatever the driver throws. */
export const inOurWords = async <T>(
  step: string,
  kindOf: (error: unknown) => Kind,
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw ourError(step, error, kindOf)
  }
}
