import type { Destination } from './destination.ts'
import { tiktokAds } from './tiktok-ads.ts'
import { webhook } from './webhook.ts'
import { xAds } from './x-ads.ts'

/** Every platform Tidemark can feed, by `destinations.*.type`. Adding one is one line here. */
export const destinations = { x_ads: xAds, tiktok_ads: tiktokAds, webhook } satisfies Record<string, Destination>

/** The destination of that type, or undefined. */
export function destinationOf(type: string): Destination | undefined {
  return Object.hasOwn(destinations, type) ? destinations[type as keyof typeof destinations] : undefined
}
