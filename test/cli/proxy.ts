import { request as ask, createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it went over the wire. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: string
  readonly body: string
}

export interface OpenProxy extends AsyncDisposable {
  readonly url: string
  readonly seen: Seen[]
  /** Answers in the platform's place; undefined: this one is the platform's. */
  instead: ((request: Seen) => Instead) | null
}
/** `applied`: the platform gets the request first, and its answer is thrown away. */
export type Instead = { readonly applied?: boolean; readonly answer: (response: ServerResponse) => void } | undefined

/** Passes everything on to a platform as it is and keeps what it saw, unless it is told to answer itself. */
export const openProxy = async (target: number): Promise<OpenProxy> => {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const { method = '', url = '', headers } = request
      const one = { method, url, headers: JSON.stringify(headers), body: body.toString() }
      seen.push(one)
      response.on('error', () => undefined)
      const instead = proxy.instead?.(one)
      if (instead !== undefined && !instead.applied) return instead.answer(response)
      // The host stays the one that was called: it is signed.
      ask({ port: target, host: '127.0.0.1', method, path: url, headers, agent: false }, (answer) => {
        if (instead !== undefined) {
          answer.resume().on('end', () => instead.answer(response))
          return
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
        .on('error', () => response.destroy())
        .end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const proxy: OpenProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    instead: null,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}
