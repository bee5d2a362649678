import { Buffer } from 'node:buffer'
import { type Socket, createConnection } from 'node:net'
import { type Result, ok, refuse } from '../../../shared/model/result.ts'
import type { Milliseconds } from '../../../shared/model/time.ts'
import { type Message, UNITS_SIGNATURE, type Unit, encodeCall, messageBytes, parseMessage, parseUnits } from './dbus.ts'

export type AskOptions = {
  /** Path of the bus's socket. */
  readonly socket: string
  /** The user that this process is, who is told to the bus. */
  readonly uid: number
  readonly limit: Milliseconds
}

const HELLO = encodeCall({
  serial: 1,
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
  member: 'Hello',
})
const QUESTION_SERIAL = 2
const FAILED_UNITS = encodeCall({
  serial: QUESTION_SERIAL,
  destination: 'org.freedesktop.systemd1',
  path: '/org/freedesktop/systemd1',
  interface: 'org.freedesktop.systemd1.Manager',
  member: 'ListUnitsFiltered',
  texts: ['failed'],
})

/** More is not read: some thousand units. */
const ANSWER_BYTES_MAX = 512 * 1024
const WORD_MAX = 200

/** The units that have failed, as systemd says. One connection, one question; it ends within the limit. */
export function askFailedUnits({ socket: path, uid, limit }: AskOptions): Promise<Result<readonly string[], string>> {
  return new Promise((resolve) => {
    const socket = createConnection(path)
    const finish = (result: Result<readonly string[], string>): void => {
      clearTimeout(late)
      socket.destroy()
      resolve(result)
    }
    const late = setTimeout(() => finish(refuse('no answer in time')), limit)
    socket.on('error', ({ message }) => finish(refuse(message)))
    socket.on('close', () => finish(refuse('the connection was closed')))
    const answer = new Answer(socket, finish)
    socket.on('data', (bytes) => answer.take(bytes))
    // The name of the user, as the digits of its number, in hexadecimal.
    socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(uid)).toString('hex')}\r\n`)
  })
}

/** What the bus says, put together from pieces. */
class Answer {
  readonly #socket: Socket
  readonly #finish: (result: Result<readonly string[], string>) => void
  #rest: Buffer = Buffer.alloc(0)
  #isLetIn = false

  constructor(socket: Socket, finish: (result: Result<readonly string[], string>) => void) {
    this.#socket = socket
    this.#finish = finish
  }

  take(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes])
    if (!this.#isLetIn) this.#letIn()
    while (this.#isLetIn) {
      const length = messageBytes(this.#rest, ANSWER_BYTES_MAX)
      if (!length.ok) {
        this.#finish(length)
        return
      }
      if (length.value === 0 || this.#rest.length < length.value) return
      const message = parseMessage(this.#rest.subarray(0, length.value))
      this.#rest = this.#rest.subarray(length.value)
      const result = message.ok ? resultOf(message.value) : message
      if (result === null) continue
      this.#finish(result)
      return
    }
  }

  #letIn(): void {
    const end = this.#rest.indexOf('\r\n')
    const line = this.#rest.toString('latin1', 0, end < 0 ? WORD_MAX : end).slice(0, WORD_MAX)
    if (end < 0) {
      if (this.#rest.length > WORD_MAX) this.#finish(refuse('no bus of D-Bus'))
      return
    }
    if (!line.startsWith('OK ')) {
      this.#finish(refuse(`the bus does not let it in: ${line.replaceAll(/[^ -~]/g, '?')}`))
      return
    }
    this.#rest = this.#rest.subarray(end + 2)
    this.#isLetIn = true
    this.#socket.write(Buffer.concat([Buffer.from('BEGIN\r\n'), HELLO, FAILED_UNITS]))
  }
}

/** Null where it answers something else. */
function resultOf(message: Message): Result<readonly string[], string> | null {
  // An error may answer the greeting too: then nothing more will come.
  if (message.kind === 'error') return refuse(message.errorName.slice(0, WORD_MAX))
  if (message.kind !== 'return' || message.replySerial !== QUESTION_SERIAL) return null
  if (message.signature !== UNITS_SIGNATURE) return refuse('an answer of another form')
  const units = parseUnits(message.body)
  return units.ok ? ok(units.value.filter(isFailed).map(({ name }) => name)) : units
}

const isFailed = ({ active }: Unit): boolean => active === 'failed'
