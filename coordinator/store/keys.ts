import type { Transaction } from '../ports.ts'
import { assert } from '../../shared/model/result.ts'

/** The keys that begin with a prefix: from `from` on, and below `below` where there is such a bound. */
export type KeyRange = { readonly from: string; readonly below: string | null }

/** The order of keys is that of their UTF-8 bytes, as in SQLite and etcd; JavaScript's own differs above U+FFFF. */
export function compareKeys(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index += 1) {
    const leftUnit = left.charCodeAt(index)
    const rightUnit = right.charCodeAt(index)
    if (leftUnit !== rightUnit) return byteRank(leftUnit) - byteRank(rightUnit)
  }
  return left.length - right.length
}

export function keyRange(prefix: string): KeyRange {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0)
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last < 0x10ffff) {
      // The code points between belong to surrogates, which text cannot hold alone.
      points.push(last === 0xd7ff ? 0xe000 : last + 1)
      return { from: prefix, below: String.fromCodePoint(...points) }
    }
  }
  return { from: prefix, below: null }
}

/** Surrogates stand for the code points above U+FFFF, so they come after all other units. */
function byteRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

/** What no database could give back as it was written is a bug of the caller. */
export function assertWritable(transaction: Transaction): void {
  for (const { key, value } of transaction.writes) {
    assert(key !== '' && key.isWellFormed() && !key.includes('\0'), `not a key: ${JSON.stringify(key)}`)
    assert(value === null || value.isWellFormed(), `the value of ${key} holds half a character`)
  }
}
