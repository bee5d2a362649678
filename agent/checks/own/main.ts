import process from 'node:process'
import { assertNever } from '../../../shared/model/result.ts'
import { cpuThroughput } from './cpu.ts'
import { disk } from './disk.ts'
import { loopback } from './loopback.ts'
import { memoryBandwidth } from './memory.ts'
import { type OwnCheck, type Said, ownChecks } from './names.ts'

/** The program `billet-agent check <name> <file>`: measures once, prints one line of JSON, and ends. */
export async function main([, name = '', path = '']: readonly string[]): Promise<number> {
  const check = ownChecks.find((own) => own === name)
  if (check === undefined || !path.startsWith('/')) {
    process.stderr.write(
      `billet-agent check: expected one of ${ownChecks.join(', ')}, and a file that is not there yet\n`,
    )
    return 2
  }
  const said = await measure(check, path)
  await new Promise<void>((resolve) => {
    process.stdout.write(`${JSON.stringify(said)}\n`, () => resolve())
  })
  return 0
}

function measure(check: OwnCheck, path: string): Said | Promise<Said> {
  switch (check) {
    case 'cpu-throughput':
      return cpuThroughput()
    case 'memory-bandwidth':
      return memoryBandwidth()
    case 'disk-write':
    case 'disk-read':
      return disk(check, path)
    case 'loopback':
      return loopback()
    default:
      return assertNever(check)
  }
}
