import { z } from 'zod'
import { type Scene, secret } from './answers.ts'
import {
  type Account,
  type Destination,
  type DestinationSettings,
  fieldsByType,
  type HttpRequest,
  type OutgoingBatch,
  type RowLayout,
} from './destination.ts'
import { queryOf } from './oauth1.ts'
import { appCodes, audienceCodes, codes, creationCodes, memberCodes, reader } from './tiktok-ads-answers.ts'
import { advertisersOf, audienceNow, created, detailsOf, pageOf } from './tiktok-ads-bodies.ts'
import { tiktokConsent } from './tiktok-ads-consent.ts'

/** TikTok Marketing API v1.3, streaming ("Partner") audiences (ad-platforms reference, 2.0 to 2.5). */
export const tiktokAds = {
  type: 'tiktok_ads',
  title: 'TikTok Ads',
  settings: z.strictObject({
    // In quotes: as a number in YAML its 19 digits would be rounded.
    advertiser_id: z.string('must be digits in quotes').regex(/^\d{1,32}$/, 'a TikTok advertiser id is digits only'),
    // `app_id` and `secret` are not needed for a run, only to list accounts and to connect.
    credentials: z.strictObject({
      access_token: secret,
      app_id: secret.optional(),
      secret: secret.optional(),
    }),
  }),
  accountKey: 'advertiser_id',
  // TikTok's names differ from ours: GAID_* exists in the file API only, streaming calls it AAID_* (2.3, 5).
  fields: {
    // Not in the published list of streaming types: help pages name SHA-512 for e-mail (2.5).
    email: { rule: 'email', type: 'EMAIL_SHA256', sha512Type: 'EMAIL_SHA512' },
    phone: { rule: 'phone', type: 'PHONE_SHA256' },
    idfa: { rule: 'mobile_ad_id', type: 'IDFA_SHA256' },
    gaid: { rule: 'mobile_ad_id', type: 'AAID_SHA256' },
  },
  limits: {
    baseUrl: 'https://business-api.tiktok.com',
    // 10 a second for a new app (2.2); rows and bytes are not published, these are the careful values (2.3).
    requestsPerSecond: 10,
    timeoutMs: 60_000,
    concurrency: 4,
    maxRows: 1000,
    maxBytes: 1_000_000,
  },
  // Longer names are cut to 67 characters and "...", and the search by name would never find them again (2.3).
  // Names are not unique (2.3). 1,000 matched people, counted within 24 to 48 hours (2.3).
  audience: {
    maxNameLength: 70,
    canRename: false,
    canDescribe: false,
    allowsTwins: true,
    minMatched: 1000,
    countingHours: [24, 48],
  },
  // Not published whether one bad id fails all the others (4.2).
  atomic: false,
  // Below 1,000 matched people an audience cannot be used (2.3).
  minMembers: 1000,
  removesPersons: true,
  // No expiry is documented for streaming audiences (5).
  membershipDays: () => null,
  layout,
  account,
  consent: tiktokConsent,
} as const satisfies Destination

/** The text around the rows; `batch_data` is positional: a cell for each entry of `id_schema`, in its order (2.3). */
const envelope = (
  advertiserId: string,
  { op, types, rows }: Pick<OutgoingBatch, 'op' | 'types' | 'rows'>,
): readonly string[] => [
  `{"advertiser_ids":["${advertiserId}"],"action":"${op === 'add' ? 'add' : 'delete'}",`,
  `"id_schema":${JSON.stringify(types)},"batch_data":[`,
  rows,
  ']}',
]

