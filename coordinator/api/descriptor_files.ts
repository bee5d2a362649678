/** What reflection must know of one file of a google.protobuf.FileDescriptorSet. */
export type DescribedFile = {
  readonly name: string
  readonly imports: readonly string[]
  readonly services: readonly string[]
  /** Full names of the messages, enumerations and services at the top of the file. */
  readonly symbols: readonly string[]
  readonly bytes: Buffer
}

// Field numbers of descriptor.proto.
const SET_FILE = 1
const FILE_NAME = 1
const FILE_PACKAGE = 2
const FILE_DEPENDENCY = 3
const FILE_MESSAGE = 4
const FILE_ENUM = 5
const FILE_SERVICE = 6
const NAME = 1

export function describeFiles(set: Buffer): readonly DescribedFile[] {
  return fields(set, SET_FILE).map((bytes) => {
    const text = (number: number): string => fields(bytes, number)[0]?.toString() ?? ''
    const named = (number: number): readonly string[] =>
      fields(bytes, number).map((entry) => `${text(FILE_PACKAGE)}.${fields(entry, NAME)[0]?.toString() ?? ''}`)
    const services = named(FILE_SERVICE)
    return {
      name: text(FILE_NAME),
      imports: fields(bytes, FILE_DEPENDENCY).map(String),
      services,
      symbols: [...named(FILE_MESSAGE), ...named(FILE_ENUM), ...services],
      bytes,
    }
  })
}

const WIRE_VARINT = 0
const WIRE_FIXED64 = 1
const WIRE_BYTES = 2

/** The length-delimited fields of one number in a message; the others are passed over. The bytes are our own. */
function fields(message: Buffer, wanted: number): readonly Buffer[] {
  const found: Buffer[] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = message.readUInt8(at)
      at += 1
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
  }
  while (at < message.length) {
    const key = varint()
    const wire = key & 7
    if (wire === WIRE_VARINT) varint()
    else if (wire === WIRE_BYTES) {
      const length = varint()
      if (key >>> 3 === wanted) found.push(message.subarray(at, at + length))
      at += length
    } else at += wire === WIRE_FIXED64 ? 8 : 4
  }
  return found
}
