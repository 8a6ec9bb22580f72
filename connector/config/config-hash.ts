import { createHash } from 'node:crypto'
import type { Activation } from './activation.ts'

/**
 * SHA-256, in hex, over what decides what is sent, and where: the segment's rows and key, the account and its address,
 * the audience, the mapping. Names, guards, schedules, pacing and credentials are not in it, nor is the order in which
 * conditions and mapped columns stand.
 */
export function configHash(activation: Pick<Activation, 'segment' | 'destination' | 'audience' | 'fields'>): string {
  const { segment, destination, audience, fields } = activation
  const { source, where, memberKey } = segment
  const { type, accountId, baseUrl } = destination
  const account = { type, accountId, baseUrl }
  const decisive = { source, where: unordered(where), memberKey, account, audience, fields: unordered(fields) }
  return createHash('sha256').update(canonical(decisive)).digest('hex')
}

/** JSON with the keys of each object in one order. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )

const unordered = (list: readonly unknown[]): readonly string[] => list.map(canonical).sort()
