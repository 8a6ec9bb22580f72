import type { Simulator } from './contract.ts'
import { KeptError } from './kept.ts'
import type { CommonOptions } from './platform.ts'
import { startSimulator } from './simulator.ts'
import { broken, openStateFile, type StateFile } from './state-file.ts'
import type { TikTokAdsOptions } from './tiktok-options.ts'
import type { WebhookOptions } from './webhook.ts'
import type { XAdsOptions } from './x-options.ts'

/** All platforms in one process: each shows all of them on its page, and a file keeps what they hold. */
export interface Together {
  readonly x: Simulator
  readonly tiktok: Simulator
  readonly webhook: Simulator
  /** What has not taken effect by now never will; the state is written. */
  stop(): Promise<void>
}

export interface TogetherOptions {
  readonly x: XAdsOptions
  readonly tiktok: TikTokAdsOptions
  readonly webhook: WebhookOptions
  /** Where its port is taken, any free one does. */
  readonly webhookAnywhere: boolean
  /** A file that they go on from, and keep their state in. */
  readonly state?: string | undefined
  /** What is said where the state cannot be written any more. */
  readonly complain: (message: string) => void
}

/** Throws StateFileError where the file cannot be used. */
export const startTogether = async (options: TogetherOptions): Promise<Together> => {
  const file = options.state === undefined ? null : openStateFile(options.state, options.complain)
  const all: Simulator[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(all.map((one) => one.stop()))
    file?.close()
  }
  const common: CommonOptions = { shownWith: all, ...(file === null ? {} : { onChange: file.changed }) }
  const started = async (starting: Promise<Simulator>): Promise<Simulator> => {
    const one = await starting
    all.push(one)
    return one
  }
  const { kept = {} }: Partial<StateFile> = file ?? {}
  const from = <N extends keyof StateFile['kept']>(name: N) => (kept[name] === undefined ? {} : { kept: kept[name] })
  try {
    const x = await started(startSimulator('x_ads', { ...options.x, ...common, ...from('x_ads') }))
    const tiktok = await started(startSimulator('tiktok_ads', { ...options.tiktok, ...common, ...from('tiktok_ads') }))
    const receiver = { ...options.webhook, ...common, ...from('webhook') }
    const webhook = await started(
      startSimulator('webhook', receiver).catch((error) => {
        if (!options.webhookAnywhere || error.code !== 'EADDRINUSE') throw error
        return startSimulator('webhook', { ...receiver, port: 0 })
      }),
    )
    file?.holds(all)
    return { x, tiktok, webhook, stop }
  } catch (error) {
    await stop()
    if (error instanceof KeptError) throw broken(options.state ?? '', error.message)
    throw error
  }
}
