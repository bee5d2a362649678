import { Buffer } from 'node:buffer'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import type { KernelEvent } from '../../shared/model/kernel_event.ts'
import type { Metric } from '../../shared/model/telemetry.ts'
import { type Clock, type Milliseconds, instant, seconds } from '../../shared/model/time.ts'
import { KERNEL_EVENTS, kernelWord } from './kernel_patterns.ts'
import { codeOf, sentence } from './kept_file.ts'
import { Pace, type Source, metric, missing } from './source.ts'

/** No record of the kernel is longer. */
const RECORD_BYTES = 8192
const MESSAGE_MAX = 200
/** Different things that happened; of more, those that happened last are kept. */
export const KERNEL_EVENTS_KEPT = 64
/** Records taken in at once: a log that was never read, or that is being flooded, is taken in over some beats. */
const RECORDS_AT_ONCE = 200
const READ_EVERY = seconds(5)
const OPEN_EVERY = seconds(60)
/** Kernel messages alone: what programs write to the log carries a facility. */
const PRIORITIES = 8

export type KernelLogOptions = {
  readonly path: string
  readonly clock: Clock
  readonly sinceBoot: () => Milliseconds
}

/**
 * The kernel's log, read from where it begins and then as it grows, a little at a time. What is of concern is counted
 * by kind, and kept by kind and subject: a flood costs a counter, not memory.
 */
export class KernelLogSource implements Source {
  readonly name = 'kernel-log'
  readonly metrics: readonly Metric[] = [
    ...KERNEL_EVENTS.map((event) => metric('counter', 'billet_kernel_events_total', '', { event })),
    metric('counter', 'billet_kernel_log_lost_total', ''),
  ]
  readonly values: Float64Array = missing(KERNEL_EVENTS.length + 1)
  readonly #options: KernelLogOptions
  readonly #read: Pace
  readonly #open: Pace
  readonly #record = Buffer.allocUnsafeSlow(RECORD_BYTES)
  readonly #events = new Map<string, KernelEvent>()
  #descriptor: number | null = null
  #shown: readonly KernelEvent[] | null = null
  #isBehind = false
  #problem: string | null = null

  constructor(options: KernelLogOptions) {
    this.#options = options
    this.#read = new Pace(options.clock, READ_EVERY)
    this.#open = new Pace(options.clock, OPEN_EVERY)
  }

  /** What happened, the last of all at the end; the same array until there is something new. */
  get events(): readonly KernelEvent[] {
    return (this.#shown ??= [...this.#events.values()])
  }

  refresh(): string | null {
    if (!this.#read.due() && !this.#isBehind) return this.#problem
    const descriptor = this.#descriptor ?? (this.#open.due() ? this.#begin() : null)
    if (descriptor !== null) this.#readOn(descriptor)
    return this.#problem
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor)
    this.#descriptor = null
  }

  #begin(): number | null {
    const { path } = this.#options
    try {
      this.#descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
      this.values.fill(0)
      this.#events.clear()
      this.#problem = null
    } catch (error) {
      // A container has no such log.
      const isAbsent = codeOf(error) === 'ENOENT'
      this.#problem = isAbsent ? null : sentence(path, error)
    }
    return this.#descriptor
  }

  #readOn(descriptor: number): void {
    const from = this.#options.clock.now() - this.#options.sinceBoot()
    this.#isBehind = true
    for (let count = 0; count < RECORDS_AT_ONCE; count += 1) {
      const text = this.#next(descriptor)
      if (text === null) {
        this.#isBehind = false
        return
      }
      for (const line of text.split('\n')) this.#take(line, from)
    }
  }

  /** One record; null where there is no more now. */
  #next(descriptor: number): string | null {
    try {
      const length = readSync(descriptor, this.#record, 0, RECORD_BYTES, null)
      return length === 0 ? null : this.#record.toString('latin1', 0, length)
    } catch (error) {
      const code = codeOf(error)
      if (code === 'EAGAIN') return null
      if (code === 'EPIPE') {
        // The kernel wrote over records that were not read; the next reading is of the oldest that is left.
        this.values[KERNEL_EVENTS.length] = (this.values[KERNEL_EVENTS.length] ?? 0) + 1
        return ''
      }
      this.#problem = sentence(this.#options.path, error)
      this.close()
      return null
    }
  }

  /** "3,1042,98765432,-;nvme nvme0: I/O 7 QID 1 timeout, aborting" */
  #take(line: string, boot: number): void {
    const semicolon = line.indexOf(';')
    if (semicolon < 0 || line.startsWith(' ')) return
    const [priority, , micros] = line.slice(0, semicolon).split(',', 3).map(Number)
    if (priority === undefined || micros === undefined || !(priority < PRIORITIES) || !(micros >= 0)) return
    const message = line.slice(semicolon + 1)
    const word = kernelWord(message)
    if (word === null) return
    const place = KERNEL_EVENTS.indexOf(word.event)
    this.values[place] = (this.values[place] ?? 0) + 1
    this.#keep(word.event, word.subject, message, boot + micros / 1000)
  }

  #keep(event: string, subject: string, message: string, at: number): void {
    const key = `${event} ${subject}`
    const time = instant(Math.round(at))
    this.#shown = null
    const known = this.#events.get(key)
    // Put at the end: the order is that of the last times.
    this.#events.delete(key)
    this.#events.set(key, {
      event,
      subject,
      count: (known?.count ?? 0) + 1,
      first: known?.first ?? time,
      last: time,
      message: message.replaceAll(/[^ -~]/g, '?').slice(0, MESSAGE_MAX),
    })
    if (this.#events.size <= KERNEL_EVENTS_KEPT) return
    const [oldest] = this.#events.keys()
    if (oldest !== undefined) this.#events.delete(oldest)
  }
}
