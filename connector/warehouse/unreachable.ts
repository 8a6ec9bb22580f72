import { quote } from '../config/problems.ts'
import type { Kind } from './classify.ts'

/** A server, as errors about the way to it name it. */
export interface Server {
  readonly title: string
  readonly host: string
  /** Its address, and as whom we go there. */
  readonly place: string
  /** What in the configuration says its host, and its certificate's authority. */
  readonly ofHost: string
  readonly ofAuthority: string
  /** What to do where nobody listens. */
  readonly check: string
}

/** A host as it is written before a port; one of other letters than hosts have, in quotes. */
export const hostText = (host: string): string => {
  if (!/^[\w.:-]+$/.test(host)) return quote(host)
  return host.includes(':') ? `[${host}]` : host
}

type Reason = readonly [form: RegExp, says: string, wayOut?: (server: Server) => string]

/** By what Node calls it, or a driver. */
const reasons: readonly Reason[] = [
  [/^EAI_/, 'the name of the host cannot be looked up now'],
  [/^ECONNREFUSED$/, 'the connection was refused', ({ check }) => check],
  [
    /^(ETIMEDOUT|ECONNABORTED)$|timeout|timed out/i,
    'there was no answer in time',
    () => 'Is there a firewall between? Else run again later.',
  ],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDR)/, 'no way leads to the host'],
  [
    /^(ECONN|EPIPE|ABORT)|connection terminated|client has encountered a connection error|client was closed|socket hang up|network|fetch failed|premature close/i,
    'the connection broke off',
  ],
]

const certificates: readonly Reason[] = [
  [/ALTNAME/, 'its certificate is for another host', ({ ofHost }) => `Correct ${ofHost}.`],
  [/CERT_(HAS_EXPIRED|NOT_YET_VALID)|has expired/, 'its certificate has expired, or is not valid yet'],
  [
    /SELF_SIGNED|UNABLE_TO_|self.signed|unable to (?:get|verify)/i,
    'its certificate is of nobody who is trusted here',
    ({ ofAuthority }) => `Give the certificate of its authority as ${ofAuthority}.`,
  ],
]

/** What is wrong on the way to a server; null where the error is about something else. */
export const kindOfNetwork = (code: string, message: string, server: Server): Kind | null => {
  if (code === 'ENOTFOUND') {
    const says = `There is no host ${quote(server.host)} (${server.title}: ${server.place})`
    return ['configuration', 'no_such_host', says, { wayOut: `Correct ${server.ofHost}.` }]
  }
  const fits = ([form]: Reason): boolean => form.test(code) || form.test(message)
  const [, untrusted, ofTls] = certificates.find(fits) ?? []
  if (untrusted !== undefined) {
    const says = `No TLS connection to ${server.title} came about (${server.place}): ${untrusted}`
    const wayOut = ofTls?.(server) ?? 'Renew the certificate of the server.'
    return ['configuration', 'warehouse_tls', says, { wayOut }]
  }
  const [, why, way] = reasons.find(fits) ?? []
  if (why === undefined) return null
  const says = `${server.title} cannot be reached (${server.place}): ${why}`
  return ['later', 'warehouse_unreachable', says, way === undefined ? {} : { wayOut: way(server) }]
}
