import test from 'ava'
import * as fc from 'fast-check'
import { type Crossing, crossings } from './crossings.ts'

/** A value as text, with its keys in order: bytes are as bytes are, and a number that is none is one's like. */
function canonical(value: unknown): string {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : `${value}`
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`
}

for (const { name, sent, take } of crossings) {
  test(`${name}: what is sent is what arrives`, (t) => {
    fc.assert(
      fc.property(sent, ({ model, bytes }) => {
        const result = take(bytes)?.result
        t.true(result?.ok, JSON.stringify(result))
        if (result?.ok === true) t.is(canonical(result.value), canonical(model))
      }),
    )
  })
}

const flipped = (bytes: Buffer, at: number, by: number): Buffer => {
  const changed = Buffer.from(bytes)
  if (changed.length > 0) changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ by
  return changed
}

const cut = (bytes: Buffer, from: number, length: number): Buffer =>
  Buffer.concat([bytes.subarray(0, from % (bytes.length + 1)), bytes.subarray((from % (bytes.length + 1)) + length)])

const doubled = (bytes: Buffer, from: number, length: number): Buffer => {
  const at = from % (bytes.length + 1)
  return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)])
}

/** Bytes that somebody might send: nonsense, and messages that were damaged on their way. */
function hostile({ sent }: Crossing): fc.Arbitrary<Buffer> {
  const place = fc.nat(2000)
  const damage = fc.array(
    fc.oneof(
      fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(
        ([at, by]) =>
          (bytes: Buffer) =>
            flipped(bytes, at, by),
      ),
      fc.tuple(place, fc.nat(20)).map(
        ([from, length]) =>
          (bytes: Buffer) =>
            cut(bytes, from, length),
      ),
      fc.tuple(place, fc.nat(20)).map(
        ([from, length]) =>
          (bytes: Buffer) =>
            doubled(bytes, from, length),
      ),
    ),
    { minLength: 1, maxLength: 4 },
  )
  return fc.oneof(
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
    // Most of what is sent at random is no message at all, and never comes to the codecs.
    {
      weight: 5,
      arbitrary: fc
        .tuple(sent, damage)
        .map(([{ bytes }, changes]) => changes.reduce((now, change) => change(now), bytes)),
    },
  )
}

/** "files[0].path" as the steps to it: "files", "0", "path". A key is written as in JSON: labels["a"]. */
function stepsOf(path: string): readonly string[] {
  const steps = path.matchAll(/\.?(?<name>[a-z_]+)|\[(?<index>\d+)\]|\[(?<key>"(?:[^"\\]|\\.)*")\]/g)
  return [...steps].map(
    ({ groups }) => groups?.['name'] ?? groups?.['index'] ?? `${JSON.parse(groups?.['key'] ?? '""')}`,
  )
}

function has(value: unknown, [step, ...more]: readonly string[]): boolean {
  if (step === undefined) return true
  if (typeof value !== 'object' || value === null) return false
  const entry = Object.entries(value).find(([key]) => key === step)
  return entry !== undefined && has(entry[1], more)
}

for (const crossing of crossings) {
  const { name, take } = crossing
  test(`${name}: bytes that are wrong are refused by a field that the message has, and never throw`, (t) => {
    const seen = { taken: 0, refused: 0 }
    const each = fc.property(hostile(crossing), (bytes) => {
      const taken = take(bytes)
      if (taken === undefined) return
      if (taken.result.ok) {
        seen.taken += 1
        return
      }
      seen.refused += 1
      const { kind, field = '', message } = taken.result.error
      t.is(kind, 'invalid_argument')
      t.is(stepsOf(field)[0], name)
      t.true(has(taken.wire, stepsOf(field).slice(1)), `the message has no field ${field}`)
      t.regex(message.slice(field.length), /^: .+\.$/s, message)
      t.true(message.startsWith(field))
    })
    fc.assert(each, { numRuns: 1500 })
    t.true(seen.taken + seen.refused > 100, `${JSON.stringify(seen)}: too few are messages at all`)
  })
}
