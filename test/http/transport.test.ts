import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import type { HttpRequest } from '../../connector/destination/destination.ts'
import { NoAnswer, NotBegun, type SendOptions, send } from '../../connector/http/transport.ts'
import { closedPort, serve, serveRaw } from './server.ts'

const post = (url: string, headers = {}): HttpRequest => ({ method: 'POST', url, headers, body: ['[', '{"ü":1}', ']'] })

/** Sends and expects no answer. */
async function silence(request: HttpRequest, options: SendOptions = { timeoutMs: 5000 }): Promise<NoAnswer> {
  const error = await send(request, options).then(
    (answer) => new Error(`answered ${answer.status}`),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof NoAnswer)) throw error
  return error
}

describe('an answer', () => {
  test('comes with its status, lower-case headers and UTF-8 body; the request arrives as it was made', async () => {
    let body = ''
    const { url, requests } = await serve((request, response) => {
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => response.writeHead(418, { 'X-Rate-Limit-Reset': '7' }).end('{"é":"😀"}'))
    })
    const request = { ...post(`${url}/a/?q=%2A%27`, { 'content-type': 'application/json' }) }
    const answer = await send(request, { timeoutMs: 5000 })
    expect(answer).toMatchObject({ status: 418, headers: { 'x-rate-limit-reset': '7' }, body: '{"é":"😀"}' })
    expect(requests[0]).toMatchObject({ method: 'POST', url: '/a/?q=%2A%27' })
    expect(requests[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'tidemark' })
    expect(body).toBe('[{"ü":1}]')
  })

  test.each([
    ['of 200 kB', 'x'.repeat(200_000)],
    ['of 200 kB in characters of several bytes', '😀'.repeat(50_000)],
  ])('comes to a request whose body is %s, in pieces, with its length', async (_what, piece) => {
    const arrived = Promise.withResolvers<string>()
    const { url, requests } = await serve((request, response) => {
      request.setEncoding('utf8')
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        arrived.resolve(body)
        response.end()
      })
    })
    await send({ ...post(url), body: ['[', piece, piece, ']'] }, { timeoutMs: 5000 })
    expect((await arrived.promise) === `[${piece}${piece}]`).toBe(true)
    expect(requests[0]?.headers).toMatchObject({ 'content-length': '400002' })
  })

  test('comes to a request without a body', async () => {
    const { url, requests } = await serve((_request, response) => response.end('{}'))
    const answer = await send({ method: 'GET', url, headers: {} }, { timeoutMs: 5000 })
    expect(answer).toMatchObject({ status: 200, body: '{}' })
    expect(requests[0]?.headers).not.toHaveProperty('content-length')
  })

  test('may be as long as its limit, and may be cut within a character', async () => {
    const bytes = Buffer.from('"😀"')
    const port = await serveRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${bytes.length}\r\n\r\n`)
      socket.write(bytes.subarray(0, 3))
      setTimeout(() => socket.end(bytes.subarray(3)), 50)
    })
    const options = { timeoutMs: 5000, maxAnswerBytes: bytes.length }
    expect((await send(post(`http://127.0.0.1:${port}`), options)).body).toBe('"😀"')
    expect(await silence(post(`http://127.0.0.1:${port}`), { ...options, maxAnswerBytes: 5 })).toMatchObject({
      message: expect.stringContaining('too long'),
    })
  })

  test('may be compressed', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"code":0}'))
    })
    expect((await send(post(url), { timeoutMs: 5000 })).body).toBe('{"code":0}')
  })

  test.each([301, 302, 307, 308])('may be a redirect (%i), which is not followed', async (status) => {
    const other = await serve((_request, response) => response.end('{}'))
    const { url } = await serve((_request, response) => response.writeHead(status, { location: other.url }).end())
    const answer = await send(post(url, { 'access-token': 's3cret' }), { timeoutMs: 5000 })
    expect(answer.status).toBe(status)
    expect(other.requests).toHaveLength(0)
  })
})

