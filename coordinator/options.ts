import {
  addressOption,
  addressesOption,
  bytesOption,
  choiceOption,
  durationOption,
  integerOption,
  textOption,
  type Resolved,
} from '../shared/config.ts'
import { backfills } from '../shared/model/tenant.ts'
import { logLevels } from '../shared/log.ts'

export const COORDINATOR_PREFIX = 'BILLET_COORDINATOR_'

const RATE = { least: '64KiB' } as const

/** Everything that a coordinator can be told. */
export const coordinatorOptions = {
  dataDir: textOption({ help: 'database, authority and credentials are kept here', default: '/var/lib/billet' }),
  listen: addressOption({ help: 'where users and agents come in, with certificates', default: '0.0.0.0:7443' }),
  enrolListen: addressOption({ help: 'where machines enrol, with a join token', default: '0.0.0.0:7444' }),
  advertise: textOption({
    help:
      "where the API is reached, as host:port, in the administrator's context and for agents; the port of " +
      'listen on this machine when empty',
    default: '',
  }),
  logLevel: choiceOption({ help: 'least level that is logged', default: 'info' }, logLevels),
  sampleInterval: durationOption({ help: 'how often machines sample', default: '10s' }),
  watchedInterval: durationOption({ help: 'how often while somebody watches them', default: '1s' }),
  samplesKept: integerOption({ help: 'samples kept per machine, in memory', default: '360' }, 2, 100_000),
  samplesMemory: bytesOption({ help: 'memory for the samples of all machines together', default: '1GiB' }),
  metricsListen: addressesOption({ help: 'where metrics are scraped over HTTP; nowhere when empty', default: '' }),
  metricsAccess: choiceOption(
    {
      help:
        'who may scrape them: who is on this machine, without TLS; over TLS who has the token; ' +
        "or over TLS who has a user's or a tenant's certificate",
      default: 'loopback',
    },
    ['loopback', 'token', 'certificate'],
  ),
  metricsTokenFile: textOption({ help: 'file with that token, of at least 16 characters', default: '' }),
  metricsNames: textOption({
    help: 'metrics of machines that are handed on, with commas between; * stands for any text',
    default: '*',
  }),
  metricsSeriesMax: integerOption({ help: 'series of machines in one answer', default: '500000' }, 1, 10_000_000),
  remoteWriteUrl: textOption({
    help: "where samples are sent by Prometheus' remote write, as https://prometheus.example/api/v1/write; nowhere when empty",
    default: '',
  }),
  remoteWriteNames: textOption({
    help: 'metrics of machines that are sent, with commas between; * stands for any text',
    default: '*',
  }),
  remoteWriteInterval: durationOption({ help: 'how often', default: '10s' }),
  remoteWriteAuthorizationFile: textOption({
    help: 'file with the header Authorization, such as "Bearer ..."; it must be private',
    default: '',
  }),
  remoteWriteCaFile: textOption({
    help: "certificates that sign the receiver's, in place of the system's",
    default: '',
  }),
  remoteWriteCertificateFile: textOption({ help: 'certificate to show the receiver', default: '' }),
  remoteWriteKeyFile: textOption({ help: 'key of that certificate', default: '' }),
  connectionsMax: integerOption({ help: 'connections at once', default: '25000' }, 1, 1_000_000),
  connectionsPerAddressMax: integerOption(
    { help: 'connections at once from one address', default: '2000' },
    1,
    1_000_000,
  ),
  topologyLevels: textOption({
    help: 'labels that say where a machine is, outermost first, with commas between',
    default: 'site,row,rack',
  }),
  usageHalfLife: durationOption({
    help: 'after how long a use of machines counts half in the order of waiting tenants',
    default: '7d',
  }),
  backfill: choiceOption(
    {
      help: 'for whom machines are kept: the first that waits for such machines, or everyone that waits',
      default: 'easy',
    },
    backfills,
  ),
  priorityClasses: textOption({
    help: 'TOML file with the priorities that have names here; none when empty',
    default: '',
  }),
  tenantQueueMax: integerOption({ help: 'workloads of one tenant that may wait', default: '50000' }, 1, 1_000_000),
  classWeights: textOption({
    help: 'what an hour of one machine of a hardware class counts, as class=number with commas between; 1 otherwise',
    default: '',
  }),
  holdBackAfter: integerOption(
    { help: 'workloads that fail on a machine in a row before it is held back for a while; 0: never', default: '2' },
    0,
    100,
  ),
  holdBackFirst: durationOption({ help: 'for how long, the first time; doubled with each', default: '5m' }),
  healthRules: textOption({ help: 'TOML file with rules of health of this site; none when empty', default: '' }),
  healthOutPercent: integerOption(
    {
      help: 'how much of the fleet, and of each hardware class, findings may take out of service at once',
      default: '10',
    },
    0,
    100,
  ),
  checks: textOption({ help: 'TOML file with checks of machines of this site; none when empty', default: '' }),
  checkInterval: durationOption(
    { help: 'how long until a machine is measured again when it is validated; 0s: never by itself', default: '24h' },
    { least: '0s' },
  ),
  bmcKeyFile: textOption({
    help:
      'private file with the key that passwords of BMCs are kept with, as 64 hexadecimal digits; the variable ' +
      'BILLET_BMC_KEY may hold it instead; without one no BMC can be set',
    default: '',
  }),
  bootListen: addressesOption({
    help: 'where servers fetch the installer and the agent, over HTTP, without certificates; nowhere when empty',
    default: '',
  }),
  bootUrl: textOption({
    help: 'where they reach it (http://boot.example:7480); the host of advertise and the port of boot_listen when empty',
    default: '',
  }),
  bootCertificateFile: textOption({ help: 'certificate, for HTTPS in place of HTTP; none when empty', default: '' }),
  bootKeyFile: textOption({ help: 'key of that certificate', default: '' }),
  bootRate: bytesOption({ help: 'how much a second is sent to all of them together', default: '128MiB' }, RATE),
  bootRatePerAddress: bytesOption({ help: 'how much a second is sent to one address', default: '64MiB' }, RATE),
  bootConnectionsMax: integerOption(
    { help: 'connections at once to each of these addresses, each with up to 128 KiB of memory', default: '1000' },
    1,
    100_000,
  ),
  handshakeTimeout: durationOption({ help: 'how long a connection may take to prove who it is', default: '10s' }),
} as const

export type CoordinatorOptions = Resolved<typeof coordinatorOptions>
