import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { disksIn } from './block.ts'
import { addressesOf, physicalDevices } from './network.ts'
import { namesIn } from './sysfs.ts'

export const hasDriver = (proc: string): boolean => existsSync(`${proc}/driver/nvidia/version`)

/** Bytes; 0 where the kernel does not say. */
export function memoryTotal(proc: string): number {
  try {
    return Number(/^MemTotal:\s+(\d{1,15}) kB$/m.exec(readFileSync(`${proc}/meminfo`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** Changes when devices, addresses or memory may have; costs well under a millisecond and starts no process. */
export function changeKey(proc = '/proc', sys = '/sys'): string {
  const addresses = networkInterfaces()
  const parts = [
    physicalDevices(sys).map((device) => [device, ...addressesOf(device, addresses).toSorted()]),
    disksIn(sys),
    Math.round(memoryTotal(proc) / 2 ** 26),
    hasDriver(proc),
    namesIn(`${proc}/driver/nvidia/gpus`),
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