describe('an answer from somebody who wants to hurt', () => {
  const heads = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n'

  // Node hands the connection over, and then tells neither an error nor the end of the time: the run never ended.
  test.each(['upgrade: websocket\r\nconnection: upgrade\r\n', ''])(
    'that changes the protocol (%j) is one',
    async (upgrade) => {
      const port = await serveRaw((socket) => socket.write(`HTTP/1.1 101 Switching Protocols\r\n${upgrade}\r\n{}`))
      expect((await send(post(`http://127.0.0.1:${port}`), { timeoutMs: 60_000 })).status).toBe(101)
    },
    10_000,
  )

  test('that is handed over has its connection closed', async () => {
    const closed = Promise.withResolvers<void>()
    const port = await serveRaw((socket) => {
      socket.on('close', () => closed.resolve())
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n')
    })
    await send(post(`http://127.0.0.1:${port}`), { timeoutMs: 60_000 })
    await closed.promise
  })

  test.each(['constructor', 'toString', '__proto__', 'gzip, gzip', 'identity'])(
    'with the coding %s is read as it is',
    async (coding) => {
      const port = await serveRaw((socket) => socket.end(`${heads}content-encoding: ${coding}\r\n\r\n{}`))
      expect((await send(post(`http://127.0.0.1:${port}`), { timeoutMs: 5000 })).body).toBe('{}')
    },
  )

  test.each([
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0xc3, 0x28, 0x22]), '"\ufffd\ufffd("'],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), '\ufffd\ufffd{\0}\0'],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeff{}'), '{}'],
    ['Latin-1, which it says', Buffer.from('"\u00e9"', 'latin1'), '"\ufffd"'],
  ])('in %s is read as UTF-8', async (_which, bytes, text) => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json; charset=iso-8859-1' }).end(bytes)
    })
    expect((await send(post(url), { timeoutMs: 5000 })).body).toBe(text)
  })

  test.each([
    ['a second length', `${heads}content-length: 5\r\n\r\n{}`],
    ['a negative length', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}'],
    ['length and chunks', `${heads}transfer-encoding: chunked\r\n\r\n{}`],
    ['headers of 600 kB', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(100_000)}\r\n`],
    ['no HTTP', 'hello'],
    ['a chunk of no length', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
  ])('with %s is none', async (_what, answer) => {
    const port = await serveRaw((socket) => socket.end(answer))
    expect(await silence(post(`http://127.0.0.1:${port}`))).toMatchObject({
      sent: true,
      message: expect.stringContaining('broke'),
    })
  })

  test.each([
    ['headers', 'HTTP/1.1 200 OK\r\n', 'a: b\r\n'],
    ['a body', 'HTTP/1.1 200 OK\r\n\r\n{"data":"', 'x'],
    ['a chunked body', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\nx\r\n'],
    [
      'a compressed body',
      'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\x03',
      '\0\0\0\xff\xff',
    ],
    ['news that an answer will come', '', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ])(
    'that trickles %s without end ends with the time-out, and its connection is closed',
    async (_what, start, more) => {
      const closed = Promise.withResolvers<void>()
      const port = await serveRaw((socket) => {
        socket.write(start, 'latin1')
        const trickle = setInterval(() => socket.write(more, 'latin1'), 20)
        socket.on('close', () => {
          clearInterval(trickle)
          closed.resolve()
        })
      })
      expect(await silence(post(`http://127.0.0.1:${port}`), { timeoutMs: 300 })).toMatchObject({
        sent: true,
        message: expect.stringContaining('within 0.3 s'),
      })
      await closed.promise
    },
  )
})

describe('an address of https with something else behind it', () => {
  test.each([
    ['nothing', '', 'within 0.3 s'],
    ['no TLS', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'broke'],
    ['half a handshake', '\x16\x03\x03\x40\x00', 'within 0.3 s'],
  ])('%s: no answer, and nobody waits longer than the time-out', async (_what, bytes, says) => {
    const port = await serveRaw((socket) => socket.write(bytes, 'latin1'))
    const error = await silence(post(`https://127.0.0.1:${port}`, { 'access-token': 's3cret' }), { timeoutMs: 300 })
    expect(error.message).toContain(says)
    expect(error.message).not.toContain('s3cret')
  })
})

