import { type MetricDescription, described } from './description.ts'

const DEVICE = ['gpu_id', 'card_model', 'serial_number', 'pci_bus_id'] as const

const values = described({
  source: 'amdgpu in /sys',
  round: '10 s',
  labels: DEVICE,
  gauges: [
    ['gpu_gfx_activity', 'percent', 'use of the graphics engine'],
    ['gpu_umc_activity', 'percent', 'use of the memory controllers'],
    ['gpu_total_vram', 'mebibytes', 'memory'],
    ['gpu_used_vram', 'mebibytes', 'memory in use'],
    ['gpu_edge_temperature', 'celsius', 'temperature at the edge of the chip'],
    ['gpu_junction_temperature', 'celsius', 'highest temperature on the chip'],
    ['gpu_memory_temperature', 'celsius', 'temperature of the memory'],
    ['gpu_package_power', 'watts', 'power drawn'],
    ['billet_amdgpu_power_cap_watts', 'watts', 'power that it may draw'],
    ['pcie_speed', 'gigatransfers per second', 'speed of its PCIe link now'],
    ['pcie_max_speed', 'gigatransfers per second', 'speed that device and slot allow'],
    ['billet_amdgpu_pcie_width', '', 'lanes of its PCIe link now'],
    ['billet_amdgpu_pcie_max_width', '', 'lanes that device and slot allow'],
  ],
  counters: [['billet_amdgpu_pcie_replays_total', '', 'PCIe packets sent again']],
})

/** What is told of AMD's GPUs, under the names of AMD's own exporter where that has the metric. */
export const amdMetrics: readonly MetricDescription[] = [
  ...values,
  ...described({
    source: 'amdgpu in /sys',
    round: '10 s',
    labels: [...DEVICE, 'clock_type'],
    gauges: [['gpu_clock', 'megahertz', 'clock of the graphics engine (system) and of the memory']],
  }),
  ...described({
    source: 'amdgpu in /sys',
    round: '10 s',
    labels: [...DEVICE, 'sensor'],
    gauges: [['billet_amdgpu_temperature_critical_celsius', 'celsius', 'temperature at which it slows itself down']],
  }),
  ...described({
    source: 'amdgpu in /sys',
    round: '1 min',
    labels: [...DEVICE, 'block', 'error'],
    counters: [['billet_amdgpu_ras_errors_total', '', 'errors of one of its parts, corrected and uncorrected']],
  }),
  ...described({
    source: 'amdgpu in /sys',
    round: '1 min',
    labels: DEVICE,
    counters: [['billet_amdgpu_xgmi_errors_total', '', 'minutes in which an XGMI link erred']],
  }),
  ...described({
    source: 'the watchdog of amdgpu',
    round: '10 s',
    gauges: [['billet_amdgpu_driver_hung', '', '1 while the driver owes an answer']],
  }),
]
