import process from 'node:process'
import { milliseconds } from '../../../shared/model/time.ts'
import type { Device } from './device.ts'
import { loadKoffi } from '../reader/koffi.ts'
import { openNvml } from './library.ts'
import { onDemand, questions } from './questions.ts'
import { NvmlReader } from './reader.ts'

/**
 * Prints all that the driver tells, for a person: each device with its numbers and processes, and what the questions
 * took. Waits for a driver that hangs.
 *
 * @returns the exit code: 1 where there is no driver, or one that cannot be asked.
 */
export function printNvml(library: string): number {
  const opened = openReader(library)
  if (typeof opened === 'string') {
    process.stderr.write(`${opened}\n`)
    return 1
  }
  const { reader, version } = opened
  const opening = timed(() => reader.open())
  if (!opening.value.ok) {
    process.stderr.write(`${opening.value.error}\n`)
    return 1
  }
  const all = timed(() => reader.read())
  const beat = timed(() => reader.read())
  say(`NVML ${version}: ${reader.devices.length} GPUs`)
  const times = [opening, all, beat].map(({ took }) => `${took.toFixed(2)} ms`)
  say(`opened in ${times[0]}, everything read in ${times[1]}, what each beat reads in ${times[2]}`)
  if (beat.value !== null) say(`problem: ${beat.value}`)
  for (const device of reader.devices) printDevice(device)
  for (const { uuid, xid } of reader.xids()) say(`Xid ${xid} on ${uuid}`)
  reader.close()
  return 0
}

function openReader(library: string): { readonly reader: NvmlReader; readonly version: string } | string {
  try {
    const nvml = openNvml(loadKoffi(), library)
    if (!nvml.ok) return nvml.error
    const now = () => milliseconds(performance.now())
    const reader = new NvmlReader({ nvml: nvml.value, now, asked: [...questions, ...onDemand] })
    return { reader, version: nvml.value.text('nvmlSystemGetNVMLVersion') }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function printDevice({ identity, metrics, values, processes }: Device): void {
  const { index, model, uuid, pciBusId, serial, vbios } = identity
  say(`\nGPU ${index}: ${[model, uuid, pciBusId, serial, vbios].filter((part) => part !== '').join(', ')}`)
  for (const [place, { name, unit, labels }] of metrics.entries()) {
    const value = values[place] ?? Number.NaN
    const link = labels.link === undefined ? '' : ` of link ${labels.link}`
    say(`  ${`${name}${link}`.padEnd(52)} ${Number.isNaN(value) ? 'not told' : value} ${unit}`.trimEnd())
  }
  for (const { pid, memoryBytes } of processes) say(`  process ${pid}: ${memoryBytes} bytes`)
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

function timed<Value>(work: () => Value): { readonly value: Value; readonly took: number } {
  const begun = performance.now()
  const value = work()
  return { value, took: performance.now() - begun }
}
