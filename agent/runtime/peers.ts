import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { fileFailure } from './failure.ts'
import { peersText } from './environment.ts'
import { PEERS_FILE, RECORDS } from './plan.ts'
import type { Membership, RuntimeFailure } from './types.ts'

type Places = { readonly run: string; readonly records: string }

/** Writes the peers file anew where it says something else, and then lets the task know, once for each generation. */
export async function tellPeers(
  places: Places,
  membership: Membership,
  signal: () => Promise<void>,
): Promise<Result<undefined, RuntimeFailure>> {
  const path = `${places.run}/${PEERS_FILE}`
  const text = peersText(membership)
  try {
    if (readOr(path) !== text) replacePeers(path, text)
    if (readOr(`${places.records}/${RECORDS.peersTold}`) === `${membership.generation}`) return ok()
    await signal()
    // Only now: an agent that ends before says it again, and none says it never. Whoever wrote newer ones meanwhile
    // notes those.
    if (readOr(path) === text) noteTold(places.records, membership)
    return ok()
  } catch (error) {
    return refuse(fileFailure(error, 'disk_full'))
  }
}

/** Whoever reads it finds the old one or the new one whole, whenever this ends. */
function replacePeers(path: string, text: string): void {
  const next = `${path}.next`
  rmSync(next, { force: true })
  // Root's own, and in root's own directory: the tenant reads it, and can neither change nor replace it.
  writeFileSync(next, text)
  chmodSync(next, 0o444)
  renameSync(next, path)
}

function noteTold(records: string, { generation }: Membership): void {
  // Handed back meanwhile: there is nobody to know of it.
  if (existsSync(records)) writeFileSync(`${records}/${RECORDS.peersTold}`, `${generation}`, { mode: 0o600 })
}

function readOr(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
