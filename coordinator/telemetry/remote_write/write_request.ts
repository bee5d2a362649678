/** One series with its samples, oldest first. */
export type WrittenSeries = {
  /** `__name__` among them. */
  readonly labels: readonly (readonly [name: string, value: string])[]
  readonly samples: readonly { readonly at: number; readonly value: number }[]
}

/**
 * Encodes prometheus.WriteRequest of remote write 1.0: `timeseries` is field 1, in which `labels` is 1 (`name` 1,
 * `value` 2) and `samples` is 2 (`value` 1 as a double, `timestamp` 2 in milliseconds). Labels are sorted by name, as
 * receivers demand.
 */
export class WriteRequestWriter {
  #bytes = Buffer.alloc(64 * 1024)
  #length = 0
  #samples = 0

  get length(): number {
    return this.#length
  }

  get samples(): number {
    return this.#samples
  }

  add({ labels, samples }: WrittenSeries): void {
    const sorted = labels.toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    const start = this.#open(SERIES)
    for (const [name, value] of sorted) {
      const label = this.#open(LABELS)
      this.#text(NAME, name)
      this.#text(VALUE, value)
      this.#close(label)
    }
    for (const { at, value } of samples) {
      const sample = this.#open(SAMPLES)
      this.#reserve(20)
      this.#bytes[this.#length] = SAMPLE_VALUE
      this.#bytes.writeDoubleLE(value, this.#length + 1)
      this.#bytes[this.#length + 9] = SAMPLE_TIME
      this.#length += 10
      this.#varint(at)
      this.#close(sample)
      this.#samples += 1
    }
    this.#close(start)
  }

  /** All that was added, and begins anew. */
  take(): Uint8Array {
    const taken = Uint8Array.prototype.slice.call(this.#bytes, 0, this.#length)
    this.#length = 0
    this.#samples = 0
    return taken
  }

  #text(tag: number, text: string): void {
    const start = this.#open(tag)
    const most = text.length * 3
    this.#reserve(most)
    this.#length += this.#bytes.write(text, this.#length, most, 'utf8')
    this.#close(start)
  }

  /** Begins a part whose length is not known yet: room is left for a length in five bytes, as a varint may be. */
  #open(tag: number): number {
    this.#reserve(1 + LENGTH_BYTES)
    this.#bytes[this.#length] = tag
    this.#length += 1 + LENGTH_BYTES
    return this.#length
  }

  /** The shortest form of the length; what follows moves up to it. */
  #close(start: number): void {
    const length = this.#length - start
    const lengthBytes = length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x20_0000 ? 3 : length < 0x1000_0000 ? 4 : 5
    const spare = LENGTH_BYTES - lengthBytes
    this.#bytes.copyWithin(start - spare, start, this.#length)
    const end = this.#length - spare
    this.#length = start - LENGTH_BYTES
    this.#varint(length)
    this.#length = end
  }

  #varint(value: number): void {
    this.#reserve(10)
    let left = value
    while (left >= 0x80) {
      this.#bytes[this.#length] = (left % 0x80) | 0x80
      this.#length += 1
      left = Math.floor(left / 0x80)
    }
    this.#bytes[this.#length] = left
    this.#length += 1
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#length + more))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}

const LENGTH_BYTES = 5
/** Tags: field number times eight, and 2 for what has a length, 1 for eight bytes, 0 for a varint. */
const [SERIES, LABELS, SAMPLES, NAME, VALUE, SAMPLE_VALUE, SAMPLE_TIME] = [0x0a, 0x0a, 0x12, 0x0a, 0x12, 0x09, 0x10]
