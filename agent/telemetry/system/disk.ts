import { Buffer } from 'node:buffer'
import { closeSync, constants, openSync } from 'node:fs'
import { type Result, ok, refuse } from '../../../shared/model/result.ts'
import { type AtaCommand, type AtaRegisters, SECTOR_BYTES, parseSense } from './ata.ts'
import type { SystemCalls } from './calls.ts'
import { HEALTH_LOG_BYTES, NVME_IOCTL_ADMIN_CMD, healthLogCommand } from './nvme.ts'
import { SENSE_BYTES, SG_IO, passThrough, sgHeader, sgOutcome } from './sg.ts'

/** Why a disk does not tell: it may not be asked, it does not know the question, or something is wrong. */
export type Untold = { readonly kind: 'unknown' } | { readonly kind: 'failed'; readonly reason: string }

const ENXIO = 6
const ENODEV = 19
const EINVAL = 22
const ENOTTY = 25
const EOPNOTSUPP = 95
const UNKNOWN: ReadonlySet<number> = new Set([1, 13, ENXIO, ENODEV, EINVAL, ENOTTY, EOPNOTSUPP])
const NOT_HERE: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'ENOENT', 'ENXIO', 'ENODEV'])

/** An open disk. It is opened to be read alone: what was open for writing would be looked at anew when it is closed. */
export class Disk {
  readonly #calls: SystemCalls
  readonly #descriptor: number
  readonly #data: Buffer = Buffer.alloc(Math.max(HEALTH_LOG_BYTES, SECTOR_BYTES))
  readonly #sense: Buffer = Buffer.alloc(SENSE_BYTES)

  private constructor(calls: SystemCalls, descriptor: number) {
    this.#calls = calls
    this.#descriptor = descriptor
  }

  static open(calls: SystemCalls, path: string): Result<Disk, Untold> {
    try {
      return ok(new Disk(calls, openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)))
    } catch (error) {
      const code: unknown = error instanceof Error && 'code' in error ? error.code : null
      return refuse(NOT_HERE.has(code) ? { kind: 'unknown' } : { kind: 'failed', reason: `open: ${String(code)}` })
    }
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  /** The log page of an NVMe controller's health; good until the next question. */
  healthLog(): Result<Buffer, Untold> {
    this.#data.fill(0)
    const status = this.#ioctl(NVME_IOCTL_ADMIN_CMD, healthLogCommand(this.#calls.address(this.#data)))
    if (!status.ok) return status
    // The controller's own status: invalid commands, fields and log pages are what it does not know.
    const code = status.value & 0x7ff
    if (code === 0) return ok(this.#data.subarray(0, HEALTH_LOG_BYTES))
    return refuse(INVALID.has(code) ? { kind: 'unknown' } : { kind: 'failed', reason: `NVMe status ${code}` })
  }

  /** A sector that an ATA command answers with; good until the next question. */
  sector(command: AtaCommand): Result<Buffer, Untold> {
    const outcome = this.#hand(command)
    if (!outcome.ok) return outcome
    if (outcome.value === 'done') return ok(this.#data.subarray(0, SECTOR_BYTES))
    const registers = parseSense(this.#sense)
    if (registers !== null && (registers.error & ABORTED) !== 0) return refuse({ kind: 'unknown' })
    return refuse({ kind: 'failed', reason: `ATA command ${command.command.toString(16)}h: an error` })
  }

  /** What an ATA command without data leaves in the registers. */
  registers(command: AtaCommand): Result<AtaRegisters, Untold> {
    const outcome = this.#hand(command)
    if (!outcome.ok) return outcome
    const registers = outcome.value === 'check' ? parseSense(this.#sense) : null
    if (registers === null || (registers.error & ABORTED) !== 0) return refuse({ kind: 'unknown' })
    return ok(registers)
  }

  #hand(command: AtaCommand): Result<'done' | 'check', Untold> {
    this.#data.fill(0)
    this.#sense.fill(0)
    const block = passThrough(command)
    const calls = this.#calls
    const places = {
      block: calls.address(block),
      data: calls.address(this.#data),
      sense: calls.address(this.#sense),
    }
    const header = sgHeader(command.reads, places)
    const returned = this.#ioctl(SG_IO, header)
    // The kernel knows the block by its address alone.
    block.fill(0)
    if (!returned.ok) return returned
    const outcome = sgOutcome(header)
    if (outcome.kind !== 'failed') return ok(outcome.kind)
    return refuse({ kind: 'failed', reason: `ATA command ${command.command.toString(16)}h: the link, ${outcome.host}` })
  }

  #ioctl(request: number, structure: Buffer): Result<number, Untold> {
    const returned = this.#calls.ioctl(this.#descriptor, request, structure)
    if (returned >= 0) return ok(returned)
    const errno = this.#calls.errno()
    return refuse(UNKNOWN.has(errno) ? { kind: 'unknown' } : { kind: 'failed', reason: `error ${errno}` })
  }
}

/** Invalid opcode, invalid field, invalid log page. */
const INVALID: ReadonlySet<number> = new Set([0x01, 0x02, 0x109])
const ABORTED = 0x04
