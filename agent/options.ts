import {
  type Resolved,
  addressesOption,
  booleanOption,
  bytesOption,
  choiceOption,
  durationOption,
  integerOption,
  textOption,
} from '../shared/config.ts'
import { logLevels } from '../shared/log.ts'

export const AGENT_PREFIX = 'BILLET_AGENT_'

/** Everything that an agent can be told. */
export const agentOptions = {
  coordinator: addressesOption({
    help: 'coordinators, as host:port with commas between; the one that it enrolled with says where when empty',
    default: '',
  }),
  enrolAddress: addressesOption({
    help: "where this machine enrols, as host:port; the first coordinator's host and port 7444 when empty",
    default: '',
  }),
  tokenFile: textOption({ help: 'file with the join token; BILLET_JOIN_TOKEN holds it otherwise', default: '' }),
  caFingerprint: textOption({
    help: 'fingerprint of the authority to enrol with, as the coordinator prints it: sha256:...',
    default: '',
  }),
  caFile: textOption({ help: 'certificate of that authority, in place of its fingerprint', default: '' }),
  stateDir: textOption({ help: 'identity, journals and logs are kept here', default: '/var/lib/billet-agent' }),
  runDir: textOption({ help: "tasks' secrets are kept here; best in memory", default: '/run/billet-agent' }),
  scratchDir: textOption({ help: "tasks' working directories are made here", default: '/var/lib/billet-scratch' }),
  uidBase: integerOption({ help: "tenant n's tasks have this user id plus n", default: '200000' }, 1000, 4_000_000_000),
  peerAddress: textOption({
    help: 'address that other machines reach this one at; that of the way to the coordinator when empty',
    default: '',
  }),
  masterPort: integerOption({ help: 'port that rank 0 of a workload listens on', default: '29500' }, 1, 65_535),
  logCap: bytesOption({ help: "room for each of a task's two outputs", default: '64MiB' }),
  prolog: textOption({
    help: "program of the site's own, run as root before each task; where it fails the machine is held back",
    default: '',
  }),
  epilog: textOption({ help: 'as prolog, after each task has ended and before its files are gone', default: '' }),
  networkCheck: textOption({
    help:
      "program of the site's own that checks the network between the machines of a workload that asks for it, in " +
      "place of the agent's own check",
    default: '',
  }),
  hookLimit: durationOption({
    help: 'how long the prolog, the epilog and a check of the network may take each',
    default: '5m',
  }),
  sanitiseScope: choiceOption(
    {
      help: 'machine, or placement where several agents share one machine and its whole is not theirs to clean',
      default: 'machine',
    },
    ['machine', 'placement'],
  ),
  sanitiseLimit: durationOption({
    help: 'how long a hand-back may take before the machine is quarantined',
    default: '1h',
  }),
  sanitiseSteps: textOption({
    help: "directory of the site's own programs, each run at every hand-back",
    default: '/etc/billet/sanitise.d',
  }),
  scratchDevices: textOption({ help: 'block devices erased at every hand-back, with commas between', default: '' }),
  fencedDevices: choiceOption(
    {
      help:
        'quarantine a machine with a scratch device that cannot be proved clean, or keep the device from tenants ' +
        'and offer the machine in a lesser class',
      default: 'quarantine',
    },
    ['quarantine', 'lesser'],
  ),
  baselineIgnore: textOption({
    help: 'what may differ from the baseline, as kind:name with commas between; * at the end stands for anything',
    default: '',
  }),
  gpuScrub: textOption({ help: "program that fills and reads back every GPU's memory at a hand-back", default: '' }),
  gpuReset: booleanOption({ help: 'reset NVIDIA GPUs at a hand-back', default: 'false' }),
  gpuDaemons: textOption({
    help: "programs of the machine's own that may hold a GPU, with commas between",
    default: 'nvidia-persiste,nv-hostengine,nv-fabricmanage,dcgm-exporter',
  }),
  hardwareUuid: textOption({ help: 'stands in for the UUID of the hardware', default: '' }),
  hardwareSerial: textOption({ help: 'stands in for the serial number of the hardware', default: '' }),
  samplingInterval: durationOption({ help: 'how often to sample until the coordinator says', default: '10s' }),
  reconnectBase: durationOption({ help: 'longest wait before the first new try to connect', default: '1s' }),
  reconnectCap: durationOption({ help: 'longest wait between tries to connect', default: '30s' }),
  upgradeKey: textOption({
    help: 'file with the public key that agents must be signed with to be taken; none is taken when empty',
    default: '',
  }),
  logLevel: choiceOption({ help: 'least level that is logged', default: 'info' }, logLevels),
} as const

export type AgentOptions = Resolved<typeof agentOptions>
