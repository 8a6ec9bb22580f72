import { stripVTControlCharacters } from 'node:util'

/** Looked at of what a platform says: taking escapes out costs the square of the length (13 minutes for 1 MB of them). */
const longestRead = 4096
const longestShown = 200

/**
 * A platform's words as they may be shown: one line of at most 200 characters without control characters, escapes or
 * what is invisible. Words that hold an e-mail address or handle, an international phone number, a secret in any of its
 * spellings or 32 hex digits are masked, and before the text is cut, so that no half of one is left.
 */
export function quotable(text: unknown, secrets: readonly string[]): string {
  if (typeof text !== 'string') return ''
  let clean = stripVTControlCharacters(beginningOf(text))
    // Zero-width and bidi characters, soft hyphens: nothing takes their place, or they would hide what is masked below.
    .replace(/\p{Cf}|\p{Variation_Selector}|\u034f/gu, '')
    .replace(/\p{C}+/gu, ' ')
  for (const secret of secrets) for (const form of formsOf(secret)) clean = clean.replace(form, '[masked]')
  clean = clean
    .replace(/[^\s"'<>()]+/g, (word) => (/@|%40|[0-9a-f]{32}|(?:\+|%2b)\d{7}/i.test(word) ? '[masked]' : word))
    .replace(/\s+/g, ' ')
    .replaceAll('"', "'")
    .trim()
  return clean.length <= longestShown ? clean : `${clean.slice(0, longestShown - 1)}…`
}

/** As many whole words as are read. */
const beginningOf = (text: string): string =>
  text.length <= longestRead ? text : text.slice(0, longestRead).replace(/\S+$/, '')

/** A secret as it may come back: as it is, encoded for an address (once or, signed, twice), for JSON, for HTML, in Base64. */
function formsOf(secret: string): readonly RegExp[] {
  if (secret.length < 4) return []
  const encoded = encodeURIComponent(secret)
  const strict = encoded.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)
  const json = JSON.stringify(secret).slice(1, -1)
  const bytes = Buffer.from(secret)
  const forms = [
    secret,
    encoded,
    strict,
    encodeURIComponent(strict),
    json,
    json.replaceAll('/', '\\/'),
    secret.replace(/[&<>"']/g, (c) => entities[c] ?? c),
    bytes.toString('base64'),
    bytes.toString('base64url'),
  ]
  // The longest first, so that no end of a longer one is left. Hex digits of an encoding come in either case.
  return [...new Set(forms)]
    .sort((a, b) => b.length - a.length)
    .map((form) => new RegExp(form.replace(/[^\w]/g, '\\$&'), 'gi'))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
