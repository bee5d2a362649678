import { execFile } from 'node:child_process'
import { rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { FaultFleet } from './fleet.ts'
import type { Fault } from './plan.ts'

const run = promisify(execFile)

/** Answers when the next change is acknowledged to a caller, or after so long. */
export type NextAcknowledged = (withinMs: number) => Promise<void>

/** Does what the fault says, and undoes it when its time is over. */
export async function inject(fleet: FaultFleet, fault: Fault, nextAcknowledged: NextAcknowledged): Promise<void> {
  const { deed, forMs } = fault
  const began = performance.now()
  if (deed.kind === 'ambush') await nextAcknowledged(forMs)
  const waitedMs = performance.now() - began
  const undo = await begin(fleet, fault)
  await sleep(Math.max(LEAST_MS, forMs - waitedMs))
  await undo()
}

const LEAST_MS = 100
const FILLER = 'filler'

type Undo = () => void | Promise<void>

async function begin(fleet: FaultFleet, { box: number, deed }: Fault): Promise<Undo> {
  const box = fleet.box(number)
  const relay = fleet.relays.get(number)
  switch (deed.kind) {
    case 'kill':
    case 'ambush':
      await box.kill()
      return () => box.start()
    case 'stop':
      return box.freeze()
    case 'reboot':
      await box.powerOff()
      return () => box.boot().then(() => box.start())
    case 'storm':
      return storm(fleet)
    case 'partition':
      await box.partition(deed.direction)
      return () => box.unfilter()
    case 'drop':
      await box.drop(deed.percent)
      return () => box.unfilter()
    case 'delay':
      relay?.delay(deed.milliseconds)
      return () => relay?.delay(0)
    case 'stall':
      relay?.stall()
      return () => relay?.resume()
    case 'cut':
      relay?.cut()
      return () => undefined
    case 'fill':
      await fill(box.disk)
      return () => rmSync(join(box.disk, FILLER), { force: true })
    case 'clock':
      fleet.setClock(number, deed.seconds)
      return () => fleet.setClock(number, 0)
  }
}

async function storm({ machines, relays }: FaultFleet): Promise<Undo> {
  await Promise.all(machines.map((machine) => machine.kill()))
  for (const relay of relays.values()) relay.cut()
  return async () => {
    await Promise.all(machines.map((machine) => machine.start()))
  }
}

/** To the last block: what is freed meanwhile is taken too. */
async function fill(disk: string): Promise<void> {
  for (;;) {
    const { bavail, bsize, blocks } = statfsSync(disk)
    if (bavail === 0) return
    // It may have been taken by others meanwhile; then there is less to take.
    const size = blocks * bsize
    await run('sh', ['-c', `head -c ${Math.min(size, bavail * bsize)} /dev/zero >> ${join(disk, FILLER)} || true`])
  }
}
