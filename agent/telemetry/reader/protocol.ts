import type { Metric } from '../../../shared/model/telemetry.ts'

/** What the reader says to the agent, a line each. */
export type Message =
  /** It goes and asks the driver, or the device named; nothing is heard of it before there is an answer. */
  | { readonly kind: 'asking'; readonly about?: string | undefined }
  | { readonly kind: 'answered' }
  /** There is no library here, or it cannot be called from here. Nothing else will follow. */
  | { readonly kind: 'unloadable'; readonly reason: string }
  /** What the values are from now on. */
  | { readonly kind: 'shape'; readonly metrics: readonly Metric[] }
  /** NaN for what could not be had. */
  | { readonly kind: 'values'; readonly values: Float64Array; readonly problem: string | null }
  | { readonly kind: 'xid'; readonly uuid: string; readonly xid: number }

/** What the agent says to the reader: how often to read, in milliseconds. The end of the input is the end. */
export const beatLine = (beat: number): string => `beat ${beat}\n`
export const parseBeat = (line: string): number | null => {
  const found = /^beat (\d{1,7})$/.exec(line)?.[1]
  return found === undefined ? null : Number(found)
}

/** The reader's name as a process, which anybody can read while it hangs in the kernel; the device asked follows. */
export const READER_NAME = 'billet-gpu'

export const METRICS_MAX = 8192
/** Of one line, in characters. */
export const LINE_MAX = 4 * 1024 * 1024

export function print(message: Message): string {
  // A number that is none becomes null.
  const told = message.kind === 'values' ? { ...message, values: Array.from(message.values) } : message
  return `${JSON.stringify(told)}\n`
}
