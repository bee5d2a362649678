import { namesIn, wordIn } from '../sys_tree.ts'

/** A disk that can be asked for its health. */
export type FoundDisk = {
  /** "nvme0", "sda". */
  readonly device: string
  readonly kind: 'nvme' | 'ata'
  readonly rotational: boolean
  /** Of its logical sectors. */
  readonly sectorBytes: number
}

/** The NVMe controllers on this machine's own bus, and the SATA disks: what works. It asks no device. */
export function findDisks(sys: string): readonly FoundDisk[] {
  return [...nvmeControllers(sys), ...ataDisks(sys)]
}

/** A controller that is being reset, or is gone, would keep whoever asks it waiting; one over a fabric is elsewhere. */
function nvmeControllers(sys: string): readonly FoundDisk[] {
  const folder = `${sys}/class/nvme`
  return namesIn(folder, /^nvme\d{1,4}$/)
    .filter((name) => wordIn(`${folder}/${name}/state`) === 'live' && OWN.has(wordIn(`${folder}/${name}/transport`)))
    .map((device) => ({ device, kind: 'nvme', rotational: false, sectorBytes: 512 }))
}

const OWN: ReadonlySet<string> = new Set(['pcie', 'apple-nvme'])

/** The kernel tells of a disk that speaks ATA, behind whatever controller, by its manufacturer. */
function ataDisks(sys: string): readonly FoundDisk[] {
  const folder = `${sys}/block`
  return namesIn(folder, /^sd[a-z]{1,4}$/)
    .filter((name) => wordIn(`${folder}/${name}/device/vendor`) === 'ATA')
    .filter((name) => wordIn(`${folder}/${name}/device/state`) === 'running')
    .map((device) => ({
      device,
      kind: 'ata',
      rotational: wordIn(`${folder}/${device}/queue/rotational`) !== '0',
      sectorBytes: Number(wordIn(`${folder}/${device}/queue/logical_block_size`)) || 512,
    }))
}
