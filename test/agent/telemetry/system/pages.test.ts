import { Buffer } from 'node:buffer'
import test from 'ava'
import * as fc from 'fast-check'
import {
  LOG,
  STATISTICS,
  isAsleep,
  logSectors,
  parseIdentify,
  parseSense,
  parseSmartData,
  passes,
  statisticAt,
  statisticPages,
} from '../../../../agent/telemetry/system/ata.ts'
import { parseHealthLog } from '../../../../agent/telemetry/system/nvme.ts'
import { ataQuantities, clockQuantities, nvmeQuantities } from '../../../../agent/telemetry/system/quantities.ts'
import { TIMEX_BYTES, parseTimex } from '../../../../agent/telemetry/system/timex.ts'
import { healthLog, identity, smartData, summed } from '../../../fixtures/system/pages.ts'

const SECTOR = 512
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

test('whatever is in a page, what is made of it are numbers within their bounds', (t) => {
  const property = fc.property(bytes(SECTOR), (page) => {
    const health = parseHealthLog(page)
    if (health === null) return false
    const told = nvmeQuantities('nvme0', health).map(({ value }) => value)
    const isSound = told.every((value) => Number.isNaN(value) || (Number.isFinite(value) && value >= -273))
    const identified = parseIdentify(page)
    const pages = statisticPages(page)
    const statistics = Object.values(STATISTICS).map((one) => statisticAt(page, one))
    return (
      isSound &&
      (identified === null || typeof identified.smart === 'boolean') &&
      pages.length <= 255 &&
      logSectors(page, LOG.statistics) <= 0xffff &&
      statistics.every((value) => Number.isNaN(value) || value >= 0)
    )
  })
  t.notThrows(() => fc.assert(property))
})

test('attributes are those of a page whose checksum is right, and of no other', (t) => {
  const attribute = fc.record({
    id: fc.integer({ min: 1, max: 255 }),
    raw: fc.bigInt({ min: 0n, max: 2n ** 48n - 1n }),
  })
  const property = fc.property(fc.array(attribute, { maxLength: 30 }), fc.nat(SECTOR - 1), (said, at) => {
    const page = smartData(said.map(({ id, raw }) => [id, 100, raw]))
    const parsed = parseSmartData(page)
    page.writeUInt8((page.readUInt8(at) + 1) & 0xff, at)
    return (
      parsed.length === said.length &&
      parsed.every(({ id, raw }, index) => id === said[index]?.id && Number.isSafeInteger(raw)) &&
      parseSmartData(page).length === 0
    )
  })
  t.notThrows(() => fc.assert(property))
})

test('any page with a right checksum becomes numbers', (t) => {
  const property = fc.property(bytes(SECTOR), fc.boolean(), (page, rotational) => {
    const attributes = parseSmartData(summed(Buffer.from(page)))
    const none = { percentageUsed: Number.NaN, bytesRead: Number.NaN, bytesWritten: Number.NaN }
    const told = ataQuantities('sda', { passes: null, attributes, rotational, ...none })
    return attributes.length <= 30 && told.every(({ value }) => Number.isSafeInteger(value))
  })
  t.notThrows(() => fc.assert(property))
})

test('a page that is too short or empty says nothing', (t) => {
  const short = Buffer.alloc(511)
  t.is(parseHealthLog(short), null)
  t.is(parseIdentify(short), null)
  t.deepEqual(parseSmartData(short), [])
  t.deepEqual(parseSmartData(Buffer.alloc(SECTOR)), [])
  t.deepEqual(statisticPages(short), [])
  t.is(logSectors(short, LOG.statistics), 0)
  t.is(parseIdentify(Buffer.alloc(SECTOR)), null)
})

test('a health log is read to its last number, and to numbers beyond what is exact', (t) => {
  t.like(parseHealthLog(healthLog({ kelvin: 0 })), { celsius: Number.NaN })
  t.like(parseHealthLog(healthLog({ kelvin: 270, used: 255, spare: 4, threshold: 5 })), {
    celsius: -3,
    percentageUsed: 255,
    spare: 4,
    spareThreshold: 5,
  })
  t.like(parseHealthLog(healthLog({ errors: 2n ** 64n + 2n ** 63n })), { errorLogEntries: 1.5 * 2 ** 64 })
})

test('of some attributes the lowest bytes are the number', (t) => {
  const page = smartData([
    [5, 100, 0xffff_0000_0001n],
    [9, 100, 0xff00_0001_0000n],
    [187, 100, 0x1_0000_0001n],
    [194, 100, 0x0032_0014_00fbn],
  ])
  t.deepEqual(
    parseSmartData(page).map(({ id, raw }) => [id, raw]),
    [
      [5, 1],
      [9, 0x10000],
      [187, 0x1_0000_0001],
      [194, -5],
    ],
  )
})

test('a drive that has SMART, but switched off, has none', (t) => {
  t.deepEqual(parseIdentify(identity()), { smart: true, logs: true })
  t.deepEqual(parseIdentify(identity({ smart: false, logs: false })), { smart: false, logs: false })
})

const sense = (error: number, count: number, middle: number, high: number): Buffer =>
  Buffer.from([0x72, 1, 0, 0x1d, 0, 0, 0, 14, 9, 12, 0, error, 0, count, 0, 0, 0, middle, 0, high, 0, 0x50])

test('registers come from sense data, wherever in it they are', (t) => {
  const passed = parseSense(sense(0, 0, 0x4f, 0xc2))
  t.is(passed && passes(passed), true)
  const failed = parseSense(sense(0, 0, 0xf4, 0x2c))
  t.is(failed && passes(failed), false)
  const neither = parseSense(sense(0, 0xff, 0, 0))
  t.is(neither && passes(neither), null)
  t.is(neither && isAsleep(neither), false)
  const behind = Buffer.concat([
    Buffer.from([0x72, 0, 0, 0, 0, 0, 0, 18, 0x03, 2, 0, 0]),
    sense(4, 0, 0, 0).subarray(8),
  ])
  t.like(parseSense(behind), { error: 4 })
  t.is(parseSense(Buffer.from([0x70, 0, 5])), null)
})

test('no sense data, however cut, makes anything throw or hang', (t) => {
  const property = fc.property(fc.uint8Array({ maxLength: 64 }), (random) => {
    const registers = parseSense(Uint8Array.from([0x72, ...random]))
    return registers === null || Object.values(registers).every((value) => Number.isInteger(value) && value < 256)
  })
  t.notThrows(() => fc.assert(property))
})

test('whatever the kernel says of its clock becomes numbers', (t) => {
  const property = fc.property(bytes(TIMEX_BYTES), (page) =>
    clockQuantities(parseTimex(page)).every(({ value }) => Number.isFinite(value)),
  )
  t.notThrows(() => fc.assert(property))
})
