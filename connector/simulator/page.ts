import type { AudienceState, Simulator } from './contract.ts'
import type { PlatformName } from './platform.ts'
import type { RecordedRequest } from './server.ts'

/** What simulators hold and were asked, as a page: no script, nothing from elsewhere, every text of others escaped. */

const titles: Readonly<Record<PlatformName, string>> = {
  x_ads: 'X Ads',
  tiktok_ads: 'TikTok Ads',
  webhook: 'The webhook',
}

const requestsShown = 50

export const page = (simulators: readonly Simulator[]): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tidemark: simulated platforms</title>
<style>${style}</style>
</head>
<body>
<h1>Simulated platforms</h1>
<p>Load the page again to see what has changed. Times are UTC.</p>
${simulators.map(section).join('\n')}
</body>
</html>
`

const section = (simulator: Simulator): string => {
  const { total } = simulator.summary()
  const last = simulator.requests.slice(-requestsShown).reverse()
  const shown = last.length < total.requests ? `, the last ${last.length} of them here` : ''
  return `<section>
<h2>${titles[simulator.platform]}</h2>
<p><code>${escaped(simulator.url)}</code></p>
<h3>Audiences</h3>
${table(audienceColumns, simulator.audiences(), 'No audience yet.')}
<h3>Requests</h3>
<p>${total.requests} since it was started${shown}.</p>
${last.length === 0 ? '' : table(requestColumns, last, '')}
</section>`
}

type Columns<T> = readonly (readonly [title: string, cell: (of: T) => string | number])[]

const audienceColumns: Columns<AudienceState> = [
  ['Name', ({ name, deleted }) => (deleted ? `${name} (deleted)` : name)],
  ['Id', ({ id }) => id],
  ['Account', ({ account }) => account],
  ['People', ({ persons }) => persons],
  ['Identifiers', ({ identifiers }) => identifiers],
  ['Size as it says', ({ size }) => size ?? 'not counted yet'],
  ['Changed', ({ updatedAt }) => time(updatedAt)],
]

const requestColumns: Columns<RecordedRequest> = [
  ['At', ({ at }) => time(at)],
  ['What', ({ op, method, path }) => (op === 'unknown' ? `${method} ${path}` : op.replaceAll('_', ' '))],
  ['Audience', ({ audience }) => audience ?? ''],
  ['Members', ({ users }) => users],
  [
    'Answer',
    ({ status, code }) => (status === null ? 'none' : [status, code].filter((part) => part !== null).join(' ')),
  ],
  ['Fault', ({ fault }) => fault ?? ''],
]

function table<T>(columns: Columns<T>, rows: readonly T[], none: string): string {
  if (rows.length === 0) return `<p>${none}</p>`
  const head = columns.map(([title]) => `<th>${title}</th>`).join('')
  const body = rows.map((row) => `<tr>${columns.map(([title, cell]) => cellOf(title, cell(row))).join('')}</tr>`)
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`
}

const cellOf = (title: string, value: string | number): string =>
  `<td data-title="${title}">${escaped(String(value))}</td>`

const time = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.slice(0, 300).replace(/[&<>"']/g, (letter) => entities[letter] ?? '')

/** Where the screen is narrow each row is a list, and each cell says what it is. */
const style = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #ccc; padding: .25rem .75rem .25rem 0; text-align: left; overflow-wrap: anywhere; }
@media (max-width: 45rem) {
  thead { display: none; }
  tr { border-bottom: 1px solid #888; display: block; padding: .5rem 0; }
  td { border: 0; display: block; padding: 0; }
  td:empty { display: none; }
  td::before { color: #555; content: attr(data-title) ": "; }
}
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee; } td::before { color: #aaa; } }
`
