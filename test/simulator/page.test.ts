import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../connector/simulator/simulator.ts'
import { callTikTok, callX, sha } from './client.ts'

const HOSTILE = `<script>alert(1)</script>"'&`
const ESCAPED = '&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;'

let x: Simulator
let tiktok: Simulator
beforeAll(async () => {
  const both: Simulator[] = []
  x = await startSimulator('x_ads', { shownWith: both })
  tiktok = await startSimulator('tiktok_ads')
  both.push(x, tiktok)
})
afterAll(() => Promise.all([x.stop(), tiktok.stop()]))

const pageOf = async (url: string) => {
  const answer = await fetch(`${url}/`)
  return { status: answer.status, headers: answer.headers, html: await answer.text() }
}
const home = '/12/accounts/18ce54d4x5t/custom_audiences'

describe('the page of a simulator', () => {
  test('is plain HTML without a script, that loads nothing from elsewhere, and fits a phone', async () => {
    const { status, headers, html } = await pageOf(x.url)
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'")
    expect(html).not.toMatch(/<script|<link|<img|@import|url\(|https:/i)
    expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">')
    expect(html).toContain('@media (max-width: 45rem)')
    expect(html).toContain('No audience yet.')
  })

  test('shows audiences, sizes and requests anew whenever it is loaded, and escapes what others wrote', async () => {
    const made = await callX(x.url, 'POST', home, { query: { name: HOSTILE } })
    const id = made.json.data.id as string
    const users = [{ email: [sha('a')] }, { email: [sha('b')], phone_number: [sha('c')] }]
    await callX(x.url, 'POST', `${home}/${id}/users`, { body: [{ operation_type: 'Update', params: { users } }] })
    const { html } = await pageOf(x.url)
    expect(html).not.toContain('<script>')
    for (const cell of [
      `<td data-title="Name">${ESCAPED}</td><td data-title="Id">${id}</td>`,
      '<td data-title="Identifiers">3</td><td data-title="Size as it says">not counted yet</td>',
      `<td data-title="What">add</td><td data-title="Audience">${id}</td><td data-title="Members">2</td><td data-title="Answer">200</td>`,
    ])
      expect(html).toContain(cell)
    // The request log says counts, and the page nobody's digest.
    expect(html).not.toContain(sha('a'))
    await callX(x.url, 'DELETE', `${home}/${id}`)
    expect((await pageOf(x.url)).html).toContain(`<td data-title="Name">${ESCAPED} (deleted)</td>`)
  })

  test('of an unknown request it shows what was asked, escaped too, and whom it is shown with', async () => {
    await fetch(`${tiktok.url}/a'b`)
    await callTikTok(tiktok.url, 'segment/audience/', {
      advertiser_id: '1',
      action: 'create',
      custom_audience_name: 'n',
    })
    const { html } = await pageOf(x.url)
    expect(html).toContain('<h2>TikTok Ads</h2>')
    expect(html).toContain('<td data-title="What">GET /a&#39;b</td>')
    expect(html).toContain('<td data-title="Answer">200 40300</td>')
    expect((await pageOf(tiktok.url)).html).not.toContain('<h2>X Ads</h2>')
  })

  test('looking at it is no request to the platform', async () => {
    const before = x.requests.length
    await pageOf(x.url)
    expect(x.requests.length).toBe(before)
    expect((await fetch(`${x.url}/`, { method: 'POST' })).status).toBe(404)
  })
})
