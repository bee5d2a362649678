import type { Inventory } from '../../shared/model/inventory.ts'
import { type HandBackReport, fencedOff } from '../../shared/model/run.ts'

const GIB = 1024 ** 3

/**
 * The class of machines alike in all that placement looks at: instruction set, threads, memory, GPUs. Memory is
 * rounded to the nearest power of two below 64 GiB and to 32 GiB above, since firmware keeps some for itself. A machine
 * with a device that tenants are kept from is of a lesser class than its like.
 */
export function hardwareClass(inventory: Inventory, lastHandBack: HandBackReport | null): string {
  const parts = [inventory.architecture, `${inventory.cpu.threads}t`, `${roundMemory(inventory.memoryBytes)}g`]
  const models = new Map<string, number>()
  for (const gpu of inventory.gpus) {
    const model = `${slug(gpu.model)}-${Math.round(gpu.memoryBytes / GIB)}g`
    models.set(model, (models.get(model) ?? 0) + 1)
  }
  for (const [model, count] of [...models].toSorted(([left], [right]) => (left < right ? -1 : 1)))
    parts.push(`${count}x-${model}`)
  if (fencedOff(lastHandBack).length > 0) parts.push('lesser')
  return parts.join('-')
}

function roundMemory(bytes: number): number {
  const gib = bytes / GIB
  if (gib < 1) return 1
  return gib < 64 ? 2 ** Math.round(Math.log2(gib)) : Math.round(gib / 32) * 32
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/nvidia|amd|instinct|tesla|graphics/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
}
