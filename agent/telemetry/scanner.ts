const NEWLINE = 10
const SPACE = 32
const TAB = 9
const DOT = 46
const MINUS = 45
const ZERO = 48

/**
 * Walks over the lines and fields of a file of the kernel without making a string of any of them: at one beat a
 * second on a machine of 256 cores, strings would be most of the cost. It never throws, whatever the bytes are.
 */
export class LineScanner {
  #bytes: Uint8Array = new Uint8Array(0)
  #end = 0
  #nextLine = 0
  #lineEnd = 0
  #at = 0
  #fieldStart = 0
  #fieldEnd = 0
  readonly #separator: number

  /** @param separator one more byte that ends a field, beside space and tab. */
  constructor(separator = ' ') {
    this.#separator = separator.charCodeAt(0)
  }

  load(bytes: Uint8Array, length: number): void {
    this.#bytes = bytes
    this.#end = Math.min(length, bytes.length)
    this.#nextLine = 0
    this.#lineEnd = 0
    this.#at = 0
  }

  /** Goes to the start of the next line; false at the end. */
  nextLine(): boolean {
    if (this.#nextLine >= this.#end) return false
    this.#at = this.#nextLine
    const newline = this.#bytes.indexOf(NEWLINE, this.#at)
    this.#lineEnd = newline < 0 || newline > this.#end ? this.#end : newline
    this.#nextLine = this.#lineEnd + 1
    return true
  }

  /** Goes to the next field of this line; false at its end. */
  nextField(): boolean {
    const bytes = this.#bytes
    const end = this.#lineEnd
    let at = this.#at
    while (at < end && this.#isSeparator(bytes[at] ?? 0)) at += 1
    this.#fieldStart = at
    while (at < end && !this.#isSeparator(bytes[at] ?? 0)) at += 1
    this.#fieldEnd = at
    this.#at = at
    return at > this.#fieldStart
  }

  skipFields(count: number): void {
    for (let skipped = 0; skipped < count; skipped += 1) this.nextField()
  }

  /** The field as a plain decimal number; NaN where it is anything else. */
  number(skippedBytes = 0): number {
    const bytes = this.#bytes
    let at = this.#fieldStart + skippedBytes
    const negative = at < this.#fieldEnd && bytes[at] === MINUS
    if (negative) at += 1
    if (at >= this.#fieldEnd) return Number.NaN
    let digits = 0
    // 0 until the point was seen; dividing once at the end gives the very number that the text says.
    let divisor = 0
    for (; at < this.#fieldEnd; at += 1) {
      const byte = bytes[at] ?? 0
      const digit = byte - ZERO
      if (byte === DOT && divisor === 0) divisor = 1
      else if (digit < 0 || digit > 9) return Number.NaN
      else {
        digits = digits * 10 + digit
        divisor *= 10
      }
    }
    const value = divisor === 0 ? digits : digits / divisor
    return negative ? -value : value
  }

  nextNumber(): number {
    return this.nextField() ? this.number() : Number.NaN
  }

  fieldIs(key: Uint8Array): boolean {
    return this.#fieldEnd - this.#fieldStart === key.length && this.fieldStartsWith(key)
  }

  fieldStartsWith(key: Uint8Array): boolean {
    if (this.#fieldEnd - this.#fieldStart < key.length) return false
    for (let index = 0; index < key.length; index += 1) {
      if (this.#bytes[this.#fieldStart + index] !== key[index]) return false
    }
    return true
  }

  /** The field as text, for what happens once; at most 64 bytes of it. */
  text(): string {
    let text = ''
    const end = Math.min(this.#fieldEnd, this.#fieldStart + 64)
    for (let at = this.#fieldStart; at < end; at += 1) text += String.fromCharCode(this.#bytes[at] ?? 0)
    return text
  }

  #isSeparator(byte: number): boolean {
    return byte === SPACE || byte === TAB || byte === this.#separator
  }
}

/** ASCII text as bytes, to compare fields with. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0x7f)
}
