import { z } from 'zod'
import { type Scene, secret } from './answers.ts'
import type {
  Account,
  Call,
  Destination,
  DestinationSettings,
  HttpRequest,
  OutgoingBatch,
  RowLayout,
} from './destination.ts'
import { authorisation, queryOf } from './oauth1.ts'
import { audienceCodes, codes, memberCodes, reader } from './x-ads-answers.ts'
import { accessOf, accountsOf, audienceNow, audienceOf, counted, pageOf, updated } from './x-ads-bodies.ts'
import { xConsent } from './x-ads-consent.ts'

/** X Ads API, version 12 (X Ads reference, 1.0 to 1.7). */
export const xAds = {
  type: 'x_ads',
  title: 'X Ads',
  settings: z.strictObject({
    account_id: z.string().regex(/^\w{1,64}$/, 'an X Ads account id is letters and digits, like 18ce54d4x5t'),
    credentials: z.strictObject({
      consumer_key: secret,
      consumer_secret: secret,
      access_token: secret,
      access_token_secret: secret,
    }),
  }),
  accountKey: 'account_id',
  fields: {
    email: { rule: 'email', type: 'email' },
    phone_number: { rule: 'phone', type: 'phone_number' },
    device_id: { rule: 'device_id', type: 'device_id' },
    twitter_id: { rule: 'x_user_id', type: 'twitter_id' },
    handle: { rule: 'handle', type: 'handle' },
  },
  limits: {
    baseUrl: 'https://ads-api.x.com',
    // The users endpoint takes 1,500 a minute (1.6). Users in an operation are unlimited, so only bytes count (1.4).
    requestsPerSecond: 25,
    timeoutMs: 60_000,
    concurrency: 4,
    maxBytes: 5_000_000,
  },
  // 255 is where the search by name ends; the longest name itself is not published (1.3).
  // 100 matched users, counted every 6 to 8 hours (1.7).
  audience: {
    maxNameLength: 255,
    canRename: true,
    canDescribe: true,
    keepsNames: true,
    minMatched: 100,
    countingHours: [6, 8],
  },
  atomic: true,
  minMembers: 0,
  removesPersons: true,
  // 13 months (1.4): at least 393 days, from 1 February to 1 March of the next year.
  membershipDays: () => 393,
  layout,
  account,
  consent: xConsent,
} as const satisfies Destination

const verbs = { add: 'Update', remove: 'Delete' } as const
/** The text around the rows: one operation, since users within it are unlimited (1.4). */
const envelope = (op: OutgoingBatch['op'], rows: string): readonly string[] => [
  `[{"operation_type":"${verbs[op]}","params":{"users":[`,
  rows,
  ']}}]',
]

/** One object is one person, and each key holds an array of digests (1.4). */
function layout(_audienceId: string): RowLayout {
  const types = Object.values(xAds.fields).map(({ type }) => [type, { open: `"${type}":[`, close: ']' }] as const)
  return {
    rowPer: 'member',
    row: { open: '{', close: '}' },
    types: Object.fromEntries(types),
    value: { open: '"', close: '"' },
    envelopeBytes: Buffer.byteLength(envelope('add', '').join('')),
  }
}

function account(settings: DestinationSettings): Account {
  const accountPath = (accountId: string) => `/12/accounts/${encodeURIComponent(accountId)}`
  const home = `${accountPath(settings.accountId)}/custom_audiences`
  const scene = (doing: string): Scene => ({
    title: xAds.title,
    doing: `${doing} (account ${settings.accountId}, \`destinations.${settings.name}\`)`,
    secrets: Object.values(settings.credentials),
  })
  const signed = (ask: Ask): Call<never>['request'] => signer(settings, ask)
  return {
    createAudience: ({ name, description }) => ({
      request: signed({
        method: 'POST',
        path: home,
        query: { name, ...(description === null ? {} : { description }) },
      }),
      read: reader(scene(`create the audience '${name}'`), codes, (json) => audienceOf(json)),
    }),
    findAudience: (name, cursor) => ({
      // `q` finds names that begin so, whatever their case; deleted audiences are left out by default (1.3).
      request: signed({
        method: 'GET',
        path: home,
        query: { q: name, count: '1000', ...(cursor === undefined ? {} : { cursor }) },
      }),
      read: reader(scene(`look for the audience '${name}'`), codes, (json) => pageOf(json, name)),
    }),
    updateAudience: (audienceId, { name, description }) => ({
      // An empty value unsets the description (1.0).
      request: signed({
        method: 'PUT',
        path: `${home}/${encodeURIComponent(audienceId)}`,
        query: { name, description: description ?? '' },
      }),
      read: reader(scene(`update audience ${audienceId}`), audienceCodes, (json) => updated(json, audienceId)),
    }),
    send: (batch) => ({
      request: signed({
        method: 'POST',
        path: `${home}/${encodeURIComponent(batch.audienceId)}/users`,
        body: envelope(batch.op, batch.rows),
      }),
      read: reader(
        scene(`${batch.op} users ${batch.op === 'add' ? 'to' : 'from'} audience ${batch.audienceId}`),
        memberCodes,
        (json) => counted(json, batch.rowCount),
        batch.rowCount,
      ),
    }),
    inspectAudience: (audienceId) => ({
      request: signed({ method: 'GET', path: `${home}/${encodeURIComponent(audienceId)}` }),
      read: reader(scene(`say how large audience ${audienceId} is`), audienceCodes, (json) =>
        audienceNow(json, audienceId),
      ),
    }),
    directory: {
      needs: [],
      list: (cursor) => ({
        request: signed({
          method: 'GET',
          path: '/12/accounts',
          query: { count: '1000', ...(cursor === undefined ? {} : { cursor }) },
        }),
        read: reader(scene('list the ad accounts'), codes, accountsOf),
      }),
      saysRoles: true,
      factsPerCall: 1,
      facts: ([accountId = settings.accountId]) => ({
        request: signed({ method: 'GET', path: `${accountPath(accountId)}/authenticated_user_access` }),
        read: reader(scene(`say what the user may do in account ${accountId}`), codes, (json) =>
          accessOf(json, accountId),
        ),
      }),
    },
  }
}

interface Ask {
  readonly method: HttpRequest['method']
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: readonly string[]
}

/** Signs one request for the host that is really called. The query is signed, a JSON body is not (1.1). */
function signer(settings: DestinationSettings, { method, path, query, body }: Ask): Call<never>['request'] {
  const url = `${settings.baseUrl}${path}${query === undefined ? '' : `?${queryOf(query)}`}`
  const credentials = {
    consumerKey: settings.credentials.consumer_key ?? '',
    consumerSecret: settings.credentials.consumer_secret ?? '',
    accessToken: settings.credentials.access_token ?? '',
    accessTokenSecret: settings.credentials.access_token_secret ?? '',
  }
  return ({ nonce, now }) => {
    const timestamp = Math.floor(now.getTime() / 1000)
    const headers = {
      accept: 'application/json',
      authorization: authorisation({ method, url, credentials, nonce, timestamp }),
    }
    return body === undefined
      ? { method, url, headers }
      : { method, url, headers: { ...headers, 'content-type': 'application/json' }, body }
  }
}
