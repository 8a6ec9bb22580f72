import { request as ask, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it went over the wire. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: string
  readonly body: string
}

/** Passes everything on to a platform as it is and keeps what it saw. */
export const openProxy = async (
  target: number,
): Promise<AsyncDisposable & { readonly url: string; readonly seen: Seen[] }> => {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const { method = '', url = '', headers } = request
      seen.push({ method, url, headers: JSON.stringify(headers), body: body.toString() })
      // The host stays the one that was called: it is signed.
      ask({ port: target, host: '127.0.0.1', method, path: url, headers, agent: false }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
        .on('error', () => response.destroy())
        .end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
