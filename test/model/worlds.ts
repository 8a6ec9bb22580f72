import { MemoryWorld } from './memory-world.ts'
import { ProcessWorld } from './process-world.ts'
import type { Setting } from './setting.ts'
import type { World } from './world.ts'

export const openWorld = (setting: Setting): Promise<World> =>
  setting.processes ? ProcessWorld.open(setting) : MemoryWorld.open(setting)
