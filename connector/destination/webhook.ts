import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { counted } from '../plural.ts'
import {
  at,
  audienceGone,
  type Codes,
  configuration,
  done,
  elsewhere,
  faultOf,
  idAt,
  type Next,
  nameTaken,
  notUnderstood,
  parseJson,
  permission,
  type Reading,
  refused,
  retry,
  retryAfter,
  type Scene,
  secret,
  textAt,
  tooLarge,
  unexpected,
} from './answers.ts'
import type {
  Account,
  AudienceFound,
  AudiencePage,
  Call,
  Destination,
  DestinationSettings,
  HttpAnswer,
  Outcome,
  OutgoingBatch,
  RowLayout,
} from './destination.ts'

/** An endpoint of the user's own, for platforms that have no destination yet (docs/webhook.md has the protocol). */
export const webhook = {
  type: 'webhook',
  title: 'The webhook',
  settings: z.strictObject({
    endpoint_id: z.string().regex(/^\w[\w.-]{0,63}$/, 'an endpoint id is letters, digits, . - and _, like crm-eu'),
    credentials: z.strictObject({
      secret: secret.min(16, 'a secret has 16 characters at least'),
      // Many services put a token into the path, so it is treated as one.
      path: secret.regex(/^\/[^?#]*$/, 'a path begins with / and has no query').optional(),
    }),
    membership_days: z.int().min(2).max(3650).optional(),
  }),
  accountKey: 'endpoint_id',
  fields: {
    email: { rule: 'email', type: 'email' },
    phone: { rule: 'phone', type: 'phone' },
    device_id: { rule: 'device_id', type: 'device_id' },
  },
  limits: { requestsPerSecond: 5, timeoutMs: 30_000, concurrency: 2, maxRows: 1000, maxBytes: 1_000_000 },
  audience: { maxNameLength: 255, canRename: true, canDescribe: true, minMatched: 0, countingHours: null },
  // The protocol asks endpoints to change nothing where they refuse.
  atomic: true,
  minMembers: 0,
  removesPersons: false,
  membershipDays: ({ own }) => daysOf(own),
  layout,
  account,
} as const satisfies Destination

const daysOf = (own: DestinationSettings['own']): number | null =>
  typeof own.membership_days === 'number' ? own.membership_days : null

/** The text around the rows. */
const envelope = (
  endpointId: string,
  { op, audienceId, rows }: Pick<OutgoingBatch, 'op' | 'audienceId' | 'rows'>,
  membershipDays: number | null,
): readonly string[] => [
  `{"event":"${op}","endpoint_id":${JSON.stringify(endpointId)},"audience_id":${JSON.stringify(audienceId)},`,
  op === 'add' && membershipDays !== null ? `"membership_days":${membershipDays},` : '',
  '"members":[',
  rows,
  ']}',
]

/** One object is one member, and each key holds an array of digests. */
function layout(_audienceId: string): RowLayout {
  const types = Object.values(webhook.fields).map(({ type }) => [type, { open: `"${type}":[`, close: ']' }] as const)
  const longest = '9'.repeat(64)
  const around = envelope(longest, { op: 'add', audienceId: longest, rows: '' }, 3650)
  return {
    rowPer: 'member',
    row: { open: '{', close: '}' },
    types: Object.fromEntries(types),
    value: { open: '"', close: '"' },
    envelopeBytes: Buffer.byteLength(around.join('')),
  }
}

function account(settings: DestinationSettings): Account {
  const { accountId } = settings
  const scene = (doing: string): Scene => ({
    title: webhook.title,
    doing: `${doing} (endpoint ${accountId}, \`destinations.${settings.name}\`)`,
    secrets: Object.values(settings.credentials),
  })
  const post = poster(settings)
  const about = (event: string, more: object) =>
    post([JSON.stringify({ event, endpoint_id: accountId, ...more })]).request
  return {
    createAudience: (audience) => ({
      request: about('create_audience', { audience }),
      read: reader(scene(`create the audience '${audience.name}'`), statuses, audienceOf),
    }),
    findAudience: (name, cursor) => ({
      request: about('find_audience', { name, ...(cursor === undefined ? {} : { cursor }) }),
      read: reader(scene(`look for the audience '${name}'`), statuses, (json) => pageOf(json, name)),
    }),
    updateAudience: (audienceId, audience) => ({
      request: about('update_audience', { audience_id: audienceId, audience }),
      read: reader(scene(`update audience ${audienceId}`), audienceStatuses, (json) =>
        idAt(json, 'audience_id') === audienceId ? { value: undefined } : unexpected,
      ),
    }),
    send: (batch) => {
      const { request, renew } = post(envelope(accountId, batch, daysOf(settings.own)))
      const doing = `${batch.op} members ${batch.op === 'add' ? 'to' : 'from'} audience ${batch.audienceId}`
      return {
        request,
        read: reader(scene(doing), memberStatuses, (json) => {
          const reading = received(json, batch.rowCount)
          // Under the same key the endpoint would give the same answer again.
          if ('instead' in reading) renew()
          return reading
        }),
      }
    },
  }
}

/**
 * A signed POST. The idempotency key is the same in every attempt at one request (until `renew`), and the signature covers
 * it, the time (seconds since 1970) and the body.
 */
function poster({ baseUrl, credentials }: DestinationSettings) {
  return (body: readonly string[]): { readonly request: Call<never>['request']; renew(): void } => {
    let key: string | undefined
    const request: Call<never>['request'] = ({ nonce, now }) => {
      key ??= nonce
      const seconds = Math.floor(now.getTime() / 1000)
      const hmac = createHmac('sha256', credentials.secret ?? '').update(`${seconds}.${key}.`)
      for (const piece of body) hmac.update(piece)
      return {
        method: 'POST',
        url: `${baseUrl}${credentials.path ?? '/'}`,
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'idempotency-key': key,
          'tidemark-signature': `t=${seconds},v1=${hmac.digest('hex')}`,
        },
        body,
      }
    }
    return {
      request,
      renew: () => {
        key = undefined
      },
    }
  }
}

const reached = configuration('check `base_url` and `credentials.path`, and that the endpoint takes JSON by POST')
const again = retry('no', 'the endpoint asks for a pause; wait, or lower `rate_limit` of this destination')
const failed = retry('maybe', 'the fault is on the side of the endpoint: look at its log if this goes on')

/** What the statuses of the protocol mean; others are not understood. */
const statuses: Codes = {
  400: configuration('the endpoint does not take what was asked: compare it with docs/webhook.md'),
  401: permission('check that `credentials.secret` is the same at both ends'),
  403: permission('check that `credentials.secret` is the same at both ends, and what the endpoint lets it do'),
  404: reached,
  405: reached,
  408: failed,
  409: nameTaken('the endpoint has another audience of that name; choose another `audience.name`'),
  413: configuration('the endpoint takes no request of this size'),
  415: reached,
  422: configuration('the endpoint does not take the name or the description of the audience'),
  425: again,
  429: again,
}
/** Where an audience is named. */
const audienceStatuses: Codes = { ...statuses, 410: audienceGone() }
const badMembers = refused('the endpoint does not take some of the digests')
/** Where members are sent. */
const memberStatuses: Codes = {
  ...audienceStatuses,
  409: retry('no', 'the audience is busy; look at the log of the endpoint if this goes on'),
  413: tooLarge('the request is too large: lower `request.max_bytes` or `request.max_rows` of this destination'),
  422: badMembers,
}

const nextOf = (status: number, table: Codes): Next => {
  if (status >= 500) return failed
  if (status >= 300 && status < 400) return elsewhere
  return table[status] ?? notUnderstood
}

/** Reads an answer: HTTP 200 with the body that was asked for, nothing else is success. */
function reader<T>(scene: Scene, table: Codes, meaning: (json: unknown) => Reading<T>) {
  return (answer: HttpAnswer): Outcome<T> => {
    const json = parseJson(answer.body)
    const status = { instead: nextOf(answer.status, table), code: idAt(json, 'code') ?? `http_${answer.status}` }
    const reading: Reading<T> = answer.status === 200 ? meaning(json) : status
    const requestId = idAt(json, 'request_id')
    if ('value' in reading) return done(reading.value, requestId)
    const told = { code: reading.code, said: textAt(json, 'message'), requestId, retryAfterMs: retryAfter(answer) }
    return { ok: false, fault: faultOf(reading.instead, scene, told) }
  }
}

function audienceOf(json: unknown): Reading<AudienceFound> {
  const audienceId = idAt(json, 'audience_id')
  return audienceId === undefined ? unexpected : { value: { audienceId } }
}

function pageOf(json: unknown, name: string): Reading<AudiencePage> {
  const list = at(json, 'audiences')
  const cursor = at(json, 'next_cursor') ?? undefined
  if (!Array.isArray(list) || !(cursor === undefined || typeof cursor === 'string')) return unexpected
  const matches = list.flatMap((audience) => {
    const audienceId = idAt(audience, 'audience_id')
    if (audienceId === undefined || at(audience, 'name') !== name) return []
    const createdAt = new Date(textAt(audience, 'created_at') ?? '')
    return [{ audienceId, createdAt: Number.isNaN(createdAt.getTime()) ? null : createdAt }]
  })
  return { value: { matches, ...(cursor === undefined || cursor === '' ? {} : { nextCursor: cursor }) } }
}

/** All members arrived: the count is the number sent. Fewer is a failure, after which some may be there. */
function received(json: unknown, sent: number): Reading<void> {
  const count = at(json, 'received')
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0 || count > sent) return unexpected
  if (count === sent) return { value: undefined }
  const advice = `it counted ${counted(count, 'member')} of ${sent}, so all of them are sent again`
  return { instead: retry('maybe', advice), code: 'count_mismatch' }
}
