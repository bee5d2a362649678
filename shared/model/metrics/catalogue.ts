import { amdMetrics } from './amd.ts'
import type { MetricDescription } from './description.ts'
import { gpuMetrics } from './gpu.ts'
import { hostMetrics } from './host.ts'
import { systemMetrics } from './system.ts'

/** Every metric that an agent can tell, in the order in which the documentation lists them. */
export const metricCatalogue: readonly MetricDescription[] = [
  ...hostMetrics,
  ...systemMetrics,
  ...gpuMetrics,
  ...amdMetrics,
]
