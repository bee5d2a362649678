import { chmodSync, chownSync, existsSync, statSync } from 'node:fs'
import * as v from 'valibot'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Fenced } from '../../shared/model/run.ts'
import { blockDevice } from './block_device.ts'
import { SealedFile } from './sealed_file.ts'

export const FENCE_FILE = 'fenced.json'

const sealed = new SealedFile<readonly Fenced[]>(
  'fenced',
  v.array(v.object({ device: v.string(), serial: v.string(), reason: v.string() })),
)

/**
 * Devices that could not be proved clean and are kept from tenants. Kept on disk, since the kernel gives device nodes
 * their usual owners again at each boot.
 */
export class Fence {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  list(): Result<readonly Fenced[], string> {
    const known = sealed.read(this.#path)
    return known.ok ? ok(known.value ?? []) : known
  }

  /** Shuts a device, and remembers it. Refused where something uses it: then a tenant could reach it. */
  shut(fenced: Fenced): Result<undefined, string> {
    const known = this.#others(fenced.device)
    const closed = close(fenced.device)
    if (closed.ok) sealed.write(this.#path, [...known, fenced])
    return closed
  }

  /** It was proved clean. Whoever has use for it opens it to a tenant. */
  lift(device: string): void {
    const known = this.#others(device)
    if (existsSync(this.#path)) sealed.write(this.#path, known)
  }

  /** Shuts every one again; called before a tenant's task, and refused where one of them cannot be kept from it. */
  hold(): Result<undefined, string> {
    const known = this.list()
    if (!known.ok) return known
    for (const { device } of known.value) {
      const closed = close(device)
      if (!closed.ok) return closed
    }
    return ok()
  }

  /** A damaged record is made anew by the hand-back, which looks at every device. */
  #others(device: string): readonly Fenced[] {
    const known = this.list()
    return known.ok ? known.value.filter((one) => one.device !== device) : []
  }
}

/** Tenants are not root: a node that is root's alone cannot be opened by one. */
function close(path: string): Result<undefined, string> {
  const device = blockDevice(path)
  // What is not there cannot be opened.
  if (device === null) return ok()
  if (device.heldBy.length > 0) return refuse(`${path} cannot be fenced off, it is in use: ${device.heldBy.join(', ')}`)
  try {
    for (const node of device.nodes) {
      chownSync(node, 0, 0)
      chmodSync(node, 0o600)
      const { uid, mode } = statSync(node)
      if (uid !== 0 || (mode & 0o077) !== 0) return refuse(`${node} can still be opened by others than root`)
    }
    return ok()
  } catch (error) {
    return refuse(`${path} cannot be fenced off: ${error instanceof Error ? error.message : String(error)}`)
  }
}
