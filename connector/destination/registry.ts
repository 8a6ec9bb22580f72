import type { Destination, DestinationSettings } from './destination.ts'
import { tiktokAds } from './tiktok-ads.ts'
import { webhook } from './webhook.ts'
import { xAds } from './x-ads.ts'

/** Every platform Tidemark can feed, by `destinations.*.type`. Adding one is one line here. */
export const destinations = { x_ads: xAds, tiktok_ads: tiktokAds, webhook } satisfies Record<string, Destination>

/** The destination that validated settings are of. */
export function contractOf({ type }: Pick<DestinationSettings, 'type'>): Destination {
  const found = destinationOf(type)
  if (!found) throw new Error(`Validated settings have the unknown type ${type}`)
  return found
}

/** The destination of that type, or undefined. */
export function destinationOf(type: string): Destination | undefined {
  return Object.hasOwn(destinations, type) ? destinations[type as keyof typeof destinations] : undefined
}
