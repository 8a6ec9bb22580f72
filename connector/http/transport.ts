import { once } from 'node:events'
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { pipeline } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Fault, HttpAnswer, HttpRequest } from '../destination/destination.ts'

/**
 * No answer came, or not all of one. `sent` is false only where certainly nothing reached the platform. The message is
 * made of our own words: those of network errors can quote headers, and so secrets.
 */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  readonly sent: boolean
  constructor(sent: boolean, message: string) {
    super(message)
    this.sent = sent
  }
}

/** Nothing was written: when the connection stood, the request was not to begin any more. */
export class NotBegun extends Error {
  override readonly name = 'NotBegun'
}

export interface SendOptions {
  /** From the start of the request to the last byte of the answer, connecting included. */
  readonly timeoutMs: number
  /** Of the body, after decompression. Absent: 1 MiB. A longer one counts as no answer. */
  readonly maxAnswerBytes?: number
  /** Asked when the connection stands, right before the first byte. False: nothing is written, and NotBegun is thrown. */
  readonly mayBegin?: () => boolean
  /** Ends the request at once; it may have been applied. */
  readonly signal?: AbortSignal
}

/** Connections stay open between requests; as many as are in flight. */
const wires = {
  'http:': { request: httpRequest, agent: new HttpAgent({ keepAlive: true }) },
  'https:': { request: httpsRequest, agent: new HttpsAgent({ keepAlive: true }) },
} as const

/** Sends one request once. A redirect is an answer like any other: credentials must not follow it to another host. */
export async function send(request: HttpRequest, options: SendOptions): Promise<HttpAnswer> {
  const timeout = AbortSignal.timeout(options.timeoutMs)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal])
  const outgoing = prepare(request, signal)
  try {
    const answered = responseTo(outgoing)
    // Also where writing fails first: then its error is the one that counts.
    answered.catch(() => undefined)
    await Promise.race([connected(outgoing), answered])
    if (options.mayBegin?.() === false) throw new NotBegun()
    await Promise.race([writeBody(outgoing, request.body ?? []), answered])
    const response = await answered
    const body = await textOf(response, options.maxAnswerBytes ?? 1_048_576)
    // A body without a length ends with its connection, also where we end it.
    signal.throwIfAborted()
    return { status: response.statusCode ?? 0, headers: flat(response.headers), body }
  } catch (error) {
    outgoing.destroy()
    if (error instanceof NotBegun) throw error
    throw noAnswer(error, request, options, timeout.aborted)
  }
}

/** Until then nothing is written: whoever was stopped (SIGSTOP) while it connected must not send what came to mind before. */
const connected = (outgoing: ClientRequest): Promise<void> =>
  new Promise((resolve) => {
    outgoing.once('socket', (socket) => {
      if (socket.connecting) socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => resolve())
      else resolve()
    })
  })

/** The head of the answer. Whatever ends the request ends the waiting: not every end is an error event. */
function responseTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject)
    // 101: the connection would be handed over, and from then on neither an error nor the end of the time be told.
    outgoing.once('upgrade', (response, socket) => {
      socket.destroy()
      resolve(response)
    })
    outgoing.once('close', () => reject(new Error('closed')))
  })
}

/** Fails for what can be no request, such as a header with a line break: then nothing was sent for certain. */
function prepare({ method, url, headers, body }: HttpRequest, signal: AbortSignal): ClientRequest {
  try {
    const { protocol } = new URL(url)
    const wire = wires[protocol as keyof typeof wires]
    const length =
      body === undefined ? {} : { 'content-length': body.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0) }
    return wire.request(url, {
      method,
      headers: { 'user-agent': 'tidemark', ...headers, ...length },
      agent: wire.agent as HttpsAgent,
      signal,
    })
  } catch {
    throw new NoAnswer(false, 'no request can be made of the address and the credentials given')
  }
}

const sliceLength = 65_536

/** Slice by slice, so that a body of 5 MB does not stand in memory a second time as bytes. */
async function writeBody(outgoing: ClientRequest, body: readonly string[]): Promise<void> {
  for (const piece of body) {
    // Only where a character is a byte can a text be cut anywhere.
    const slice = Buffer.byteLength(piece) === piece.length ? sliceLength : Math.max(1, piece.length)
    for (let from = 0; from < piece.length; from += slice) {
      if (!outgoing.write(piece.slice(from, from + slice))) await once(outgoing, 'drain')
    }
  }
  outgoing.end()
}

const flat = (headers: IncomingMessage['headers']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )

/** We ask for no compression, but a proxy on the way may compress all the same. */
const unpackers = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress } as const

function unpacked(response: IncomingMessage): AsyncIterable<Buffer> {
  const coding = response.headers['content-encoding']?.trim().toLowerCase() ?? ''
  if (!Object.hasOwn(unpackers, coding)) return response
  // The callback only keeps an error from being thrown twice: whoever reads the stream gets it.
  return pipeline(response, unpackers[coding as keyof typeof unpackers](), () => undefined)
}

class TooLong extends Error {}

/** The body as UTF-8, read only as far as `maxBytes`. A connection that breaks before the end throws. */
async function textOf(response: IncomingMessage, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of unpacked(response)) {
    bytes += chunk.byteLength
    // Leaving the loop destroys the response, which closes the connection.
    if (bytes > maxBytes) throw new TooLong()
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function noAnswer(error: unknown, request: HttpRequest, options: SendOptions, timedOut: boolean): NoAnswer {
  const host = new URL(request.url).host
  if (error instanceof TooLong) return new NoAnswer(true, `the answer of ${host} was too long to be one of its API`)
  if (timedOut) return new NoAnswer(true, `${host} did not answer within ${options.timeoutMs / 1000} s`)
  if (options.signal?.aborted) return new NoAnswer(true, `the request to ${host} was broken off`)
  // What is not known to be unsent counts as sent.
  if (neverConnected(error)) return new NoAnswer(false, `${host} could not be reached (${codeOf(error)})`)
  return new NoAnswer(true, `the connection to ${host} broke before the whole answer was there (${codeOf(error)})`)
}

/** TLS refused the certificate, so that no request was written. */
const certificateErrors = [
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]

function neverConnected(cause: unknown): boolean {
  const { syscall, errors } = (cause ?? {}) as { readonly syscall?: unknown; readonly errors?: unknown }
  // Several addresses of one host were tried: all of them must have failed to connect.
  if (Array.isArray(errors) && errors.length > 0) return errors.every(neverConnected)
  const code = codeOf(cause)
  return syscall === 'connect' || syscall === 'getaddrinfo' || certificateErrors.includes(code)
}

/** The error's code, which quotes nothing; never its message. */
function codeOf(cause: unknown): string {
  const { code } = (cause ?? {}) as { readonly code?: unknown }
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : 'unknown'
}

/** What a channel makes of it. Throws what is no NoAnswer. */
export function faultOfSilence(error: unknown): Fault {
  if (!(error instanceof NoAnswer)) throw error
  const advice = error.sent ? 'whether it was applied is not known' : 'nothing was sent'
  return {
    code: error.sent ? 'no_answer' : 'unreachable',
    message: `No answer: ${error.message}; ${advice}. Check the network and \`base_url\` if this goes on.`,
    next: 'retry',
    applied: error.sent ? 'maybe' : 'no',
  }
}
