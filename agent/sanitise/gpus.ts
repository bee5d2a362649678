import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import process from 'node:process'

const GPU_DEVICE = /^\/dev\/(nvidia\d+|nvidia-uvm|kfd|dri\/renderD\d+)$/

/** A process that has a GPU's device open. */
export type GpuHolder = { readonly pid: number; readonly name: string }

/**
 * Processes that hold a GPU, save this agent and its children, which only ask it how it is.
 *
 * @param daemons names of programs of the machine's own that may hold one, such as nvidia-persistenced.
 */
export function gpuHolders(daemons: readonly string[], root = '/proc'): readonly GpuHolder[] {
  return readdirSync(root).flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return []
    const pid = Number(entry)
    if (pid === process.pid || parentOf(root, pid) === process.pid) return []
    const name = readOr(`${root}/${entry}/comm`).trim()
    return !daemons.includes(name) && opensGpu(`${root}/${entry}/fd`) ? [{ pid, name }] : []
  })
}

/** The name in stat may hold anything, so fields are counted from its last bracket on. */
function parentOf(root: string, pid: number): number {
  const text = readOr(`${root}/${pid}/stat`)
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1])
}

function opensGpu(directory: string): boolean {
  try {
    return readdirSync(directory).some((descriptor) => {
      try {
        return GPU_DEVICE.test(readlinkSync(`${directory}/${descriptor}`))
      } catch {
        // Closed since the listing.
        return false
      }
    })
  } catch {
    return false
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

/** Whether the machine has GPUs of which a driver knows. */
export function hasGpus(): boolean {
  return ['/proc/driver/nvidia/gpus', '/sys/class/kfd/kfd/topology/nodes'].some((path) => {
    try {
      return readdirSync(path).length > 0
    } catch {
      return false
    }
  })
}
