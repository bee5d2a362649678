import { type MetricDescription, described } from './description.ts'

const DEVICE = ['gpu', 'UUID', 'modelName'] as const

/** What the driver's library tells at each beat, and nvidia-smi a part of. */
const atEachBeat = described({
  source: 'NVML',
  round: 'beat',
  labels: DEVICE,
  gauges: [
    ['DCGM_FI_DEV_GPU_UTIL', 'percent', 'time in which a kernel ran'],
    ['DCGM_FI_DEV_MEM_COPY_UTIL', 'percent', 'time in which memory was read or written'],
    ['DCGM_FI_DEV_ENC_UTIL', 'percent', 'use of the video encoder'],
    ['DCGM_FI_DEV_DEC_UTIL', 'percent', 'use of the video decoder'],
    ['DCGM_FI_DEV_FB_TOTAL', 'mebibytes', 'memory'],
    ['DCGM_FI_DEV_FB_USED', 'mebibytes', 'memory in use'],
    ['DCGM_FI_DEV_FB_FREE', 'mebibytes', 'memory that is free'],
    ['DCGM_FI_DEV_FB_RESERVED', 'mebibytes', 'memory that driver and firmware keep'],
    ['DCGM_FI_DEV_GPU_TEMP', 'celsius', 'temperature of the chip'],
    ['DCGM_FI_DEV_MEMORY_TEMP', 'celsius', 'temperature of the memory'],
    ['DCGM_FI_DEV_POWER_USAGE', 'watts', 'power drawn'],
    ['DCGM_FI_DEV_SM_CLOCK', 'megahertz', 'clock of the multiprocessors'],
    ['DCGM_FI_DEV_MEM_CLOCK', 'megahertz', 'clock of the memory'],
    ['DCGM_FI_DEV_VIDEO_CLOCK', 'megahertz', 'clock of the video engines'],
    ['DCGM_FI_DEV_CLOCKS_EVENT_REASONS', '', 'bits: why the clocks are held down'],
    ['billet_gpu_nvml_error', '', 'what the device as a whole answers: 0, 15 lost, 16 to be reset, 28 gone'],
  ],
  counters: [['DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', 'millijoules', 'energy since the driver was loaded']],
})

const settings = described({
  source: 'NVML',
  round: '1 min',
  labels: DEVICE,
  gauges: [
    ['DCGM_FI_DEV_ENFORCED_POWER_LIMIT', 'watts', 'power that it may draw'],
    ['DCGM_FI_DEV_SHUTDOWN_TEMP', 'celsius', 'temperature of the chip at which it turns itself off'],
    ['DCGM_FI_DEV_SLOWDOWN_TEMP', 'celsius', 'temperature of the chip at which it slows itself down'],
    ['DCGM_FI_DEV_GPU_MAX_OP_TEMP', 'celsius', 'highest temperature of the chip for work'],
    ['DCGM_FI_DEV_MEM_MAX_OP_TEMP', 'celsius', 'highest temperature of the memory for work'],
    ['DCGM_FI_DEV_PCIE_LINK_GEN', '', 'generation of its PCIe link now; an idle one is lower'],
    ['DCGM_FI_DEV_PCIE_LINK_WIDTH', '', 'lanes of its PCIe link now'],
    ['DCGM_FI_DEV_PCIE_MAX_LINK_GEN', '', 'generation that device and slot allow'],
    ['DCGM_FI_DEV_PCIE_MAX_LINK_WIDTH', '', 'lanes that device and slot allow'],
    ['DCGM_FI_DEV_MIG_MODE', '', '1 where it is divided into instances'],
    ['billet_gpu_mig_mode_pending', '', 'the same after its next reset'],
    ['DCGM_FI_DEV_PERSISTENCE_MODE', '', '0 where the driver lets go of it whenever nobody uses it'],
    ['DCGM_FI_DEV_FABRIC_MANAGER_STATUS', '', 'registration with NVSwitch: 0 none, 1 and 2 begun, 3 done'],
    ['DCGM_FI_DEV_FABRIC_HEALTH_MASK', '', 'bits: what is amiss with the fabric'],
    ['billet_gpu_recovery_action', '', 'what the driver wants: 0 nothing, 1 reset, 2 reboot, 3 and 4 drain'],
    ['billet_gpu_nvlink_links', '', 'NVLinks'],
    ['billet_gpu_nvlink_links_active', '', 'NVLinks that work'],
    ['billet_gpu_processes', '', 'processes that compute on it'],
    ['billet_gpu_processes_memory_bytes', 'bytes', 'memory that they hold'],
  ],
  counters: [
    ['DCGM_FI_DEV_POWER_VIOLATION', 'nanoseconds', 'time in which the power limit held the clocks down'],
    ['DCGM_FI_DEV_THERMAL_VIOLATION', 'nanoseconds', 'time in which heat held the clocks down'],
  ],
})

