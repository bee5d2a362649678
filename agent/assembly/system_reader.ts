import { parseArgs } from 'node:util'
import { keepTrimmed } from '../trim.ts'
import { ownProgram } from './own_program.ts'

/** The word of the program that asks disks and kernel by system calls; `bin/billet-agent.ts` knows it too. */
const COMMAND = 'system-reader'

/** This very program, as the reader of what only system calls tell. */
export const systemReader = (): readonly [string, ...string[]] => ownProgram(COMMAND)

/** Where everything is, unless a test says otherwise. The library is the system's own where none is named. */
const PLACES = {
  library: { type: 'string', default: '' },
  sys: { type: 'string', default: '/sys' },
  dev: { type: 'string', default: '/dev' },
} as const

/** The reader. It reads until its input ends. Arguments name disks that have hung before. */
export async function main([, ...args]: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: PLACES, allowPositionals: true })
  const { serveSystem } = await import('../telemetry/system/serve.ts')
  const stopTrimming = keepTrimmed()
  const code = await serveSystem({ ...values, late: new Set(positionals) })
  stopTrimming()
  return code
}
