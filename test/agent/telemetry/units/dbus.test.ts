import { Buffer } from 'node:buffer'
import test from 'ava'
import * as fc from 'fast-check'
import {
  UNITS_SIGNATURE,
  encodeCall,
  messageBytes,
  parseMessage,
  parseUnits,
} from '../../../../agent/telemetry/units/dbus.ts'
import { answerOf, message, unitsBody } from '../../../fixtures/system/bus.ts'

const MAX = 512 * 1024

test('a call is what the specification says, byte by byte', (t) => {
  const call = encodeCall({
    serial: 2,
    destination: 'a.b',
    path: '/a',
    interface: 'a.b',
    member: 'List',
    texts: ['failed'],
  })
  const expected = [
    '6c010201 0f000000 02000000 48000000',
    '01016f00 02000000 2f610000 00000000',
    '02017300 03000000 612e6200 00000000',
    '03017300 04000000 4c697374 00000000',
    '06017300 03000000 612e6200 00000000',
    '08016700 02617300',
    '0b000000 06000000 6661696c 656400',
  ]
  t.is(call.toString('hex'), expected.join('').replaceAll(' ', ''))
  t.deepEqual(messageBytes(call, MAX), { ok: true, value: call.length })
})

test('units are read back', (t) => {
  const name = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 80 })
  const unit = fc.tuple(name, fc.constantFrom('failed', 'active', 'inactive'))
  const property = fc.property(fc.array(unit, { maxLength: 20 }), (units) => {
    const parsed = parseUnits(unitsBody(units))
    return parsed.ok && JSON.stringify(parsed.value.map((one) => [one.name, one.active])) === JSON.stringify(units)
  })
  t.notThrows(() => fc.assert(property))
})

test('a message tells what it answers, and with what', (t) => {
  const whole = answerOf([['a.service', 'failed']])
  t.like(parseMessage(whole), { ok: true, value: { kind: 'return', replySerial: 2, signature: 'a(ssssssouso)' } })
  const error = message('error', 1, Buffer.alloc(0), 'org.freedesktop.DBus.Error.AccessDenied')
  t.like(parseMessage(error), {
    ok: true,
    value: { kind: 'error', replySerial: 1, errorName: 'org.freedesktop.DBus.Error.AccessDenied' },
  })
})

test('no bytes make anything throw, or go on for good', (t) => {
  const whole = answerOf([
    ['a.service', 'failed'],
    ['b.service', 'failed'],
  ])
  const damaged = fc.tuple(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length)).map(([at, byte, length]) => {
    const bytes = Buffer.from(whole)
    bytes.writeUInt8(byte, at)
    return bytes.subarray(0, length)
  })
  const any = fc.oneof(
    damaged,
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  )
  const property = fc.property(any, (bytes) => {
    const length = messageBytes(bytes, MAX)
    const parsed = parseMessage(bytes)
    if (parsed.ok) parseUnits(parsed.value.body)
    return !length.ok || (length.value >= 0 && length.value <= MAX)
  })
  t.notThrows(() => fc.assert(property, { numRuns: 2000 }))
})

/** What systemd 252 with two such units answered, through dbus-daemon 1.14. */
const RECORDED = [
  'bAIBAVYBAAAHAAAAPQAAAAUBdQACAAAABgFzAAQAAAA6MS40AAAAAAgBZwANYShzc3Nzc3NvdXNvKQAAAAAAAAcBcwAEAAAAOjEuMAAAAABO',
  'AQAAAAAAABAAAABiLWJyb2tlbi5zZXJ2aWNlAAAAABAAAABiLWJyb2tlbi5zZXJ2aWNlAAAAAAYAAABsb2FkZWQAAAYAAABmYWlsZWQAAAYA',
  'AABmYWlsZWQAAAAAAAAAAAAAMwAAAC9vcmcvZnJlZWRlc2t0b3Avc3lzdGVtZDEvdW5pdC9iXzJkYnJva2VuXzJlc2VydmljZQAAAAAAAAAA',
  'AAAAAAABAAAALwAAABAAAABhLWJyb2tlbi5zZXJ2aWNlAAAAABAAAABhLWJyb2tlbi5zZXJ2aWNlAAAAAAYAAABsb2FkZWQAAAYAAABmYWls',
  'ZWQAAAYAAABmYWlsZWQAAAAAAAAAAAAAMwAAAC9vcmcvZnJlZWRlc2t0b3Avc3lzdGVtZDEvdW5pdC9hXzJkYnJva2VuXzJlc2VydmljZQAA',
  'AAAAAAAAAAAAAAABAAAALwA=',
]

test('what a true systemd answered is understood', (t) => {
  const bytes = Buffer.from(RECORDED.join(''), 'base64')
  t.deepEqual(messageBytes(bytes, MAX), { ok: true, value: bytes.length })
  const parsed = parseMessage(bytes)
  t.like(parsed, { ok: true, value: { kind: 'return', replySerial: 2, signature: UNITS_SIGNATURE } })
  const units = parsed.ok ? parseUnits(parsed.value.body) : parsed
  const value = ['b-broken.service', 'a-broken.service'].map((name) => ({ name, active: 'failed' }))
  t.deepEqual(units, { ok: true, value })
})
