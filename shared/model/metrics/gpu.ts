import { type MetricDescription, described } from './description.ts'

/** What is told of each GPU, under DCGM's names and in its units. */
export const gpuMetrics: readonly MetricDescription[] = described({
  source: 'nvidia-smi',
  round: 'beat',
  labels: ['gpu', 'UUID', 'modelName'],
  gauges: [
    ['DCGM_FI_DEV_GPU_UTIL', 'percent', 'time in which a kernel ran'],
    ['DCGM_FI_DEV_MEM_COPY_UTIL', 'percent', 'time in which memory was read or written'],
    ['DCGM_FI_DEV_FB_USED', 'mebibytes', 'memory in use'],
    ['DCGM_FI_DEV_FB_FREE', 'mebibytes', 'memory that is free'],
    ['DCGM_FI_DEV_GPU_TEMP', 'celsius', 'temperature of the chip'],
    ['DCGM_FI_DEV_POWER_USAGE', 'watts', 'power drawn'],
    ['DCGM_FI_DEV_SM_CLOCK', 'megahertz', 'clock of the multiprocessors'],
    ['DCGM_FI_DEV_MEM_CLOCK', 'megahertz', 'clock of the memory'],
  ],
})
