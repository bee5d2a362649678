import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Logger } from '../../shared/log.ts'
import { changeKey } from '../inventory/change.ts'
import { inventoryDigest } from '../inventory/digest.ts'
import type { AgentOptions } from '../options.ts'
import type { KnownInventory } from '../ports.ts'
import { recognisable } from './host.ts'
import { canCollectApart, collectApart, collectHere } from './inventory_child.ts'

export interface InventorySource {
  collect(signal: AbortSignal): Promise<Result<KnownInventory, string>>
  /** Changes when the inventory may have; cheap. */
  changeKey(): string
}

export function localInventory(options: AgentOptions, log: Logger): InventorySource {
  return {
    collect: async (signal) => {
      const apart = canCollectApart ? collectApart(options, signal) : collectHere(options, signal)
      const collected = await apart
      if (!collected.ok) return refuse(collected.error)
      for (const problem of collected.value.problems) log.warn({ problem }, 'a part of the inventory is unknown')
      const inventory = recognisable(collected.value.inventory)
      return ok({ inventory, digest: inventoryDigest(inventory) })
    },
    changeKey,
  }
}
