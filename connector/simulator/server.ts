import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from './faults.ts'
import type { Answer, Op, Platform, Surroundings, Verdict } from './platform.ts'

/** One request, in the order in which bodies arrived. */
export interface RecordedRequest {
  /** From 1. */
  readonly number: number
  /** When the body was complete; milliseconds since 1970. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly op: Op
  audience: string | null
  readonly users: number
  readonly identifiers: number
  readonly bytes: number
  /** HTTP status, null while or where there is no answer. */
  status: number | null
  /** The platform's code: X null, TikTok 0 for success. */
  code: string | number | null
  readonly fault: Fault['kind'] | null
  /** When it took effect, null if it did not. */
  appliedAt: number | null
  answeredAt: number | null
}

/** What a simulator says for itself, which no platform would. */
export interface OwnPages {
  control(request: IncomingMessage, response: ServerResponse): Promise<void>
  page(): string
  /** An audience is not as it was. */
  changed(): void
}

const changing: ReadonlySet<Op> = new Set<Op>([
  'add',
  'remove',
  'add_and_remove',
  'create_audience',
  'update_audience',
  'delete_audience',
])

/** Larger bodies are not even read. */
const LARGEST_BODY = 64 * 1024 * 1024
const GARBAGE: Answer = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<html><body>Welcome to the proxy of this hotel. Please log in.</body></html>',
  code: null,
}

/** Answers on 127.0.0.1 for one platform: reads bodies, lets faults happen, records. */
export class SimulatorServer {
  readonly requests: RecordedRequest[] = []
  readonly #platform: Platform
  readonly #around: Surroundings
  readonly #own: OwnPages
  readonly #server: Server
  readonly #stopped = new AbortController()
  readonly #pending = new Set<Promise<void>>()
  #count = 0

  constructor(platform: Platform, around: Surroundings, own: OwnPages) {
    this.#platform = platform
    this.#around = around
    this.#own = own
    this.#server = createServer((request, response) => {
      const handled = this.#handle(request, response).catch((error: unknown) => {
        // A bug of the simulator or its end; nobody must take it for an answer of the platform.
        if (!this.#stopped.signal.aborted) console.error(error)
        response.destroy()
      })
      this.#pending.add(handled)
      void handled.finally(() => this.#pending.delete(handled))
    })
    // Longer than any pause of a client: a connection closed while idle would look like a fault that nobody ordered.
    this.#server.keepAliveTimeout = 120_000
  }

  /** Returns the port. */
  async start(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
    return (this.#server.address() as AddressInfo).port
  }

  /** Waits until nothing is being handled, late effects included. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending)
  }

  /** What has not taken effect by now never will. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  forget(): void {
    this.requests.length = 0
    this.#count = 0
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? ''
    if (url.startsWith('/_simulator/')) return this.#own.control(request, response)
    if (url === '/' && request.method === 'GET') return showPage(this.#own.page(), response)
    const body = await readBody(request, LARGEST_BODY)
    if (body === null) {
      response.destroy()
      return
    }
    const mark = url.indexOf('?')
    const path = mark < 0 ? url : url.slice(0, mark)
    const method = request.method ?? ''
    const query = mark < 0 ? '' : url.slice(mark + 1)
    const at = this.#around.now()
    const verdict = this.#platform.receive({ method, path, query, headers: request.headers, body })
    const { latencyMs, fault } = this.#around.faults.strike(verdict.op, path, verdict.audience)
    const record: RecordedRequest = {
      number: ++this.#count,
      at,
      method,
      path,
      op: verdict.op,
      audience: verdict.audience,
      users: verdict.users,
      identifiers: verdict.identifiers,
      bytes: body.length,
      status: null,
      code: null,
      fault: fault?.kind ?? (latencyMs > 0 ? 'latency' : null),
      appliedAt: null,
      answeredAt: null,
    }
    this.requests.push(record)
    if (latencyMs > 0) await this.#wait(latencyMs)
    await this.#answer(fault, verdict, record, response)
  }

  async #answer(
    fault: Fault | null,
    verdict: Verdict,
    record: RecordedRequest,
    response: ServerResponse,
  ): Promise<void> {
    const apply = (limit?: number): Answer => {
      const answer = verdict.apply(limit)
      const succeeded = answer.status === 200 && (answer.code === null || answer.code === 0 || answer.code === 20001)
      record.audience = verdict.audience
      if (!verdict.accepted || !succeeded) return answer
      record.appliedAt = this.#around.now()
      if (changing.has(verdict.op)) this.#own.changed()
      return answer
    }
    const say = (answer: Answer, sent = answer.body, length = Buffer.byteLength(sent)): void => {
      record.status = answer.status
      record.code = answer.code
      record.answeredAt = this.#around.now()
      // By the platform's clock, as are the times of its rate limits.
      const date = new Date(this.#around.now()).toUTCString()
      response.writeHead(answer.status, { ...answer.headers, date, 'content-length': length })
      if (length === Buffer.byteLength(sent)) response.end(sent)
      else response.write(sent, () => response.destroy())
    }
    switch (fault?.kind) {
      case 'drop_before':
      case 'drop_after':
        if (fault.kind === 'drop_after') apply()
        if (fault.hang !== true) response.destroy()
        return
      case 'late':
        if (fault.hang !== true) response.destroy()
        await this.#wait(fault.ms)
        apply()
        return
      case 'answer':
        if (fault.applied === true) apply()
        return say(this.#platform.answer(fault))
      case 'garbage':
        if (fault.applied === true) apply()
        return say(GARBAGE)
      case 'truncated': {
        const answer = apply()
        const half = answer.body.slice(0, answer.body.length / 2)
        return say(answer, half, Buffer.byteLength(fault.cut === true ? answer.body : half))
      }
      case 'partial':
        return say(apply(verdict.users - (fault.missing ?? 1)))
      default:
        return say(apply())
    }
  }

  #wait(ms: number): Promise<void> {
    return wait(ms, undefined, { signal: this.#stopped.signal })
  }
}

function showPage(html: string, response: ServerResponse): void {
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'cache-control': 'no-store',
    })
    .end(html)
}

/** The whole body, or null when the caller went away or it has more than `largest` bytes. */
export async function readBody(request: IncomingMessage, largest: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > largest) return null
      chunks.push(chunk)
    }
  } catch {
    return null
  }
  return Buffer.concat(chunks, length)
}
