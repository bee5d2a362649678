import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { fileFailure } from './failure.ts'
import { PEERS_FILE, RECORDS } from './plan.ts'
import type { Membership, RuntimeFailure } from './types.ts'

/** What the peers file says: JSON, one machine in each line, in the order of their ranks. */
export function peersText({ generation, peers }: Membership): string {
  const lines = peers.map(({ rank, address, group }) => `    ${JSON.stringify({ rank, address, group })}`)
  return `{\n  "generation": ${generation},\n  "peers": [\n${lines.join(',\n')}\n  ]\n}\n`
}

/**
 * Writes the peers file anew where it says something else. Whoever reads it finds the old one or the new one whole,
 * whenever this ends. Resolves to whether the task is still to be told.
 */
export function writePeers(run: string, records: string, membership: Membership): Result<boolean, RuntimeFailure> {
  const path = `${run}/${PEERS_FILE}`
  const text = peersText(membership)
  try {
    if (readOr(path) !== text) {
      const next = `${path}.next`
      // Root's own, and in root's own directory: the tenant reads it, and can neither change nor replace it.
      rmSync(next, { force: true })
      writeFileSync(next, text)
      chmodSync(next, 0o444)
      renameSync(next, path)
    }
    return ok(readOr(`${records}/${RECORDS.peersTold}`) !== `${membership.generation}`)
  } catch (error) {
    return refuse(fileFailure(error, 'disk_full'))
  }
}

/** The task knows of this generation; written after it was told, so that it is rather told twice than never. */
export function notePeersTold(records: string, { generation }: Membership): void {
  if (existsSync(records)) writeFileSync(`${records}/${RECORDS.peersTold}`, `${generation}`, { mode: 0o600 })
}

function readOr(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
