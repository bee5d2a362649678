import { readFileSync, readdirSync } from 'node:fs'
import { cpuMilliseconds } from './figures.ts'

/** What a process has taken so far. */
export type Cost = {
  readonly cpuMs: number
  /** Times that one of its threads slept and was woken. */
  readonly wakeUps: number
  /** Bytes that it wrote, to sockets too. */
  readonly bytesWritten: number
  /** Bytes that went to a disk. */
  readonly diskBytes: number
  /** Page faults of children that have ended: none ends without any, so that it grows with each. */
  readonly childFaults: number
  readonly children: number
}

export function costOf(pid: number): Cost {
  const threads = readdirSync(`/proc/${pid}/task`)
  let wakeUps = 0
  let children = 0
  for (const thread of threads) {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')
    wakeUps += Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1] ?? 0)
    children += readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).length
  }
  const io = readFileSync(`/proc/${pid}/io`, 'utf8')
  const bytes = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(io)?.[1] ?? 0)
  // What stands before the last bracket is the process's name, and may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return {
    cpuMs: cpuMilliseconds(pid),
    wakeUps,
    bytesWritten: bytes('wchar'),
    diskBytes: bytes('write_bytes'),
    childFaults: Number(fields[8] ?? 0),
    children,
  }
}
