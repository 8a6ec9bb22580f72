import { expect, test } from '@jest/globals'
import type { Consented, ConsentPage, ConsentRequest } from '../../connector/destination/consent.ts'
import type { Account, Call, HttpAnswer } from '../../connector/destination/destination.ts'
import { tiktokConsent } from '../../connector/destination/tiktok-ads-consent.ts'
import { xConsent } from '../../connector/destination/x-ads-consent.ts'
import { type Cases, directory } from './cases.ts'
import { cases as tiktok } from './tiktok-ads.cases.ts'
import { add as addOnTikTok } from './tiktok-ads-answers.cases.ts'
import { cases as webhook } from './webhook.cases.ts'
import { cases as x } from './x-ads.cases.ts'
import { add as addOnX, create, error } from './x-ads-calls.cases.ts'

/** What whoever is called at night reads: what was refused, why, and the way out. */

const answered = (status: number, body: unknown): HttpAnswer => ({ status, headers: {}, body: JSON.stringify(body) })
const said = <T>(call: Call<T>, answer: HttpAnswer): string => {
  const outcome = call.read(answer)
  if (outcome.ok) throw new Error('this is no success')
  return outcome.fault.message
}
const app = ({ settings }: Cases): ConsentRequest => ({ ...settings, state: 'st4te' })
const page: ConsentPage = { address: '', kept: { accessToken: 'request-token', accessTokenSecret: 'its-secret' } }
const asksX = xConsent.begin(app(x)) as Call<ConsentPage>
const givesPin: Call<Consented> = xConsent.finish(app(x), page, '4868795')
const givesCode: Call<Consented> = tiktokConsent.finish(app(tiktok), { address: '', kept: {} }, 'c0de-of-the-user')
const xError = (code: number, message: string) => ({ errors: [{ code, message }] })
const ofTikTok = (code: number, message: string) => answered(200, { code, message, request_id: '1', data: {} })

test.each([
  [
    'a wrong PIN',
    said(givesPin, answered(401, xError(89, 'Invalid oauth_verifier parameter'))),
    'X Ads did not exchange the PIN for a token (`destinations.x`) (code 89, "Invalid oauth_verifier parameter"): the PIN is not the one of this page: it is good for once and for some minutes. Begin again with `tidemark connect`, and give the PIN of the new page.',
  ],
  [
    'a wrong key of the app at X',
    said(asksX, answered(401, xError(32, 'Could not authenticate you.'))),
    'X Ads did not let this app ask for consent (`destinations.x`) (code 32, "Could not authenticate you."): check `consumer_key` and `consumer_secret` of the developer app, and the clock of this machine, since requests are dated.',
  ],
  [
    'an app at X that takes no PIN',
    said(asksX, answered(403, xError(415, 'Callback URL not approved'))),
    'X Ads did not let this app ask for consent (`destinations.x`) (code 415, "Callback URL not approved"): X does not take a PIN of this developer app: allow the callback `oob` in its settings at X.',
  ],
  [
    'an auth_code that was used',
    said(givesCode, ofTikTok(40110, 'The auth_code is canceled.')),
    'TikTok Ads did not exchange the auth_code for a token (`destinations.tiktok`) (code 40110, "The auth_code is canceled."): the auth_code was used, was cancelled or has expired: it is good for once and for one hour. Begin again with `tidemark connect`, and give the new one.',
  ],
  [
    'an auth_code of another app, or another secret',
    said(givesCode, ofTikTok(40101, 'Invalid auth_code')),
    'TikTok Ads did not exchange the auth_code for a token (`destinations.tiktok`) (code 40101, "Invalid auth_code"): `app_id` and `secret` do not belong together, or the auth_code is not one of this developer app: check both, and begin again with `tidemark connect`, for an auth_code is good for once and for one hour.',
  ],
  [
    'a wrong secret, where accounts are listed',
    said(directory(tiktok.destination.account(tiktok.settings)).list(), ofTikTok(40101, 'No')),
    'TikTok Ads did not list the advertisers (advertiser 7000000000000000001, `destinations.tiktok`) (code 40101, "No"): check `app_id` and `secret` of the developer app: they do not belong together.',
  ],
  [
    'parameters that are refused, where accounts are listed',
    said(directory(tiktok.destination.account(tiktok.settings)).list(), ofTikTok(40002, 'app_id: Unknown.')),
    'TikTok Ads did not list the advertisers (advertiser 7000000000000000001, `destinations.tiktok`) (code 40002, "app_id: Unknown."): check `app_id` and `secret` of the developer app.',
  ],
])('%s', (_what, message, expected) => expect(message).toBe(expected))

