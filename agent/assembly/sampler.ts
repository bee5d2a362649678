import { join } from 'node:path'
import type { Clock } from '../../shared/model/time.ts'
import type { AgentOptions } from '../options.ts'
import { RELEASE_FILE, isReleased } from '../telemetry/release_file.ts'
import { type Sampler, type SamplerOptions, openSampler } from '../telemetry/sampler.ts'

/**
 * What reads this machine's figures, for an agent with these options.
 *
 * @param program the programs that read devices; null where this process is none of its own.
 */
export function localSampler(
  { stateDir, scratchDir }: AgentOptions,
  clock: Clock,
  program: Pick<SamplerOptions, 'gpuReader' | 'systemReader'> | null,
): Sampler {
  const released = join(stateDir, RELEASE_FILE)
  return openSampler({
    clock,
    directories: [...new Set([stateDir, scratchDir])],
    gpuReader: program?.gpuReader ?? null,
    systemReader: program?.systemReader ?? null,
    gpusReleased: () => isReleased(released, clock.now()),
  })
}
