import { idAt, listAt, type Reading, type Scene, textAt, unexpected } from './answers.ts'
import type { Consent, Consented, ConsentRequest } from './consent.ts'
import { queryOf } from './oauth1.ts'
import { consentCodes, reader } from './tiktok-ads-answers.ts'

/** Consent by an auth_code, which is good for an hour and for once (TikTok Ads reference, 2.0). */
export const tiktokConsent: Consent = {
  needs: ['app_id', 'secret'],
  brings: ['access_token'],
  asks: 'auth_code',
  begin: (app) => {
    const { redirectUri } = app
    const query = queryOf({
      app_id: app.credentials.app_id ?? '',
      state: app.state,
      ...(redirectUri === undefined ? {} : { redirect_uri: redirectUri }),
    })
    return { address: `${app.baseUrl}/portal/auth?${query}`, kept: {} }
  },
  finish: (app, _page, shown) => ({
    request: () => ({
      method: 'POST',
      url: `${app.baseUrl}/open_api/v1.3/oauth2/access_token/`,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: [JSON.stringify({ app_id: app.credentials.app_id, secret: app.credentials.secret, auth_code: shown })],
    }),
    read: reader(sceneOf(app, shown), consentCodes, tokenOf),
  }),
}

const sceneOf = (app: ConsentRequest, shown: string): Scene => ({
  title: 'TikTok Ads',
  doing: `exchange the auth_code for a token (\`destinations.${app.name}\`)`,
  secrets: [...Object.values(app.credentials), shown],
})

function tokenOf(json: unknown): Reading<Consented> {
  const token = textAt(json, 'data', 'access_token') ?? ''
  if (!/^[\x21-\x7e]{1,500}$/.test(token)) return unexpected
  const ids = listAt(json, 'data', 'advertiser_ids').flatMap((id) => idAt([id], 0) ?? [])
  const whose = ids.length === 0 ? 'no advertiser at all' : `advertisers ${ids.join(', ')}`
  return { value: { credentials: { access_token: token }, whose } }
}
