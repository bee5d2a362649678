import { readFileSync, readdirSync, realpathSync } from 'node:fs'
import { basename } from 'node:path'

/** A block device as the kernel describes it. */
export type BlockDevice = {
  readonly name: string
  /** Its own node, and those of its partitions. */
  readonly nodes: readonly string[]
  readonly serial: string
  readonly sizeBytes: number
  readonly rotational: boolean
  /** Bytes that one discard may span; 0 where the device has none. */
  readonly discardBytesMax: number
  /** Mounts, swap and stacked devices that use it or one of its partitions. */
  readonly heldBy: readonly string[]
  readonly readOnly: boolean
}

/** Null: there is no such device, or it is no block device. */
export function blockDevice(path: string): BlockDevice | null {
  let name: string
  try {
    name = basename(realpathSync(path))
  } catch {
    return null
  }
  const directory = `/sys/class/block/${name}`
  const sectors = Number(readWord(`${directory}/size`))
  if (!Number.isSafeInteger(sectors) || readWord(`${directory}/dev`) === '') return null
  const parts = readNames(directory).filter((entry) => readWord(`${directory}/${entry}/partition`) !== '')
  return {
    name,
    nodes: [realpathSync(path), ...parts.map((part) => `/dev/${part}`)],
    serial: readWord(`${directory}/device/serial`) || readWord(`${directory}/serial`),
    sizeBytes: sectors * 512,
    rotational: readWord(`${directory}/queue/rotational`) === '1',
    discardBytesMax: Number(readWord(`${directory}/queue/discard_max_bytes`)) || 0,
    heldBy: holdersOf([name, ...parts]),
    readOnly: readWord(`${directory}/ro`) === '1',
  }
}

function readWord(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

function readNames(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function holdersOf(all: readonly string[]): readonly string[] {
  const numbers = new Set(all.map((one) => readWord(`/sys/class/block/${one}/dev`)))
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const mounted = mounts.flatMap((line) => {
    const fields = line.split(' ')
    return fields[2] !== undefined && numbers.has(fields[2]) ? [`mounted at ${fields[4]}`] : []
  })
  const swaps = readWord('/proc/swaps').split('\n')
  const swapping = all.filter((one) => swaps.some((line) => line.split(/\s+/)[0] === `/dev/${one}`))
  const stacked = all.flatMap((one) => readNames(`/sys/class/block/${one}/holders`))
  return [...mounted, ...swapping.map((one) => `swap on ${one}`), ...stacked.map((one) => `part of ${one}`)]
}
