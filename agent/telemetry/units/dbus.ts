import { Buffer } from 'node:buffer'
import { type Result, ok, refuse } from '../../../shared/model/result.ts'

/** A call of a method: what this program needs of D-Bus, in the words of its specification. */
export type MethodCall = {
  readonly serial: number
  readonly destination: string
  readonly path: string
  readonly interface: string
  readonly member: string
  /** Its body: a list of texts, or nothing. */
  readonly texts?: readonly string[]
}

/** A message that came, as far as it is looked at. */
export type Message = {
  readonly kind: 'return' | 'error' | 'other'
  /** Of the call that it answers; 0 where it answers none. */
  readonly replySerial: number
  readonly errorName: string
  readonly signature: string
  readonly body: Buffer
}

const LITTLE_ENDIAN = 'l'.charCodeAt(0)
const TYPE = { call: 1, return: 2, error: 3 } as const
const NO_AUTO_START = 2
const VERSION = 1
const FIELD = { path: 1, interface: 2, member: 3, errorName: 4, replySerial: 5, destination: 6, signature: 8 } as const
const HEADER_BYTES = 16

/** Writes values, each at a place that its alignment divides. */
class Writer {
  readonly #bytes: number[] = []

  get length(): number {
    return this.#bytes.length
  }

  align(to: number): void {
    while (this.#bytes.length % to !== 0) this.#bytes.push(0)
  }

  bytes(...values: readonly number[]): void {
    this.#bytes.push(...values)
  }

  number(value: number): void {
    this.align(4)
    this.bytes(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff)
  }

  text(value: string): void {
    const bytes = Buffer.from(value)
    this.number(bytes.length)
    this.bytes(...bytes, 0)
  }

  signature(value: string): void {
    this.bytes(value.length, ...Buffer.from(value), 0)
  }

  /** What is written meanwhile is an array: its length stands before it. */
  array(write: () => void): void {
    this.number(0)
    const start = this.length
    write()
    const length = Buffer.alloc(4)
    length.writeUInt32LE(this.length - start)
    this.#bytes.splice(start - 4, 4, ...length)
  }

  finished(): Buffer {
    return Buffer.from(this.#bytes)
  }
}

export function encodeCall({ serial, destination, path, interface: spoken, member, texts }: MethodCall): Buffer {
  const body = new Writer()
  if (texts !== undefined) {
    body.array(() => {
      for (const text of texts) body.text(text)
    })
  }
  const header = new Writer()
  header.bytes(LITTLE_ENDIAN, TYPE.call, NO_AUTO_START, VERSION)
  header.number(body.length)
  header.number(serial)
  header.array(() => {
    const field = (code: number, type: 'o' | 's', value: string): void => {
      header.align(8)
      header.bytes(code)
      header.signature(type)
      header.text(value)
    }
    field(FIELD.path, 'o', path)
    field(FIELD.interface, 's', spoken)
    field(FIELD.member, 's', member)
    field(FIELD.destination, 's', destination)
    if (texts === undefined) return
    header.align(8)
    header.bytes(FIELD.signature)
    header.signature('g')
    header.signature('as')
  })
  header.align(8)
  return Buffer.concat([header.finished(), body.finished()])
}

/** Reads values, each from a place that its alignment divides. What lies beyond the end throws a RangeError. */
class Reader {
  readonly #bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  align(to: number): void {
    this.at = Math.ceil(this.at / to) * to
  }

  byte(): number {
    this.at += 1
    return this.#bytes.readUInt8(this.at - 1)
  }

  number(): number {
    this.align(4)
    this.at += 4
    return this.#bytes.readUInt32LE(this.at - 4)
  }

  text(): string {
    return this.#textOf(this.number())
  }

  signature(): string {
    return this.#textOf(this.byte())
  }

  #textOf(length: number): string {
    const start = this.at
    this.at += length + 1
    if (this.at > this.#bytes.length) throw new RangeError('a text goes on beyond the end')
    return this.#bytes.toString('utf8', start, start + length)
  }
}

/** How many bytes the message has that begins here; 0 where more must come before that is known. */
export function messageBytes(start: Buffer, max: number): Result<number, string> {
  if (start.length < HEADER_BYTES) return ok(0)
  if (start[0] !== LITTLE_ENDIAN || start[3] !== VERSION) return refuse('no message of D-Bus')
  const header = Math.ceil((HEADER_BYTES + start.readUInt32LE(12)) / 8) * 8
  const bytes = header + start.readUInt32LE(4)
  return bytes > max ? refuse(`a message of ${bytes} bytes, and at most ${max} are read`) : ok(bytes)
}

/** @param bytes one whole message. */
export function parseMessage(bytes: Buffer): Result<Message, string> {
  return readable(() => {
    const fields = { replySerial: 0, errorName: '', signature: '' }
    const reader = new Reader(bytes)
    reader.at = 12
    const end = HEADER_BYTES + reader.number()
    while (reader.at < end) readField(reader, fields)
    const body = bytes.subarray(Math.ceil(end / 8) * 8)
    const kind = bytes[1] === TYPE.return ? 'return' : bytes[1] === TYPE.error ? 'error' : 'other'
    return { kind, ...fields, body }
  })
}

function readField(reader: Reader, fields: { replySerial: number; errorName: string; signature: string }): void {
  reader.align(8)
  const code = reader.byte()
  const type = reader.signature()
  if (type === 'u') {
    const value = reader.number()
    if (code === FIELD.replySerial) fields.replySerial = value
  } else if (type === 'g') {
    const value = reader.signature()
    if (code === FIELD.signature) fields.signature = value
  } else if (type === 's' || type === 'o') {
    const value = reader.text()
    if (code === FIELD.errorName) fields.errorName = value
  } else {
    throw new RangeError(`a field of type ${type.slice(0, 8)}`)
  }
}

export type Unit = { readonly name: string; readonly active: string }

export const UNITS_SIGNATURE = 'a(ssssssouso)'

/** What systemd's ListUnits methods answer with. */
export function parseUnits(body: Buffer): Result<readonly Unit[], string> {
  return readable(() => {
    const reader = new Reader(body)
    const length = reader.number()
    reader.align(8)
    const end = reader.at + length
    const units: Unit[] = []
    while (reader.at < end) {
      reader.align(8)
      const name = reader.text()
      const [, , active] = [reader.text(), reader.text(), reader.text()]
      // Its other state, whom it follows, and its path; then its job, with that one's type and path.
      for (let text = 0; text < 3; text += 1) reader.text()
      reader.number()
      for (let text = 0; text < 2; text += 1) reader.text()
      units.push({ name, active })
    }
    return units
  })
}

function readable<Value>(read: () => Value): Result<Value, string> {
  try {
    return ok(read())
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}
