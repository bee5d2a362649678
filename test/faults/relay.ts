import { type Server, type Socket, createConnection, createServer } from 'node:net'
import { Transform, pipeline } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

/** Stands between one machine and the coordinator: it holds up what passes, or hangs up. */
export class Relay {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #delayMs = 0
  #stalled: PromiseWithResolvers<undefined> | null = null

  constructor(port: number, to: { readonly host: string; readonly port: number }) {
    this.#server = createServer((socket) => this.#join(socket, createConnection(to)))
    this.#server.listen(port)
  }

  #join(one: Socket, other: Socket): void {
    for (const socket of [one, other]) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.once('close', () => this.#sockets.delete(socket))
    }
    const hangUp = (): void => {
      one.destroy()
      other.destroy()
    }
    pipeline(one, this.#gate(), other, hangUp)
    pipeline(other, this.#gate(), one, hangUp)
  }

  #gate(): Transform {
    return new Transform({
      transform: (chunk, _encoding, pass) => {
        void this.#turn().then(() => pass(null, chunk))
      },
    })
  }

  async #turn(): Promise<void> {
    if (this.#delayMs > 0) await sleep(this.#delayMs)
    await this.#stalled?.promise
  }

  delay(milliseconds: number): void {
    this.#delayMs = milliseconds
  }

  stall(): void {
    this.#stalled ??= Promise.withResolvers()
  }

  resume(): void {
    this.#stalled?.resolve(undefined)
    this.#stalled = null
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  close(): void {
    this.#server.close()
    this.cut()
  }
}
