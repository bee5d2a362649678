import type { Metric } from '../../shared/model/telemetry.ts'
import { type Clock, minutes, seconds } from '../../shared/model/time.ts'
import { nicsAmong } from './devices.ts'
import { type FoundFile, FoundFiles, WaitedFiles } from './found_files.ts'
import type { ReadBuffer } from './kept_file.ts'
import { numberOf } from './lines.ts'
import { type Source, metric } from './source.ts'
import { existing, fileOf, namesIn, numberFile, optional } from './sys_tree.ts'

const nicsOf = (sys: string): readonly string[] => nicsAmong(namesIn(`${sys}/class/net`), sys)

/** Whether interfaces are up, and how often their links came and went. */
export function linkSource(sys: string, buffer: ReadBuffer, clock: Clock): Source {
  const find = (): readonly FoundFile[] =>
    nicsOf(sys).flatMap((device) => {
      const at = (file: string): string => `${sys}/class/net/${device}/${file}`
      const count = (file: string, name: string): FoundFile =>
        numberFile(at(file), metric('counter', `node_network_${name}_total`, '', { device }))
      return existing([
        fileOf(at('operstate'), metric('gauge', 'node_network_up', '', { device }), (word) => Number(word === 'up')),
        count('carrier_changes', 'carrier_changes'),
        count('carrier_up_count', 'carrier_up_changes'),
        count('carrier_down_count', 'carrier_down_changes'),
      ])
    })
  return new FoundFiles({ name: 'links', clock, every: seconds(10), searchEvery: minutes(1), find }, buffer)
}

/** What only the driver of a NIC or an InfiniBand port can tell: some ask the device, and that may take for ever. */
export function fabricSource(sys: string, clock: Clock): WaitedFiles {
  const find = (): readonly FoundFile[] => [...nicsOf(sys).flatMap((nic) => nicFiles(sys, nic)), ...portFiles(sys)]
  return new WaitedFiles({ name: 'fabric', clock, every: seconds(10), searchEvery: minutes(1), find })
}

/** Of a link that goes and comes back its counters tell sooner. */
const NIC_ROUNDS = 6
const MEGABIT_BYTES = 1_000_000 / 8

/** Refused while the interface is down; a speed of -1 is unknown. */
function nicFiles(sys: string, device: string): readonly FoundFile[] {
  const at = (file: string): string => `${sys}/class/net/${device}/${file}`
  const speed = metric('gauge', 'node_network_speed_bytes', 'bytes', { device })
  return existing([
    numberFile(at('carrier'), metric('gauge', 'node_network_carrier', '', { device })),
    fileOf(at('speed'), speed, (word) => (numberOf(word) >= 0 ? numberOf(word) * MEGABIT_BYTES : Number.NaN)),
  ]).map((file) => ({ ...optional(file), everyRounds: NIC_ROUNDS }))
}

type Counter = readonly [file: string, name: string, unit?: string, scale?: number]

/** The standard counts data in words of four bytes. */
const WORD_BYTES = 4
const COUNTERS: readonly Counter[] = [
  ['port_rcv_data', 'port_data_received_bytes', 'bytes', WORD_BYTES],
  ['port_xmit_data', 'port_data_transmitted_bytes', 'bytes', WORD_BYTES],
  ['port_rcv_packets', 'port_packets_received'],
  ['port_xmit_packets', 'port_packets_transmitted'],
  ['port_rcv_errors', 'port_errors_received'],
  ['port_xmit_discards', 'port_discards_transmitted'],
  ['port_rcv_constraint_errors', 'port_constraint_errors_received'],
  ['port_xmit_constraint_errors', 'port_constraint_errors_transmitted'],
  ['port_xmit_wait', 'port_transmit_wait'],
  ['link_downed', 'link_downed'],
  ['link_error_recovery', 'link_error_recovery'],
  ['symbol_error', 'symbol_error'],
  ['local_link_integrity_errors', 'local_link_integrity_errors'],
  ['excessive_buffer_overrun_errors', 'excessive_buffer_overrun_errors'],
  ['VL15_dropped', 'vl15_dropped'],
]
const HARDWARE_COUNTERS: readonly Counter[] = [
  ['out_of_buffer', 'out_of_buffer_drops'],
  ['out_of_sequence', 'out_of_sequence_packets_received'],
  ['packet_seq_err', 'packet_sequence_errors'],
  ['duplicate_request', 'duplicate_requests_packets'],
  ['implied_nak_seq_err', 'implied_nak_seq_errors'],
  ['local_ack_timeout_err', 'local_ack_timeout_errors'],
  ['rnr_nak_retry_err', 'rnr_nak_retry_packets'],
  ['req_cqe_error', 'req_cqes_errors'],
  ['roce_adp_retrans', 'roce_adp_retransmits'],
  ['roce_slow_restart', 'roce_slow_restart'],
  ['np_cnp_sent', 'np_cnp_packets_sent'],
  ['np_ecn_marked_roce_packets', 'np_ecn_marked_roce_packets_received'],
  ['rp_cnp_handled', 'rp_cnp_packets_handled'],
  ['rx_icrc_encapsulated', 'rx_icrc_encapsulated_errors'],
]

function portFiles(sys: string): readonly FoundFile[] {
  const folder = `${sys}/class/infiniband`
  return namesIn(folder).flatMap((device) =>
    namesIn(`${folder}/${device}/ports`, /^\d{1,3}$/).flatMap((port) => {
      const at = `${folder}/${device}/ports/${port}`
      const labels = { device, port }
      const all = (directory: string, counters: readonly Counter[]): readonly FoundFile[] =>
        counters.map(([file, name, unit = '', scale = 1]) => {
          const told = metric('counter', `node_infiniband_${name}_total`, unit, labels)
          return numberFile(`${at}/${directory}/${file}`, told, scale)
        })
      const states = [
        stateFile(`${at}/state`, metric('gauge', 'node_infiniband_state_id', '', labels)),
        stateFile(`${at}/phys_state`, metric('gauge', 'node_infiniband_physical_state_id', '', labels)),
        rateFile(`${at}/rate`, metric('gauge', 'node_infiniband_rate_bytes_per_second', 'bytes', labels)),
      ]
      return existing([...states, ...all('counters', COUNTERS), ...all('hw_counters', HARDWARE_COUNTERS)])
    }),
  )
}

/** "4: ACTIVE" */
function stateFile(path: string, told: Metric): FoundFile {
  return fileOf(path, told, (word) => numberOf(/^(\d{1,3}):/.exec(word)?.[1]))
}

const GIGABIT_BYTES = 1e9 / 8

/** "400 Gb/sec (4X NDR)" */
function rateFile(path: string, told: Metric): FoundFile {
  return fileOf(path, told, (word) => numberOf(/^(\d+(?:\.\d+)?) Gb\/sec/.exec(word)?.[1]) * GIGABIT_BYTES)
}