const onX = x.destination.account(x.settings)
const onTikTok: Account = tiktok.destination.account(tiktok.settings)
const onWebhook: Account = webhook.destination.account(webhook.settings)
const toWebhook = onWebhook.send({ op: 'add', audienceId: 'aud-7', types: ['email'], rows: '{}', rowCount: 2 })

test.each([
  [
    'an audience that was deleted on X, which keeps its name',
    said(addOnX(onX), answered(404, error('CUSTOM_AUDIENCE_NOT_FOUND', 'No'))),
    'X Ads did not add users to audience 1nmth (account 18ce54d4x5t, `destinations.x`) (code CUSTOM_AUDIENCE_NOT_FOUND, "No"): it was deleted there or belongs to another account; Tidemark never makes it again by itself, for campaigns point to it: `tidemark reset` forgets it; the platform keeps the names of deleted audiences, so choose another `audience.name` too, and the next run makes a new one.',
  ],
  [
    'an audience that was deleted on TikTok, which does not',
    said(addOnTikTok(onTikTok), ofTikTok(40007, 'No')),
    'TikTok Ads did not add ids to audience 7012345678901234567 (advertiser 7000000000000000001, `destinations.tiktok`) (code 40007, "No"): it was deleted there or belongs to another account; Tidemark never makes it again by itself, for campaigns point to it: `tidemark reset` forgets it, and the next run makes a new one.',
  ],
  [
    'a part of it, and TikTok does not say which',
    said(addOnTikTok(onTikTok), ofTikTok(20001, 'Partial success')),
    'TikTok Ads did not add ids to audience 7012345678901234567 (advertiser 7000000000000000001, `destinations.tiktok`) (code 20001, "Partial success"): it did a part of it and does not say which, so all of it counts as not done and is sent again.',
  ],
  [
    'a token that is not valid',
    said(addOnTikTok(onTikTok), ofTikTok(40105, 'No')),
    'TikTok Ads did not add ids to audience 7012345678901234567 (advertiser 7000000000000000001, `destinations.tiktok`) (code 40105, "No"): the token is not valid there (any more): `tidemark connect` brings a new one, to be put into the environment.',
  ],
  [
    'a web page in the place of an answer',
    said(create(onX), answered(200, '<html>Welcome</html>')),
    "X Ads did not create the audience 'High value' (account 18ce54d4x5t, `destinations.x`) (its answer has another form): this answer is not understood, so nothing is assumed; look whether `base_url` or a proxy on the way leads elsewhere, else please report this message.",
  ],
  [
    'a server that is down',
    said(toWebhook, answered(503, '')),
    'The webhook did not add members to audience aud-7 (endpoint crm-eu, `destinations.crm`) (HTTP 503): the fault is on the side of the endpoint: look at its log if this goes on.',
  ],
  [
    'a count that is another',
    said(toWebhook, answered(200, { received: 1 })),
    'The webhook did not add members to audience aud-7 (endpoint crm-eu, `destinations.crm`) (its count is another): it counted 1 member of 2, so all of them are sent again.',
  ],
])('%s', (_what, message, expected) => expect(message).toBe(expected))
