import { join, resolve } from 'node:path'
import { UsageError } from '../config/problems.ts'
import { customers } from '../demo/customers.ts'
import { type Day, threeDays } from '../demo/days.ts'
import { prepareFolder, stateFile, writeTexts } from '../demo/folder.ts'
import { startPlatforms } from '../demo/platforms.ts'
import { DemoStopped } from '../demo/runs.ts'
import { type Shop, shopNames, shopOf } from '../demo/shop.ts'
import { plainStory, type Story, silentStory, terminalStory } from '../demo/story.ts'
import { createCustomers } from '../demo/warehouse.ts'
import { WarehouseError } from '../warehouse/warehouse.ts'
import { forPerson, printLine } from './output.ts'

export interface DemoOptions {
  readonly folder: string
  readonly customers: number
  readonly warehouse: string
  readonly json?: boolean
}

const failed = 1

/** `tidemark demo`: three days of two segments on two simulated platforms. Exit 1 where a day did not end as it must. */
export const demo = async (options: DemoOptions): Promise<number> => {
  if (!Number.isInteger(options.customers) || options.customers < 1000 || options.customers > 1_000_000)
    throw new UsageError('--customers takes a whole number from 1000 to 1000000.')
  const warehouse = shopNames.find((name) => name === options.warehouse)
  if (warehouse === undefined) throw new UsageError(`--warehouse takes ${shopNames.join(', ')}.`)
  const folder = resolve(options.folder)
  const shop = shopOf(warehouse, folder, process.env)
  const story = storyFor(options)
  await prepareFolder(folder, shop)
  const { days, error } = await live(folder, shop, options.customers, story)
  const equal = error === null && days.every((day) => day.equal)
  if (options.json) printLine(JSON.stringify({ schema: 'tidemark.demo/1', folder, days, equal, error }))
  else if (equal) farewell(options.folder, story)
  else process.stderr.write(`${error ?? 'The platforms do not hold what the customers say. Please report this.'}\n`)
  return equal ? 0 : failed
}

interface Ended {
  readonly days: readonly Day[]
  readonly error: string | null
}

const live = async (folder: string, shop: Shop, count: number, story: Story): Promise<Ended> => {
  try {
    story.step(`Making ${count} customers as they are found in real tables: ${folder}`)
    await createCustomers(shop, customers(count))
    await writeTexts(folder, { customers: count, shop })
    story.step('Starting X Ads and TikTok Ads on localhost, with their real rate limits')
    return { days: await onPlatforms(folder, shop, count, story), error: null }
  } catch (error) {
    if (!(error instanceof DemoStopped || error instanceof WarehouseError)) throw error
    return { days: [], error: error.message }
  }
}

const onPlatforms = async (folder: string, shop: Shop, count: number, story: Story): Promise<readonly Day[]> => {
  const platforms = await startPlatforms()
  try {
    const place = { folder, shop, environment: platforms.environment }
    const days = await threeDays({ place, customers: count, platforms, story, people: new Map() })
    platforms.keep(stateFile(folder))
    return days
  } finally {
    await platforms.stop()
  }
}

const storyFor = (options: DemoOptions): Story => {
  if (options.json) return silentStory
  return forPerson(options) && !process.env.CI ? terminalStory : plainStory
}

const farewell = (folder: string, story: Story): void => {
  story.line(`\nAll three days equal.`)
  story.line(`\nWarehouse, configuration and what to try next are in ${folder}: see ${join(folder, 'README.md')}, or begin with

  cd ${folder} && . ./environment
  npx tidemark status
  npx tidemark plan --all

The simulators have ended; the README says how to start them again with the audiences that they held, and sync on.`)
}
