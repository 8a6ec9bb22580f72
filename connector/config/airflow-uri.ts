/** The parts of a connection as they are written, before anybody knows what they mean. */
export interface UriParts {
  /** As Airflow has it, with `_` for `-`; empty where the address begins with none. */
  readonly type: string
  readonly host: string
  readonly login: string | undefined
  readonly password: string | undefined
  readonly schema: string
  readonly port: number | undefined
  /** The text of `__extra__`, or else the parameters one by one, the last of a name. */
  readonly extra: string | Readonly<Record<string, string>>
}

const wholeExtra = '__extra__'
const schemeForm = /^([A-Za-z][A-Za-z0-9+.-]*):/
/** What Python's urlsplit takes off the front, and what it takes out anywhere. */
const blanksBefore = /^[\0-\u0020]+/
const takenOut = /[\t\r\n]/g

/**
 * A connection in the form of an address, read as Airflow's own `Connection` reads it, with all of its turns: the host in
 * lower case unless it holds an encoded slash, a second `://` for the protocol of the host, `+` for a blank in parameters
 * only. Undefined where Airflow takes it for none.
 */
export function parseConnectionUri(uri: string): UriParts | undefined {
  const marks = uri.split('://').length - 1
  if (marks > 2) return undefined
  const { scheme } = split(uri)
  const rest = uri.replaceAll(`${scheme}://`, marks === 2 ? '' : '//')
  if (marks === 2 && /[@:]/.test(rest.split('://', 1)[0] ?? '')) return undefined
  const { scheme: second, authority, path, query } = split(rest)
  const { userinfo, hostname, port } = splitAuthority(authority)
  if (port === null || !isBracketed(authority)) return undefined
  const host = hostOf(hostname, authority)
  const colon = userinfo?.indexOf(':') ?? -1
  return {
    type: normalised(scheme),
    host: host !== '' && marks === 2 && second !== '' ? `${second}://${host}` : host,
    login: userinfo === undefined ? undefined : decoded(colon < 0 ? userinfo : userinfo.slice(0, colon)),
    password: userinfo === undefined || colon < 0 ? undefined : decoded(userinfo.slice(colon + 1)),
    schema: decoded(path.slice(1)),
    port,
    extra: extraOf(query),
  }
}

/** How Airflow writes the type of a connection that an address or a JSON text names. */
export const normalised = (type: string): string => (type === 'postgresql' ? 'postgres' : type.replaceAll('-', '_'))

/** Python's urlsplit. */
function split(given: string): { scheme: string; authority: string; path: string; query: string } {
  const text = given.replace(blanksBefore, '').replaceAll(takenOut, '')
  const [before = '', scheme = ''] = schemeForm.exec(text) ?? []
  const [address = ''] = text.slice(before.length).split('#', 1)
  const end = address.startsWith('//') ? address.slice(2).search(/[/?]/) : 0
  const until = address.startsWith('//') ? (end < 0 ? address.length : end + 2) : 0
  const behind = address.slice(until)
  const mark = behind.indexOf('?')
  return {
    scheme: scheme.toLowerCase(),
    authority: address.slice(2, until),
    path: mark < 0 ? behind : behind.slice(0, mark),
    query: mark < 0 ? '' : behind.slice(mark + 1),
  }
}

/** `port` is null where it is no port. */
function splitAuthority(authority: string): {
  userinfo: string | undefined
  hostname: string
  port: number | undefined | null
} {
  const at = authority.lastIndexOf('@')
  const place = authority.slice(at + 1)
  const open = place.indexOf('[')
  const shut = open < 0 ? -1 : place.indexOf(']', open)
  const hostEnd = open < 0 ? place.indexOf(':') : shut
  const behind = open < 0 ? place : place.slice(shut + 1)
  const portAt = behind.indexOf(':')
  return {
    userinfo: at < 0 ? undefined : authority.slice(0, at),
    hostname: open < 0 ? (hostEnd < 0 ? place : place.slice(0, hostEnd)) : place.slice(open + 1, shut),
    port: portOf(portAt < 0 ? '' : behind.slice(portAt + 1)),
  }
}

/** Brackets stand around an IPv6 address, and around nothing else of a place. */
const isBracketed = (authority: string): boolean => {
  if (authority.includes('[') !== authority.includes(']')) return false
  const place = authority.slice(authority.lastIndexOf('@') + 1)
  const [, address] = /^\[([^\]]*)\](?::.*)?$/s.exec(place) ?? []
  return address === undefined ? !/[[\]]/.test(place) : URL.parse(`http://[${address}]`) !== null
}

const portOf = (text: string): number | undefined | null => {
  if (text === '') return undefined
  return /^\d+$/.test(text) && Number(text) <= 65_535 ? Number(text) : null
}

/** In lower case up to a `%`, as Python has it; a host with an encoded slash is a path, and keeps its letters. */
function hostOf(hostname: string, authority: string): string {
  const [, plain = '', zone = ''] = /^([^%]*)(.*)$/s.exec(hostname) ?? []
  const host = decoded(plain.toLowerCase() + zone)
  if (!host.includes('/')) return host
  const [kept = ''] = authority.slice(authority.lastIndexOf('@') + 1).split(':', 1)
  return decoded(kept)
}

function extraOf(query: string): UriParts['extra'] {
  const named = query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const mark = part.indexOf('=')
      const ends = mark < 0 ? [part, ''] : [part.slice(0, mark), part.slice(mark + 1)]
      return ends.map((text) => decoded(text.replaceAll('+', ' '))) as [string, string]
    })
  const extra = new Map(named)
  return extra.get(wholeExtra) ?? Object.assign(Object.create(null), Object.fromEntries(extra))
}

/** Python's unquote: what is no `%` and two digits stays, and bytes that are no UTF-8 become U+FFFD. */
const decoded = (text: string): string =>
  text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (bytes) =>
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(bytes.replaceAll('%', ''), 'hex')),
  )