/** One type per request needs no empty cells, and nobody knows whether rows with `{}` count (4.2): so it is the default. */
function layout(audienceId: string, { combinedRows }: Pick<DestinationSettings['request'], 'combinedRows'>): RowLayout {
  const cell = { open: '{"id":', close: `,"audience_ids":[${JSON.stringify(audienceId)}]}` }
  const types = Object.keys(fieldsByType(tiktokAds))
  const { sha512Type } = tiktokAds.fields.email
  // At most: the longest account id that `settings` lets pass, `delete`, and all types (or the longest).
  const named = combinedRows ? types : ['EMAIL_SHA256']
  return {
    ...(combinedRows ? { rowPer: 'member', blank: '{}' } : { rowPer: 'identifier' }),
    row: { open: '[', close: ']' },
    types: { ...Object.fromEntries(types.map((type) => [type, cell])), [sha512Type]: { ...cell, digits: 128 } },
    value: { open: '"', close: '"' },
    envelopeBytes: Buffer.byteLength(envelope('9'.repeat(32), { op: 'remove', types: named, rows: '' }).join('')),
  }
}

function account(settings: DestinationSettings): Account {
  const { accountId } = settings
  const scene = (doing: string): Scene => ({
    title: tiktokAds.title,
    doing: `${doing} (advertiser ${accountId}, \`destinations.${settings.name}\`)`,
    secrets: Object.values(settings.credentials),
  })
  return {
    createAudience: ({ name }) => ({
      request: () =>
        post(settings, 'segment/audience/', [
          JSON.stringify({ advertiser_id: accountId, action: 'create', custom_audience_name: name }),
        ]),
      read: reader(scene(`create the audience '${name}'`), creationCodes, created),
    }),
    findAudience: (name, cursor) => ({
      request: () =>
        get(settings, 'dmp/custom_audience/list/', {
          advertiser_id: accountId,
          page: cursor ?? '1',
          page_size: '100',
        }),
      read: reader(scene(`look for the audience '${name}'`), codes, (json) => pageOf(json, name, Number(cursor ?? 1))),
    }),
    send: (batch) => ({
      request: () => post(settings, 'segment/mapping/', envelope(accountId, batch)),
      read: reader(
        scene(`${batch.op} ids ${batch.op === 'add' ? 'to' : 'from'} audience ${batch.audienceId}`),
        memberCodes(batch.types.length),
        () => ({ value: undefined }),
      ),
    }),
    inspectAudience: (audienceId) => ({
      request: () =>
        get(settings, 'dmp/custom_audience/get/', {
          advertiser_id: accountId,
          custom_audience_ids: JSON.stringify([audienceId]),
        }),
      read: reader(scene(`say how large audience ${audienceId} is`), audienceCodes, (json) =>
        audienceNow(json, audienceId),
      ),
    }),
    directory: {
      needs: ['app_id', 'secret'],
      list: () => ({
        request: () =>
          get(settings, 'oauth2/advertiser/get/', {
            app_id: settings.credentials.app_id ?? '',
            secret: settings.credentials.secret ?? '',
          }),
        read: reader(scene('list the advertisers'), appCodes, advertisersOf),
      }),
      saysRoles: false,
      factsPerCall: 100,
      facts: (ids) => ({
        request: () => get(settings, 'advertiser/info/', { advertiser_ids: JSON.stringify(ids) }),
        read: reader(scene('describe the advertisers'), codes, detailsOf),
      }),
    },
  }
}

/** Paths end in a slash; without it the answer is a page that says 404 (2.0). */
function post(settings: DestinationSettings, path: string, body: readonly string[]): HttpRequest {
  const headers = { ...headersOf(settings), 'content-type': 'application/json' }
  return { method: 'POST', url: `${settings.baseUrl}/open_api/v1.3/${path}`, headers, body }
}

function get(settings: DestinationSettings, path: string, query: Readonly<Record<string, string>>): HttpRequest {
  const url = `${settings.baseUrl}/open_api/v1.3/${path}?${queryOf(query)}`
  return { method: 'GET', url, headers: headersOf(settings) }
}

function headersOf(settings: DestinationSettings): Readonly<Record<string, string>> {
  return { accept: 'application/json', 'access-token': settings.credentials.access_token ?? '' }
}
