import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Simulator } from './contract.ts'
import { parseFaultRules } from './faults.ts'
import { isRecord } from './platform.ts'
import { readBody } from './server.ts'

/** A million people with two identifiers each, as lines, are about 160 MB. */
const LARGEST_BODY = 400 * 1024 * 1024

/** What another process may read and set, under `/_simulator/` on the platform's own port. */
export async function control(simulator: Simulator, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const json = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
  }
  // A web page that the user looks at must not be able to steer a simulator: browsers send Origin with every POST.
  if (request.headers.origin !== undefined) return json(403, { error: 'requests of web pages are not taken' })
  const url = new URL(request.url ?? '', 'http://simulator')
  const path = url.pathname.slice('/_simulator'.length)
  const body = await readBody(request, LARGEST_BODY)
  if (body === null) return json(413, { error: 'the body is too large' })
  const list = /^\/audiences\/([^/]+)\/(members|persons)$/.exec(path)
  if (request.method === 'GET' && list !== null) {
    const id = list[1] as string
    if (simulator.audience(id) === undefined) return json(404, { error: 'there is no such audience' })
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' })
    await writeLines(response, list[2] === 'members' ? simulator.identifiers(id) : simulator.members(id).persons)
    return
  }
  try {
    switch (`${request.method} ${path}`) {
      case 'GET /summary':
        return json(200, simulator.summary())
      case 'GET /requests': {
        const since = Number(url.searchParams.get('since') ?? 0)
        if (!Number.isInteger(since)) return json(400, { error: 'since is the number of a request' })
        return json(
          200,
          simulator.requests.filter((one) => one.number > since),
        )
      }
      case 'GET /audiences':
        return json(200, simulator.audiences())
      case 'GET /faults':
        return json(200, simulator.faults())
      case 'POST /faults':
        simulator.addFaults(parseFaultRules(JSON.parse(body.toString())))
        return json(200, simulator.faults())
      case 'DELETE /faults':
        simulator.clearFaults()
        return json(200, [])
      case 'POST /persons':
        simulator.addPersons(readPersons(body.toString()))
        return json(200, simulator.summary())
      case 'POST /reset':
        simulator.reset()
        return json(200, simulator.summary())
      default:
        return json(404, { error: 'there is no such control' })
    }
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : 'it cannot be read' })
  }
}

/** A JSON object digest -> person, or lines `digest person`. */
function readPersons(text: string): [digest: string, person: string][] {
  if (text.trimStart().startsWith('{')) {
    const map: unknown = JSON.parse(text)
    if (!isRecord(map)) throw new Error('a JSON object is wanted')
    return Object.entries(map).map(([digest, person]) => {
      if (typeof person !== 'string' || person === '') throw new Error('a person is a text')
      return [digest, person]
    })
  }
  const pairs: [string, string][] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [digest, person, ...more] = line.split(' ')
    if (!digest || !person || more.length > 0) throw new Error('a line is not "digest person"')
    pairs.push([digest, person])
  }
  return pairs
}

async function writeLines(response: ServerResponse, lines: Iterable<string>): Promise<void> {
  let part = ''
  for (const line of lines) {
    part += `${line}\n`
    if (part.length < 65_536) continue
    if (!response.write(part)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve))
    if (response.destroyed) return
    part = ''
  }
  response.end(part)
}
