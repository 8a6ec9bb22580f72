import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Directory } from './directory.ts'
import { Membership } from './membership.ts'
import type { Answer, Audience } from './platform.ts'

/** What is kept of a platform, so that another process can go on with it: audiences with digests, no request, no fault. */

const time = z.int().nonnegative()
const audience = z.strictObject({
  id: z.string().min(1),
  account: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  createdAt: time,
  updatedAt: time,
  changedAt: time.nullable(),
  deleted: z.boolean(),
  size: time.nullable(),
  /** What was given together: `[type, digest, type, digest, …]`. */
  entries: z.array(z.array(z.string()).refine((entry) => entry.length >= 2 && entry.length % 2 === 0)),
  /** Persons who are in though no entry names them: `[type, digest]`, or `['', person]` of the directory. */
  unnamed: z.array(z.tuple([z.string(), z.string()])),
})
const answered = z.strictObject({
  key: z.string(),
  bodySha256: z.string(),
  status: z.int(),
  body: z.string(),
})
export const keptPlatform = z.strictObject({
  audiences: z.array(audience),
  /** Who is who: digest and person. */
  persons: z.array(z.tuple([z.string(), z.string()])),
  answered: z.array(answered).optional(),
})

export type KeptPlatform = z.infer<typeof keptPlatform>
export type KeptAudience = KeptPlatform['audiences'][number]

/** What was answered to an idempotency key, and to which body. */
export interface Answered {
  readonly bodySha256: string
  readonly answer: Answer
}

/** What was kept cannot have been kept by a simulator of that platform. */
export class KeptError extends Error {}

export const sha256 = (body: Buffer): string => createHash('sha256').update(body).digest('hex')

export const keepAudience = ({ membership, ...rest }: Audience): KeptAudience => ({
  ...rest,
  entries: [...membership.given()],
  unnamed: [...membership.unnamed()],
})

/** `directory`: as the platform gives it to the audiences it makes. */
export const audienceOf = ({ entries, unnamed, ...rest }: KeptAudience, directory: Directory): Audience => {
  const membership = new Membership(directory)
  for (const entry of entries) membership.add(entry)
  for (const [type, digest] of unnamed) membership.admit(type, digest)
  return { ...rest, membership }
}

export const keepAnswered = (answered: ReadonlyMap<string, Answered>): KeptPlatform['answered'] =>
  [...answered].map(([key, { bodySha256, answer }]) => ({ key, bodySha256, status: answer.status, body: answer.body }))

export const answeredOf = (kept: NonNullable<KeptPlatform['answered']>): readonly (readonly [string, Answered])[] =>
  kept.map(({ key, bodySha256, status, body }) => {
    const headers = { 'content-type': 'application/json' }
    return [key, { bodySha256, answer: { status, headers, body, code: null } }]
  })
