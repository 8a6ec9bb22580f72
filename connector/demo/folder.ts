import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../config/problems.ts'
import type { Shop } from './shop.ts'
import { commandsText, configurationText, environmentText, type Text } from './texts.ts'

/** Says that a folder is a demo's, so that the next one may write over it. */
const mark = '.tidemark-demo'
/** What the platforms hold at the end. */
export const stateFile = (folder: string): string => join(folder, 'platforms.json')

/** Makes the folder, or clears an earlier demo out of it; what somebody else put there stays. */
export const prepareFolder = async (folder: string, shop: Shop): Promise<void> => {
  if (existsSync(folder)) {
    const taken = new UsageError(
      `${folder} exists and was not made by an earlier demo; name another folder with --folder, or move it away.`,
    )
    if (!(await stat(folder)).isDirectory()) throw taken
    if (!existsSync(join(folder, mark)) && (await readdir(folder)).length > 0) throw taken
  }
  await mkdir(folder, { recursive: true })
  await shop.clear()
  await rm(stateFile(folder), { force: true })
  await writeFile(join(folder, mark), 'Made by tidemark demo, which may write over what it left here.\n')
}

/** What a reader finds beside the warehouse. */
export const writeTexts = async (folder: string, text: Text): Promise<void> => {
  await writeFile(join(folder, 'tidemark.yml'), configurationText(text))
  await writeFile(join(folder, 'environment'), environmentText())
  await writeFile(join(folder, 'sql.mjs'), text.shop.shell)
  await writeFile(join(folder, 'README.md'), commandsText(text))
}
