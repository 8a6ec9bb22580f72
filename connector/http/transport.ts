import type { HttpAnswer, HttpRequest } from '../destination/destination.ts'

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

export interface SendOptions {
  /** From the start of the request to the last byte of the answer, connecting included. */
  readonly timeoutMs: number
  /** Of the body, after decompression. Absent: 1 MiB. A longer one counts as no answer. */
  readonly maxAnswerBytes?: number
  /** Ends the request at once; it may have been applied. */
  readonly signal?: AbortSignal
}

/** Sends one request once. A redirect is an answer like any other: credentials must not follow it to another host. */
export async function send(request: HttpRequest, options: SendOptions): Promise<HttpAnswer> {
  const timeout = AbortSignal.timeout(options.timeoutMs)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal])
  const prepared = prepare(request, signal)
  try {
    const response = await fetch(prepared)
    const body = await textOf(response, options.maxAnswerBytes ?? 1_048_576)
    return { status: response.status, headers: Object.fromEntries(response.headers), body }
  } catch (error) {
    throw noAnswer(error, request, options, timeout.aborted)
  }
}

/** Fails for what can be no request, such as a header with a line break: then nothing was sent for certain. */
function prepare({ method, url, headers, body }: HttpRequest, signal: AbortSignal): Request {
  try {
    const all = { 'user-agent': 'tidemark', ...headers }
    return new Request(url, { method, headers: all, body: body ?? null, redirect: 'manual', signal })
  } catch {
    throw new NoAnswer(false, 'no request can be made of the address and the credentials given')
  }
}

class TooLong extends Error {}

/** The body as UTF-8, read only as far as `maxBytes`. */
async function textOf(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    // Leaving the loop cancels the stream, which closes the connection.
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
  // fetch says that it failed, its cause says how. What is not known to be unsent counts as sent.
  const { cause } = error as { readonly cause?: unknown }
  if (neverConnected(cause)) return new NoAnswer(false, `${host} could not be reached (${codeOf(cause)})`)
  return new NoAnswer(true, `the connection to ${host} broke before the whole answer was there (${codeOf(cause)})`)
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
  return (
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    code === 'UND_ERR_CONNECT_TIMEOUT' ||
    certificateErrors.includes(code)
  )
}

/** The error's code, which quotes nothing; never its message. */
function codeOf(cause: unknown): string {
  const { code } = (cause ?? {}) as { readonly code?: unknown }
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : 'unknown'
}
