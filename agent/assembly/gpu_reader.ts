import { keepTrimmed } from '../trim.ts'
import { ownProgram } from './own_program.ts'

/** The word of the program that asks the driver of GPUs, and may hang in it; `bin/billet-agent.ts` knows it too. */
const COMMAND = 'gpu-reader'

/** This very program, as the reader of GPUs. */
export const gpuReader = (): readonly [string, ...string[]] => ownProgram(COMMAND)

/**
 * The reader. It reads until its input ends, and what that takes is loaded here and not before: the agent itself
 * never calls a driver. An argument names the driver's library where it is not found by itself.
 */
export async function main([, library = '']: readonly string[]): Promise<number> {
  const { serveNvml } = await import('../telemetry/nvml/serve.ts')
  const stopTrimming = keepTrimmed()
  const code = await serveNvml(library)
  stopTrimming()
  return code
}

/** Prints all that the driver tells, once. */
export async function printGpus(library: string): Promise<number> {
  const { printNvml } = await import('../telemetry/nvml/print.ts')
  return printNvml(library)
}
