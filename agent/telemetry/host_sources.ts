import { type Clock, seconds } from '../../shared/model/time.ts'
import { CpuSource } from './cpu.ts'
import { diskSource, nicSource } from './devices.ts'
import { diskErrorSource, memoryErrorSource, moduleErrorSource } from './errors.ts'
import { FilesystemSource } from './filesystems.ts'
import { ReadBuffer } from './kept_file.ts'
import { fabricSource, linkSource } from './links.ts'
import { hugePageSource, numaSource } from './numa.ts'
import { energySource } from './power.ts'
import { processorSource } from './processors.ts'
import { sensorSource } from './sensors.ts'
import {
  loadSource,
  memoryDetailSource,
  memoryEventSource,
  memorySource,
  pressureSource,
  systemSource,
} from './small_files.ts'
import { type Source, slowly } from './source.ts'

export type HostPlaces = {
  readonly clock: Clock
  readonly proc: string
  readonly sys: string
  readonly directories: readonly string[]
}

/** A source that is read on a thread of the pool. */
export type AsideSource = Source & { settled(): Promise<void> }

/**
 * All that is told of the machine beside its GPUs. Three of them, `aside`, may wait for a device: one thread of the
 * pool each at most, so that the fourth stays free for the agent's files. (AMD's GPUs take it where there are such:
 * a driver of theirs that hangs holds two.)
 */
export function hostSources({ clock, proc, sys, directories }: HostPlaces): {
  readonly sources: readonly Source[]
  readonly aside: readonly AsideSource[]
} {
  const buffer = new ReadBuffer()
  const aside = [new FilesystemSource({ proc, directories, clock }), sensorSource(sys, clock), fabricSource(sys, clock)]
  const sources = [
    new CpuSource(proc, buffer, clock),
    loadSource(proc, buffer),
    pressureSource(proc, buffer),
    memorySource(proc, buffer),
    slowly(memoryDetailSource(proc, buffer), clock, seconds(10)),
    slowly(memoryEventSource(proc, buffer), clock, seconds(10)),
    diskSource(proc, buffer),
    nicSource(proc, sys, buffer),
    systemSource(proc, buffer),
    processorSource(sys, buffer, clock),
    numaSource(sys, buffer, clock),
    hugePageSource(sys, buffer, clock),
    memoryErrorSource(sys, buffer, clock),
    moduleErrorSource(sys, buffer, clock),
    diskErrorSource(sys, buffer, clock),
    energySource(sys, buffer, clock),
    linkSource(sys, buffer, clock),
    ...aside,
  ]
  return { sources, aside }
}
