import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** The way to a server on this machine, which may be cut, as where its process is killed, or fall silent, as where its host is. */
export class Way implements AsyncDisposable {
  readonly port: number
  readonly #target: number
  readonly #sockets = new Set<Socket>()
  #server: Server
  #silent = false
  #said = 0
  #waiting: { readonly nth: number; readonly act: () => void } | null = null

  private constructor(server: Server, target: number) {
    this.#server = server
    this.#target = target
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (socket) => this.#pass(socket))
  }

  static async to(target: number): Promise<Way> {
    return new Way(await listening(0), target)
  }

  /** Does something before what a client says as the nth thing from now on arrives. */
  before(nth: number, act: () => void): void {
    this.#waiting = { nth: this.#said + nth, act }
  }

  cut(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  silence(): void {
    this.#silent = true
    for (const socket of this.#sockets) socket.pause()
  }

  async mend(): Promise<void> {
    this.#silent = false
    for (const socket of this.#sockets) socket.destroy()
    if (this.#server.listening) return
    this.#server = await listening(this.port)
    this.#server.on('connection', (socket) => this.#pass(socket))
  }

  #pass(client: Socket): void {
    const server = connect(this.#target, '127.0.0.1')
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from)
      from
        .on('data', (data) => {
          if (from === client) this.#count()
          if (this.#silent) from.pause()
          else to.write(data)
        })
        .on('error', () => undefined)
        .on('close', () => {
          this.#sockets.delete(from)
          to.destroy()
        })
    }
    if (this.#silent) for (const socket of [client, server]) socket.pause()
  }

  #count(): void {
    this.#said += 1
    if (this.#waiting === null || this.#said < this.#waiting.nth) return
    const { act } = this.#waiting
    this.#waiting = null
    act()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
  }
}

const listening = async (port: number): Promise<Server> => {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}
