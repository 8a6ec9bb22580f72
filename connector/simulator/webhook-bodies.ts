import { type Answer, isRecord, type Received, Refused } from './platform.ts'

/** What a webhook reads and says, as docs/webhook.md has it. */

const TYPES: ReadonlySet<string> = new Set(['email', 'phone', 'device_id'])
const KEYS: Readonly<Record<string, readonly string[]>> = {
  create_audience: ['audience'],
  update_audience: ['audience_id', 'audience'],
  find_audience: ['name', 'cursor'],
  add: ['audience_id', 'membership_days', 'members'],
  remove: ['audience_id', 'members'],
}

export const answer = (status: number, body: object, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
  code: 'code' in body ? String(body.code) : null,
})
export const refusal = (
  status: number,
  code: string,
  message: string,
  headers?: Readonly<Record<string, string>>,
): Refused => new Refused(answer(status, { code, message }, headers))

/** A body with known keys only. */
export function readBody(request: Received): Record<string, unknown> {
  let json: unknown
  try {
    json = JSON.parse(request.body.toString())
  } catch {
    throw refusal(400, 'json', 'The body is not JSON.')
  }
  if (!isRecord(json) || typeof json.event !== 'string' || !Object.hasOwn(KEYS, json.event))
    throw refusal(400, 'event', 'The event is not known.')
  if (typeof json.endpoint_id !== 'string' || json.endpoint_id === '')
    throw refusal(400, 'endpoint_id', 'There is no endpoint_id.')
  const known = ['event', 'endpoint_id', ...(KEYS[json.event] ?? [])]
  if (Object.keys(json).some((key) => !known.includes(key))) throw refusal(400, 'keys', 'A key is not known.')
  return json
}

export function readAudience(audience: unknown): { name: string; description: string | null } {
  if (!isRecord(audience) || typeof audience.name !== 'string' || audience.name.trim() === '')
    throw refusal(422, 'name', 'An audience has a name.')
  const { name, description } = audience
  return { name, description: typeof description === 'string' ? description : null }
}

/** `type, digest, type, digest, …` of one member. */
export function readMember(member: unknown): readonly string[] {
  if (!isRecord(member) || Object.keys(member).length === 0) throw refusal(422, 'member', 'A member is an object.')
  return Object.entries(member).flatMap(([type, digests]) => {
    if (!TYPES.has(type) || !Array.isArray(digests) || digests.length === 0)
      throw refusal(422, 'member', 'A member has lists of digests by type.')
    return digests.flatMap((digest: unknown) => {
      if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest))
        throw refusal(422, 'digest', 'A digest is 64 hex digits in lower case.')
      return [type, digest]
    })
  })
}
