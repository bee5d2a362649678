import { minutes, seconds, type Clock } from '../../shared/model/time.ts'
import { type FoundFile, FoundFiles } from './found_files.ts'
import type { ReadBuffer } from './kept_file.ts'
import { keyed } from './small_files.ts'
import { type Source, metric } from './source.ts'
import { existing, namesIn, numberFile } from './sys_tree.ts'

const SIZES = ['MemTotal', 'MemFree', 'MemUsed', 'FilePages', 'AnonPages', 'Shmem']
const PAGES = ['HugePages_Total', 'HugePages_Free', 'HugePages_Surp']
const EVENTS = ['numa_hit', 'numa_miss', 'numa_foreign', 'interleave_hit', 'local_node', 'other_node']
const KIBIBYTE = 1024

/** Memory of each NUMA node, and where memory was had from. */
export function numaSource(sys: string, buffer: ReadBuffer, clock: Clock): Source {
  const folder = `${sys}/devices/system/node`
  const find = (): readonly FoundFile[] =>
    namesIn(folder, /^node\d{1,4}$/).flatMap((name) => {
      const node = name.slice('node'.length)
      return existing([memoryOf(`${folder}/${name}`, node), eventsOf(`${folder}/${name}`, node)])
    })
  return new FoundFiles({ name: 'numa', clock, every: seconds(10), searchEvery: minutes(5), find }, buffer)
}

/** "Node 0 MemTotal:       24684092 kB" */
function memoryOf(folder: string, node: string): FoundFile {
  const keys = [
    ...SIZES.map((word) => ({ word, unit: 'bytes', scale: KIBIBYTE })),
    ...PAGES.map((word) => ({ word, unit: '', scale: 1 })),
  ].map(({ word, unit, scale }) => ({
    word: ` ${word}:`,
    metric: metric('gauge', `node_memory_numa_${word}`, unit, { node }),
    scale,
  }))
  return keyed(`${folder}/meminfo`, keys)
}

function eventsOf(folder: string, node: string): FoundFile {
  const keys = EVENTS.map((word) => ({
    word: `\n${word} `,
    metric: metric('counter', `node_memory_numa_${word}_total`, '', { node }),
    scale: 1,
  }))
  return keyed(`${folder}/numastat`, keys)
}

/** Huge pages of each size that the kernel has set aside. */
export function hugePageSource(sys: string, buffer: ReadBuffer, clock: Clock): Source {
  const folder = `${sys}/kernel/mm/hugepages`
  const find = (): readonly FoundFile[] =>
    namesIn(folder, /^hugepages-\d{1,9}kB$/).flatMap((name) => {
      const size = name.slice('hugepages-'.length)
      return existing([
        numberFile(`${folder}/${name}/nr_hugepages`, metric('gauge', 'billet_hugepages', '', { size })),
        numberFile(`${folder}/${name}/free_hugepages`, metric('gauge', 'billet_hugepages_free', '', { size })),
      ])
    })
  return new FoundFiles({ name: 'huge-pages', clock, every: minutes(1), searchEvery: minutes(5), find }, buffer)
}
