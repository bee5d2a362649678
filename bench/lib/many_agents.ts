import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { localInventory } from '../../agent/assembly/inventory.ts'
import { startAgent } from '../../agent/main.ts'
import { Launcher } from '../../agent/runtime/launcher.ts'
import { processTable } from '../../agent/runtime/processes.ts'
import { AGENT_PREFIX, agentOptions } from '../../agent/options.ts'
import { systemClock } from '../../shared/clock.ts'
import { resolveOptions } from '../../shared/config.ts'
import { createLogger } from '../../shared/log.ts'

/** Many real agents in one process: FIRST END DIRECTORY COORDINATOR ENROLMENT FINGERPRINT TOKEN-FILE */
const [first = '', end = '', directory = '', ...others] = process.argv.slice(2)
const [coordinator = '', enrolAddress = '', caFingerprint = '', tokenFile = ''] = others
/** Each tenant has a user id of its own on each of the machines that this one stands for. */
const UIDS_EACH = 70_000
const FIRST_UID = 10_000_000
const logger = createLogger('many-agents', 'warn')
const ending = new AbortController()
process.once('SIGTERM', () => ending.abort())
// All stand for this machine: what it is made of is found once.
const known = await localInventory(optionsOf(Number(first)), logger).collect(ending.signal)
const launcher = new Launcher(40)
const processes = processTable()
const sharedDirectory = join(directory, 'shared')
mkdirSync(sharedDirectory, { recursive: true, mode: 0o777 })

function optionsOf(number: number) {
  const own = join(directory, 'agents', `${number}`)
  const flags = {
    coordinator,
    enrolAddress,
    caFingerprint,
    tokenFile,
    stateDir: join(own, 'state'),
    runDir: join(own, 'run'),
    scratchDir: join(own, 'scratch'),
    uidBase: `${FIRST_UID + number * UIDS_EACH}`,
    hardwareSerial: `BENCH-${number}`,
    peerAddress: '127.0.0.1',
    sanitiseScope: 'placement',
  }
  const file = { path: '', required: false }
  const resolved = resolveOptions(agentOptions, { prefix: AGENT_PREFIX, file, environment: {}, flags })
  if (!resolved.ok) throw new Error(resolved.error.join('; '))
  return resolved.value
}

async function start(number: number): Promise<void> {
  const options = optionsOf(number)
  mkdirSync(join(directory, 'agents', `${number}`), { recursive: true, mode: 0o755 })
  if (!known.ok) throw new Error(known.error)
  const hardware = { ...known.value.inventory.hardware, serial: options.hardwareSerial }
  const inventory = { ...known.value.inventory, hardware }
  const agent = await startAgent(options, {
    logger,
    clock: systemClock,
    signal: ending.signal,
    launcher,
    processes,
    sharedDirectories: [sharedDirectory],
    inventory: {
      collect: async () => ({ ok: true, value: { ...known.value, inventory } }),
      changeKey: () => '',
    },
  })
  if (!agent.ok) throw new Error(agent.error)
}

// A few at a time: each makes a key and a connection.
const numbers = Array.from({ length: Number(end) - Number(first) }, (_, index) => Number(first) + index)
const starting = async (): Promise<void> => {
  for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) await start(number)
}
await Promise.all(Array.from({ length: 8 }, starting))
