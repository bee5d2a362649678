import { join } from 'node:path'
import type { AgentOptions } from '../options.ts'
import { BASELINE_FILE } from '../sanitise/baseline_file.ts'
import { FENCE_FILE } from '../sanitise/fence.ts'
import { MachineScope } from '../sanitise/machine_scope.ts'
import type { Host } from './host.ts'

/** What cleans the machine as a whole; null where it is not this agent's alone, or it may not. */
export function machineScope(options: AgentOptions, { facts }: Host): MachineScope | null {
  if (options.sanitiseScope === 'placement' || !facts.root) return null
  return new MachineScope({
    baselineFile: join(options.stateDir, BASELINE_FILE),
    // A join token is there until it was used, and may be there again.
    baselineIgnore: [...listOf(options.baselineIgnore), `file:${options.tokenFile}`],
    scratchDevices: scratchDevicesOf(options),
    fencedDevices: options.fencedDevices,
    fenceFile: join(options.stateDir, FENCE_FILE),
    stepsDirectory: options.sanitiseSteps,
    stepLimit: options.sanitiseLimit,
    gpuScrub: options.gpuScrub,
    gpuReset: options.gpuReset,
    gpuDaemons: listOf(options.gpuDaemons),
    random: Math.random,
  })
}

export const scratchDevicesOf = ({ scratchDevices }: AgentOptions): readonly string[] => listOf(scratchDevices)

const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
