import type { Instant } from './time.ts'

/** Something that the kernel told of hardware or of itself, once or many times. */
export type KernelEvent = {
  /** Stable word: "xid", "oom_kill", "io_error". */
  readonly event: string
  /** Device, process or code that it is about; empty where the kernel named none. */
  readonly subject: string
  /** How often since the boot, as far as the kernel's own log went back when the agent began to read. */
  readonly count: number
  readonly first: Instant
  readonly last: Instant
  /** The last line, shortened. */
  readonly message: string
}
