import { compareTexts } from '../texts.ts'
import type { AttributeType } from './attributes.ts'

const UNITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  bytes: {
    '': 1,
    b: 1,
    kib: 1024,
    mib: 1024 ** 2,
    gib: 1024 ** 3,
    tib: 1024 ** 4,
    kb: 1e3,
    mb: 1e6,
    gb: 1e9,
    tb: 1e12,
  },
  speed: { '': 1, mbps: 1, mb: 1, gbps: 1000, gb: 1000, tbps: 1e6 },
  number: { '': 1 },
}

export const EXPECTED: Readonly<Record<AttributeType, string>> = {
  text: 'a text',
  number: 'a number',
  bytes: 'a size as 512GiB or 2TB',
  speed: 'a speed as 400Gbps',
  version: 'a text or a version as 550.54.14',
}

/** The value that a text stands for, or undefined where it is none of this type. */
export function parseValue(type: AttributeType, text: string): string | number | undefined {
  if (type === 'text' || type === 'version') return text
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text) ?? []
  const factor = UNITS[type]?.[unit.toLowerCase()]
  return digits === '' || factor === undefined ? undefined : Number(digits) * factor
}

/** Negative, zero or positive; numbers within texts compare as numbers. */
export function compareVersions(left: string, right: string): number {
  const [lefts, rights] = [parts(left), parts(right)]
  for (let index = 0; index < Math.max(lefts.length, rights.length); index += 1) {
    const [one = '', other = ''] = [lefts[index], rights[index]]
    const [a, b] = [Number(one), Number(other)]
    const order =
      one !== '' && other !== '' && Number.isFinite(a) && Number.isFinite(b) ? a - b : compareTexts(one, other)
    if (order !== 0) return order
  }
  return 0
}

const parts = (version: string): readonly string[] => version.match(/\d+|[^\d.]+/g) ?? []

/** `*` stands for any text, `?` for one character; case does not count. */
export function isLike(text: string, pattern: string): boolean {
  return likeFrom(text.toLowerCase(), pattern.toLowerCase())
}

/** Without going back over more than the last star: linear for what people write, quadratic at worst. */
function likeFrom(text: string, pattern: string): boolean {
  let [at, place, star, mark] = [0, 0, -1, 0]
  while (at < text.length) {
    const sign = pattern[place]
    if (sign === '*') {
      star = place
      mark = at
      place += 1
    } else if (sign === '?' || (sign !== undefined && sign === text[at])) {
      at += 1
      place += 1
    } else if (star >= 0) {
      place = star + 1
      mark += 1
      at = mark
    } else return false
  }
  while (pattern[place] === '*') place += 1
  return place === pattern.length
}

const WRITTEN: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  bytes: [
    ['TiB', 1024 ** 4],
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
  ],
  speed: [['Gbps', 1000]],
}

/** A value as it can be read again. */
export function writeValue(type: AttributeType, value: string | number): string {
  if (typeof value === 'string') return /^[A-Za-z0-9_*?][A-Za-z0-9_.:/+*?@-]*$/.test(value) ? value : quoted(value)
  const [unit, factor] = (WRITTEN[type] ?? []).find(([, one]) => value !== 0 && value % one === 0) ?? ['', 1]
  return `${value / factor}${unit}`
}

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
