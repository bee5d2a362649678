import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { LocalFleet, until } from '../../demo/fleet.ts'

/** A fleet of real programs with a coordinator; ended, and its directory removed, with the test. */
export async function fleetOf(
  t: ExecutionContext,
  options: (directory: string) => readonly string[] = () => [],
): Promise<LocalFleet> {
  const directory = mkdtempSync(join(tmpdir(), 'billet-test-'))
  chmodSync(directory, 0o755)
  const fleet = new LocalFleet(directory)
  t.teardown(async () => {
    await fleet.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  await fleet.startCoordinator(options(directory))
  return fleet
}

export async function tokenOf(fleet: LocalFleet, ...options: readonly string[]): Promise<string> {
  return (await fleet.billet('tokens', 'create', ...options)).stdout.trim()
}

export async function countOf(fleet: LocalFleet, state: string): Promise<number> {
  return (await fleet.json('machines', 'list', '--state', state)).length
}

export async function untilState(fleet: LocalFleet, state: string): Promise<void> {
  await until(`a machine is ${state}`, async () => (await countOf(fleet, state)) === 1)
}
