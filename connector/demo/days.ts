import { comeBack, newcomers, secondDay } from './changes.ts'
import { type Difference, isEqual } from './check.ts'
import { customers } from './customers.ts'
import { type Killed, killedRun, rowsOfKilled } from './killed.ts'
import { type Audiences, audiencesOf, compareAll, introduce, type RunRow, rowOf, run, type Scene } from './scene.ts'
import { changeCustomers } from './warehouse.ts'

export interface Day {
  readonly day: number
  readonly title: string
  /** Null also where the run was over before it could be killed. */
  readonly killed: Killed | null
  readonly runs: readonly RunRow[]
  /** All requests of the day, as the platforms counted them. */
  readonly requests: number
  readonly check: readonly Difference[]
  readonly equal: boolean
}

export const threeDays = async (scene: Scene): Promise<readonly Day[]> => {
  const { day: first, audiences } = await firstDay(scene)
  return [first, await dayOfChanges(scene, audiences), await quietDay(scene, audiences)]
}

const firstDay = async (scene: Scene): Promise<{ readonly day: Day; readonly audiences: Audiences }> => {
  const title = 'a first sync of two segments to two platforms'
  scene.story.heading(`Day 1: ${title}`)
  await introduce(scene)
  const summaries = await run(scene, 'demo/day-1')
  const audiences = audiencesOf(summaries)
  const end = { day: 1, title, killed: null, runs: summaries.map(rowOf), requests: scene.platforms.requests() }
  return { day: await close(scene, audiences, end), audiences }
}

const dayOfChanges = async (scene: Scene, audiences: Audiences): Promise<Day> => {
  const { story, platforms, place } = scene
  const title = 'customers come, go and change, and a run dies in mid-delivery'
  story.heading(`Day 2: ${title}`)
  const before = platforms.requests()
  const added = [...customers(Math.ceil(scene.customers * newcomers), scene.customers + 1)]
  const touched = await changeCustomers(place.shop, secondDay, added)
  for (const [i, { says }] of secondDay.entries()) story.step(`${touched[i]} customers: ${says}`)
  story.step(`${added.length} customers: new`)
  await introduce(scene)
  const killed = await killedRun(scene, audiences)
  const [back] = await changeCustomers(place.shop, [comeBack])
  story.step(`Meanwhile ${back} of those who had unsubscribed ${comeBack.says}`)
  const healed = (await run(scene, 'demo/day-2-again')).map(rowOf)
  const runs = killed ? [...(await rowsOfKilled(scene, killed)), ...healed] : healed
  const day = await close(scene, audiences, { day: 2, title, killed, runs, requests: platforms.requests() - before })
  if (killed && day.equal)
    story.result('So the next run healed it: it settled what the dead one had sent, and delivered the rest', true)
  return day
}

const quietDay = async (scene: Scene, audiences: Audiences): Promise<Day> => {
  const { story, platforms } = scene
  const title = 'nothing changed'
  story.heading(`Day 3: ${title}`)
  const before = platforms.requests()
  const runs = (await run(scene, 'demo/day-3')).map(rowOf)
  const requests = platforms.requests() - before
  const day = await close(scene, audiences, { day: 3, title, killed: null, runs, requests })
  story.result(requests === 0 ? 'No request was made' : `${requests} requests were made`, requests === 0)
  return { ...day, equal: day.equal && requests === 0 }
}

/** Tells the day and checks it. */
const close = async (scene: Scene, audiences: Audiences, day: Omit<Day, 'check' | 'equal'>): Promise<Day> => {
  const { story } = scene
  await story.table(day.runs.map((row) => ({ ...row })))
  const check = await compareAll(scene, audiences)
  const equal = check.every(isEqual)
  for (const one of check.filter((difference) => !isEqual(difference))) {
    story.result(
      `${one.activation}: of ${one.expected} identifiers ${one.missing} are missing, and ${one.unexpected} should not be there`,
      false,
    )
  }
  const expected = check.reduce((sum, one) => sum + one.expected, 0)
  if (equal)
    story.result(
      `The platforms hold exactly what the raw customers say by independent code: ${expected} identifiers`,
      true,
    )
  return { ...day, check, equal }
}
