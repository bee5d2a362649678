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
  const { box: number, deed, forMs } = fault
  const box = fleet.box(number)
  const relay = fleet.relays.get(number)
  switch (deed.kind) {
    case 'kill':
      await box.kill()
      await sleep(forMs)
      return box.start()
    case 'ambush': {
      const began = performance.now()
      await nextAcknowledged(forMs)
      await box.kill()
      await sleep(Math.max(LEAST_DEAD_MS, forMs - (performance.now() - began)))
      return box.start()
    }
    case 'stop': {
      const thaw = box.freeze()
      await sleep(forMs)
      return thaw()
    }
    case 'reboot':
      await box.powerOff()
      await sleep(forMs)
      await box.boot()
      return box.start()
    case 'storm':
      await Promise.all(fleet.machines.map((machine) => machine.kill()))
      for (const one of fleet.relays.values()) one.cut()
      await sleep(forMs)
      await Promise.all(fleet.machines.map((machine) => machine.start()))
      return
    case 'partition':
      await box.partition(deed.direction)
      await sleep(forMs)
      return box.unfilter()
    case 'drop':
      await box.drop(deed.percent)
      await sleep(forMs)
      return box.unfilter()
    case 'delay':
      relay?.delay(deed.milliseconds)
      await sleep(forMs)
      return relay?.delay(0)
    case 'stall':
      relay?.stall()
      await sleep(forMs)
      return relay?.resume()
    case 'cut':
      return relay?.cut()
    case 'fill':
      await fill(box.disk)
      await sleep(forMs)
      return rmSync(join(box.disk, FILLER), { force: true })
    case 'clock':
      fleet.setClock(number, deed.seconds)
      await sleep(forMs)
      return fleet.setClock(number, 0)
  }
}

const LEAST_DEAD_MS = 100
const FILLER = 'filler'

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
