import process from 'node:process'
import { assertNever } from '../../../shared/model/result.ts'
import { cpuThroughput } from './cpu.ts'
import { disk } from './disk.ts'
import { loopback } from './loopback.ts'
import { memoryBandwidth } from './memory.ts'
import { NETWORK, readRing } from '../ring.ts'
import { checkRing } from './network.ts'
import { rawDisks } from './raw_disks.ts'
import { type OwnCheck, type Said, ownChecks } from './names.ts'

/** The program `billet-agent check <name> <file>`: measures once, prints lines of JSON, and ends. */
export async function measureOnce([, name = '', path = '']: readonly string[]): Promise<number> {
  if (name === NETWORK) return checkNetwork(path)
  const check = ownChecks.find((own) => own === name)
  if (check === undefined || !path.startsWith('/')) {
    process.stderr.write(
      `billet-agent check: expected one of ${ownChecks.join(', ')}, and a file that is not there yet\n`,
    )
    return 2
  }
  for (const one of await measure(check, path)) await print(one)
  return 0
}

/** The last argument is what `readRing` reads. */
async function checkNetwork(text: string): Promise<number> {
  const ring = readRing(text)
  if (!ring.ok) {
    process.stderr.write(`billet-agent check ${NETWORK}: ${ring.error}\n`)
    return 2
  }
  for (const said of await checkRing(ring.value)) await print(said)
  return 0
}

function print(said: object): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(`${JSON.stringify(said)}\n`, () => resolve())
  })
}

async function measure(check: OwnCheck, path: string): Promise<readonly Said[]> {
  switch (check) {
    case 'cpu-throughput':
      return [await cpuThroughput()]
    case 'memory-bandwidth':
      return [await memoryBandwidth()]
    case 'disk-write':
    case 'disk-read':
      return [disk(check, path)]
    case 'raw-disk-read':
      return rawDisks()
    case 'loopback':
      return [await loopback()]
    default:
      return assertNever(check)
  }
}
