import { WarehouseError, type WarehouseFault } from '../warehouse/warehouse.ts'
import { type Exit, exits, RunStopped } from './stop.ts'

const exitOf: Readonly<Record<WarehouseFault, Exit>> = {
  later: exits.tryAgain,
  permission: exits.permission,
  configuration: exits.configuration,
  bug: exits.bug,
}
const wayOut: Readonly<Record<WarehouseFault, string>> = {
  later: 'Run again later.',
  permission: 'Ask for the missing permission.',
  configuration: 'Correct warehouse or segment in tidemark.yml; `tidemark validate --warehouse` says more.',
  bug: 'Was something in the schemas of Tidemark (warehouse.schema) changed by hand, or do tables of others stand there? Otherwise please report this.',
}

/** The reason a run stopped, from whatever was thrown. Texts of foreign errors are not passed on: they can quote values. */
export const stopOf = (error: unknown): RunStopped => {
  if (error instanceof RunStopped) return error
  if (error instanceof WarehouseError)
    return new RunStopped(
      exitOf[error.fault],
      error.code,
      `${error.message} ${error.detail.wayOut ?? wayOut[error.fault]}`,
    )
  const at = error instanceof Error ? firstOwnFrame(error) : null
  return new RunStopped(
    exits.bug,
    'bug',
    `Something went wrong inside Tidemark (${error instanceof Error ? error.name : typeof error}${at ? ` in ${at}` : ''}). Please report this.`,
  )
}

const firstOwnFrame = (error: Error): string | null =>
  /(connector|sql|dist)\/[\w./-]+:\d+/.exec(error.stack ?? '')?.[0] ?? null
