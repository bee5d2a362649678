import { type Clock, minutes, seconds } from '../../shared/model/time.ts'
import { type FoundFile, FoundFiles } from './found_files.ts'
import type { ReadBuffer } from './kept_file.ts'
import { numberOf } from './lines.ts'
import { type Source, metric } from './source.ts'
import { existing, namesIn, wordIn } from './sys_tree.ts'

const MICRO = 1e-6
const KINDS: ReadonlySet<string> = new Set(['package', 'dram', 'core', 'uncore', 'psys'])

/** Energy that processors and memory took, from RAPL. Only root may read it. */
export function energySource(sys: string, buffer: ReadBuffer, clock: Clock): Source {
  const folder = `${sys}/class/powercap`
  const find = (): readonly FoundFile[] =>
    existing(namesIn(folder, /^intel-rapl:\d+(?::\d+)?$/).flatMap((zone) => energyOf(folder, zone)))
  return new FoundFiles({ name: 'energy', clock, every: seconds(10), searchEvery: minutes(5), find }, buffer)
}

function energyOf(folder: string, zone: string): readonly FoundFile[] {
  const { kind, index } = partsOf(wordIn(`${folder}/${zone}/name`), zone)
  if (!KINDS.has(kind)) return []
  const range = numberOf(wordIn(`${folder}/${zone}/max_energy_range_uj`))
  // Told as what it grew by: the kernel's own number begins anew every few minutes of full load.
  let before = Number.NaN
  let total = Number.NaN
  const file: FoundFile = {
    path: `${folder}/${zone}/energy_uj`,
    metrics: [metric('counter', `node_rapl_${kind}_joules_total`, 'joules', { index, path: zone })],
    parse: (text, values, offset) => {
      const now = numberOf(text.slice(1).trim())
      if (Number.isNaN(before)) total = now
      else if (!Number.isNaN(now)) total += grown(before, now, range)
      if (!Number.isNaN(now)) before = now
      values[offset] = Number.isNaN(now) ? Number.NaN : total * MICRO
    },
  }
  return [file]
}

function grown(before: number, now: number, range: number): number {
  if (now >= before) return now - before
  // Without a range it cannot be known how far it went.
  return range >= before ? now + range - before : now
}

/** "package-0" is the package 0; the memory of a package is called "dram", and has its number in its path. */
function partsOf(name: string, zone: string): { readonly kind: string; readonly index: string } {
  const [, kind = name, index = zone.split(':')[1] ?? ''] = /^(.+)-(\d+)$/.exec(name) ?? []
  return { kind, index }
}
