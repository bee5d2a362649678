import { join } from 'node:path'
import type { Clock } from '../../shared/model/time.ts'
import type { AgentOptions } from '../options.ts'
import { RELEASE_FILE, isReleased } from '../telemetry/release_file.ts'
import { type Sampler, openSampler } from '../telemetry/sampler.ts'

/**
 * What reads this machine's figures, for an agent with these options.
 *
 * @param gpuReader the program that reads GPUs through their driver's library; null where there is none.
 */
export function localSampler(
  { stateDir, scratchDir }: AgentOptions,
  clock: Clock,
  gpuReader: readonly [string, ...string[]] | null,
): Sampler {
  const released = join(stateDir, RELEASE_FILE)
  return openSampler({
    clock,
    directories: [...new Set([stateDir, scratchDir])],
    gpuReader,
    gpusReleased: () => isReleased(released, clock.now()),
  })
}