describe('no answer, though the request was sent', () => {
  test('time-out before the headers', async () => {
    const { url } = await serve(() => {})
    const started = performance.now()
    expect(await silence(post(url), { timeoutMs: 200 })).toMatchObject({
      sent: true,
      message: expect.stringContaining('within 0.2 s'),
    })
    expect(performance.now() - started).toBeLessThan(2000)
  })

  test('time-out within the body', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200).write('{')
    })
    expect(await silence(post(url), { timeoutMs: 200 })).toMatchObject({ sent: true })
  })

  test('reset before the headers', async () => {
    const { url } = await serve((request) => request.socket.resetAndDestroy())
    expect(await silence(post(url))).toMatchObject({ sent: true, message: expect.stringContaining('broke') })
  })

  test('reset after the headers', async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"data"')
      setTimeout(() => request.socket.resetAndDestroy(), 20)
    })
    expect(await silence(post(url))).toMatchObject({ sent: true })
  })

  test.each([
    ['content-length', 'content-length: 100\r\n\r\n{"data":{}}'],
    ['chunked', 'transfer-encoding: chunked\r\n\r\nb\r\n{"data":{}}\r\n'],
  ])('a body cut short (%s)', async (_how, rest) => {
    const port = await serveRaw((socket) => socket.end(`HTTP/1.1 200 OK\r\n${rest}`))
    expect(await silence(post(`http://127.0.0.1:${port}`))).toMatchObject({ sent: true })
  })

  test('a body that never ends is cut at the limit', async () => {
    let written = 0
    let closed = false
    const { url } = await serve((_request, response) => {
      const chunk = Buffer.alloc(65_536, 'x')
      response.on('close', () => {
        closed = true
      })
      const more = () => {
        while (!closed && written < 1_000_000_000) {
          written += chunk.length
          if (!response.write(chunk)) return void response.once('drain', more)
        }
      }
      more()
    })
    expect(await silence(post(url))).toMatchObject({ sent: true, message: expect.stringContaining('too long') })
    expect(written).toBeLessThan(50_000_000)
  })

  test('a small compressed body that unpacks to a large one', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)))
    })
    expect(await silence(post(url))).toMatchObject({ sent: true, message: expect.stringContaining('too long') })
  })

  test('broken off by its signal', async () => {
    const { url } = await serve(() => {})
    const signal = AbortSignal.timeout(50)
    expect(await silence(post(url), { timeoutMs: 5000, signal })).toMatchObject({
      sent: true,
      message: expect.stringContaining('was broken off'),
    })
  })
})

describe('no answer, and certainly nothing sent', () => {
  test('connection refused', async () => {
    const port = await closedPort()
    expect(await silence(post(`http://127.0.0.1:${port}`))).toMatchObject({
      sent: false,
      message: `127.0.0.1:${port} could not be reached (ECONNREFUSED)`,
    })
    expect(await silence(post(`http://localhost:${port}`))).toMatchObject({ sent: false })
  })

  test('a name that does not exist', async () => {
    expect(await silence(post('http://tidemark.invalid/'))).toMatchObject({ sent: false })
  })

  test('a header that cannot be one: the message does not quote it', async () => {
    const error = await silence(post('http://127.0.0.1:1', { 'access-token': 's3cret\nx' }))
    expect(error.sent).toBe(false)
    expect(String(error.stack)).not.toContain('s3cret')
    expect(error.cause).toBeUndefined()
  })
})

test('nothing is written before the connection stands, and nothing at all where it may not begin then', async () => {
  let heard = false
  const port = await serveRaw(() => {
    heard = true
  })
  const begun = { timeoutMs: 5000, mayBegin: () => false }
  await expect(send(post(`http://127.0.0.1:${port}`), begun)).rejects.toThrow(NotBegun)
  expect(heard).toBe(false)
  // On a connection that is there already, too.
  const { url, requests } = await serve((_request, response) => response.end('{}'))
  await send(post(url), { timeoutMs: 5000, mayBegin: () => true })
  await expect(send(post(url), begun)).rejects.toThrow(NotBegun)
  expect(requests).toHaveLength(1)
})