const wear = described({
  source: 'NVML',
  round: '1 min',
  labels: DEVICE,
  gauges: [
    ['DCGM_FI_DEV_ECC_CURRENT', '', '1 where memory errors are corrected'],
    ['DCGM_FI_DEV_ECC_PENDING', '', 'the same after its next reset'],
    ['DCGM_FI_DEV_THRESHOLD_SRM', '', '1 where there were too many errors of its SRAM'],
    ['DCGM_FI_DEV_ROW_REMAP_PENDING', '', '1 where a reset is needed to remap a row'],
    ['DCGM_FI_DEV_ROW_REMAP_FAILURE', '', '1 where a row could not be remapped'],
    ['DCGM_FI_DEV_RETIRED_PENDING', '', '1 where a reset is needed to retire a page'],
  ],
  counters: [
    ['DCGM_FI_DEV_PCIE_REPLAY_COUNTER', '', 'PCIe packets sent again'],
    ['DCGM_FI_DEV_ECC_SBE_VOL_TOTAL', '', 'corrected memory errors since the driver was loaded'],
    ['DCGM_FI_DEV_ECC_DBE_VOL_TOTAL', '', 'uncorrected memory errors since the driver was loaded'],
    ['DCGM_FI_DEV_ECC_SBE_AGG_TOTAL', '', 'corrected memory errors in its life'],
    ['DCGM_FI_DEV_ECC_DBE_AGG_TOTAL', '', 'uncorrected memory errors in its life'],
    ['DCGM_FI_DEV_ECC_DBE_VOL_SRM', '', 'uncorrected errors of its SRAM since the driver was loaded'],
    ['DCGM_FI_DEV_ECC_DBE_AGG_SRM', '', 'uncorrected errors of its SRAM in its life'],
    ['DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS', '', 'rows remapped for corrected errors'],
    ['DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS', '', 'rows remapped for uncorrected errors'],
    ['DCGM_FI_DEV_RETIRED_SBE', '', 'pages retired for corrected errors, before Ampere'],
    ['DCGM_FI_DEV_RETIRED_DBE', '', 'pages retired for uncorrected errors, before Ampere'],
    ['DCGM_FI_DEV_NVLINK_REPLAY_ERROR_COUNT_TOTAL', '', 'NVLink packets sent again, all links'],
    ['DCGM_FI_DEV_NVLINK_RECOVERY_ERROR_COUNT_TOTAL', '', 'recoveries of NVLinks, all links'],
    ['DCGM_FI_DEV_NVLINK_CRC_FLIT_ERROR_COUNT_TOTAL', '', 'damaged flits on NVLinks, all links'],
    ['DCGM_FI_DEV_NVLINK_CRC_DATA_ERROR_COUNT_TOTAL', '', 'damaged data on NVLinks, all links'],
    ['DCGM_FI_DEV_NVLINK_COUNT_RX_ERRORS', '', 'errors of receiving, all links, from Blackwell on'],
    ['DCGM_FI_DEV_NVLINK_COUNT_LOCAL_LINK_INTEGRITY_ERRORS', '', 'errors of integrity, as before'],
    ['DCGM_FI_DEV_NVLINK_COUNT_LINK_RECOVERY_FAILED_EVENTS', '', 'recoveries that failed, as before'],
    ['DCGM_FI_DEV_NVLINK_COUNT_EFFECTIVE_ERRORS', '', 'errors left after correction, as before'],
  ],
})

const others = [
  ...described({
    source: 'NVML',
    round: '1 min',
    labels: [...DEVICE, 'link'],
    gauges: [['billet_gpu_nvlink_up', '', '1 where the link works; told of links that were down or have erred']],
    counters: [['billet_gpu_nvlink_errors_total', '', 'its errors of all kinds; told of the same links']],
  }),
  ...described({
    source: 'NVML',
    round: 'beat',
    labels: [...DEVICE, 'pci_bus_id', 'serial', 'driver', 'vbios'],
    gauges: [['billet_gpu_info', '', 'always 1; what the device is']],
  }),
  ...described({
    source: 'NVML events',
    round: 'beat',
    labels: ['UUID', 'xid'],
    gauges: [['billet_gpu_xid_last_time_seconds', 'seconds', 'when the newest of its kind came, since 1970']],
    counters: [['billet_gpu_xid_errors_total', '', 'Xid errors of this kind since the agent was started']],
  }),
  ...described({
    source: 'the watchdog of NVML',
    round: 'beat',
    gauges: [['billet_gpu_driver_hung', '', '1 while the driver owes an answer']],
  }),
]

/** What is told of NVIDIA GPUs, under DCGM's names and in its units. */
export const gpuMetrics: readonly MetricDescription[] = [...atEachBeat, ...settings, ...wear, ...others]
