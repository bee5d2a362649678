import { execFile } from 'node:child_process'
import process from 'node:process'
import { isSea } from 'node:sea'
import type { Inventory } from '../../shared/model/inventory.ts'
import { type Result, refuse } from '../../shared/model/result.ts'
import { decode } from '../../shared/wire/check.ts'
import type { Inventory__Output } from '../../shared/wire/gen/types/billet/v1/Inventory.ts'
import { decodeInventory, encodeInventory } from '../../shared/wire/inventory.ts'

export type HardwareOverrides = { readonly hardwareUuid: string; readonly hardwareSerial: string }

/** The word of the program that collects once, prints, and ends. */
export const INVENTORY_COMMAND = 'inventory'
const PATIENCE_MS = 120_000
const OUTPUT_BYTES_MAX = 8 * 1024 * 1024

/** A process of its own can be had where this program is one executable; run from source there is none. */
export const canCollectApart: boolean = isSea()

type Printed = { readonly inventory: Inventory__Output; readonly problems: readonly string[] }

/**
 * Collects in a process of its own, which then ends: what collecting loads and leaves behind is not the agent's for
 * weeks, and what hangs in a driver hangs there.
 */
export function collectApart(
  overrides: HardwareOverrides,
  signal: AbortSignal,
): Promise<Result<{ readonly inventory: Inventory; readonly problems: readonly string[] }, string>> {
  const { hardwareUuid, hardwareSerial } = overrides
  const options = [`--hardware-uuid=${hardwareUuid}`, `--hardware-serial=${hardwareSerial}`]
  const limits = { signal, timeout: PATIENCE_MS, killSignal: 'SIGKILL', maxBuffer: OUTPUT_BYTES_MAX } as const
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [INVENTORY_COMMAND, ...options], limits, (error, stdout) => {
      if (signal.aborted) return reject(error ?? new Error('aborted'))
      if (error !== null) return resolve(refuse(`the inventory could not be collected: ${error.message.slice(0, 300)}`))
      return resolve(read(stdout))
    })
  })
}

function read(stdout: string): Result<{ readonly inventory: Inventory; readonly problems: readonly string[] }, string> {
  const printed = parseJson(stdout)
  if (!isPrinted(printed)) return refuse('the inventory was printed in another form')
  const { problems } = printed
  const decoded = decode(() => ({ inventory: decodeInventory('inventory', printed.inventory), problems }))
  return decoded.ok ? decoded : refuse(decoded.error.message)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The printer is this very program; every field is checked by the codec after this. */
function isPrinted(value: unknown): value is Printed {
  return typeof value === 'object' && value !== null && 'inventory' in value && 'problems' in value
}

/** Collects in this very process. What that takes is loaded here and not before: it is more than all the rest. */
export async function collectHere({ hardwareUuid, hardwareSerial }: HardwareOverrides, signal: AbortSignal) {
  const { openCollector } = await import('../inventory/collect.ts')
  const collector = openCollector({
    ...(hardwareUuid === '' ? {} : { hardwareUuid }),
    ...(hardwareSerial === '' ? {} : { hardwareSerial }),
  })
  return collector.collect(signal)
}

/** Collects, and prints what `collectApart` reads. */
export async function printInventory(overrides: HardwareOverrides): Promise<boolean> {
  const collected = await collectHere(overrides, AbortSignal.timeout(PATIENCE_MS))
  if (!collected.ok) return false
  const { inventory, problems } = collected.value
  const encoded = encodeInventory(inventory, '')
  await new Promise<void>((resolve) => {
    process.stdout.write(JSON.stringify({ inventory: encoded, problems }), () => resolve())
  })
  return true
}
