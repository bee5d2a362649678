import { type Clock, minutes } from '../../shared/model/time.ts'
import { CORES_IN_DETAIL } from './cpu.ts'
import { type FoundFile, FoundFiles } from './found_files.ts'
import type { ReadBuffer } from './kept_file.ts'
import { type Source, metric } from './source.ts'
import { existing, namesIn, numberFile, wordIn } from './sys_tree.ts'

/**
 * Clocks of the cores, 64 of them at most and evenly spread, and how often heat made the processor slow down. Older
 * kernels interrupt a busy core to tell its clock, so once a minute is enough.
 */
export function processorSource(sys: string, buffer: ReadBuffer, clock: Clock): Source {
  const folder = `${sys}/devices/system/cpu`
  const find = (): readonly FoundFile[] => {
    const cores = namesIn(folder, /^cpu\d{1,5}$/)
    return existing([
      ...spread(cores, CORES_IN_DETAIL).map((core) => clockOf(folder, core)),
      ...throttles(folder, cores),
    ])
  }
  return new FoundFiles({ name: 'processors', clock, every: minutes(1), searchEvery: minutes(5), find }, buffer)
}

function spread(cores: readonly string[], count: number): readonly string[] {
  const step = Math.max(1, cores.length / count)
  return cores.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
}

function clockOf(folder: string, core: string): FoundFile {
  const cpu = core.slice('cpu'.length)
  const path = `${folder}/${core}/cpufreq/scaling_cur_freq`
  return numberFile(path, metric('gauge', 'node_cpu_scaling_frequency_hertz', 'hertz', { cpu }), 1000)
}

/** One per package: all of its cores count alike. */
function throttles(folder: string, cores: readonly string[]): readonly FoundFile[] {
  const packages = new Map<string, FoundFile>()
  for (const core of cores) {
    const name = wordIn(`${folder}/${core}/topology/physical_package_id`)
    if (!/^\d{1,4}$/.test(name) || packages.has(name)) continue
    const path = `${folder}/${core}/thermal_throttle/package_throttle_count`
    packages.set(name, numberFile(path, metric('counter', 'node_cpu_package_throttles_total', '', { package: name })))
  }
  return [...packages.values()]
}
