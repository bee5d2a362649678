import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Server } from '@grpc/grpc-js'
import { steady } from '../shared/clock.ts'
import { makePrivateDirectory } from '../shared/files.ts'
import { serverLimits } from '../shared/grpc/limits.ts'
import { type Listener, listen } from '../shared/grpc/listener.ts'
import type { Logger } from '../shared/log.ts'
import { type Check, checksWith } from '../shared/model/check.ts'
import { billetError } from '../shared/model/errors.ts'
import type { HealthRule } from '../shared/model/health.ts'
import { rulesWith, unlimitedOf } from '../shared/model/health_rules/shipped.ts'
import { type Revision, idSource, parsePlacementId, revision } from '../shared/model/ids.ts'
import type { PriorityClass } from '../shared/model/priority.ts'
import { type Result, ok, refuse } from '../shared/model/result.ts'
import type { Clock } from '../shared/model/time.ts'
import { services } from '../shared/wire/load.ts'
import { commandService } from './api/commands.ts'
import { Door } from './api/door.ts'
import { enrolmentService } from './api/enrolment.ts'
import { eventService } from './api/events.ts'
import { healthService } from './api/health.ts'
import { machineService } from './api/machines.ts'
import { placementService } from './api/placements.ts'
import { powerService } from './api/power.ts'
import { reflectionService } from './api/reflection.ts'
import { telemetryService } from './api/telemetry.ts'
import { fleetService } from './api/fleet.ts'
import { reservationService } from './api/reservations.ts'
import { rolloutService } from './api/rollouts.ts'
import { tenantService } from './api/tenants.ts'
import { usageService } from './api/usage.ts'
import { registrationService } from './api/registrations.ts'
import { tokenService } from './api/tokens.ts'
import { workloadService } from './api/workloads.ts'
import { LEASE } from './core/upkeep.ts'
import type { BootSource } from './api/ports.ts'
import type { BootListener } from './boot/listener.ts'
import { Boot } from './assembly/boot.ts'
import { EnergyAccounts } from './assembly/energy.ts'
import { listOf } from './assembly/metrics.ts'
import { openMonitoring } from './assembly/monitoring.ts'
import { telemetryOf } from './assembly/telemetry.ts'
import { FleetState } from './core/state.ts'
import { FleetAuthority } from './identity/authority.ts'
import { readChecks } from './checks.ts'
import { readHealthRules } from './health_rules.ts'
import { Loop, failureSentence } from './loop.ts'
import type { CoordinatorOptions } from './options.ts'
import type { FleetChange, Store } from './ports.ts'
import { Certifier } from './certifier.ts'
import { PowerControl } from './power/control.ts'
import { KEY_VARIABLE, openVault } from './power/vault.ts'
import { Overseer } from './overseer.ts'
import { readPriorityClasses } from './priority_classes.ts'
import { Scheduler } from './scheduler/scheduler.ts'
import { agentService } from './sessions/agent_service.ts'
import { CommandOutputRelay } from './sessions/command_outputs.ts'
import { SessionHub } from './sessions/hub.ts'
import { LogReaders } from './sessions/log_readers.ts'
import { decodeChange, decodeEntry } from './store/records.ts'
import { openSqliteStore } from './store/sqlite.ts'
import type { MetricsListener } from './telemetry/exposition/server.ts'
import type { TelemetryRings } from './telemetry/rings.ts'

/** How often everything is looked at for what lasts too long. */
const LOOK_MS = 60_000
const TICK_MS = 1000
const QUEUE_MAX = 20_000
const BATCH_MAX = 512
const FEED_KEPT = 50_000
const HISTORY_KEPT = 100_000

export interface Coordinator {
  readonly api: Listener
  readonly enrolment: Listener
  /** Where metrics are scraped. */
  readonly metrics: readonly MetricsListener[]
  /** Where servers come at their first boot. */
  readonly boots: readonly BootListener[]
  readonly authority: FleetAuthority
  /** Where the administrator's context file is. */
  readonly contextFile: string
  /** Takes no more calls, ends sessions, and closes the store; the machines' tasks go on. */
  stop(): Promise<void>
}

export type CoordinatorWorld = {
  readonly clock: Clock
  readonly log: Logger
  /** Keys that are in no option, since others on the machine could see them there. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** Builds a coordinator and starts it; the refusal says what stands in the way, for the operator. */
export async function startCoordinator(
  options: CoordinatorOptions,
  { clock, log, environment = {} }: CoordinatorWorld,
): Promise<Result<Coordinator, string>> {
  const directory = makePrivateDirectory(options.dataDir)
  if (!directory.ok) return directory
  const authority = await FleetAuthority.open(options.dataDir, clock)
  if (!authority.ok) return authority
  const site = readSite(options)
  if (!site.ok) return site
  const vault = openVault(options.bmcKeyFile, environment[KEY_VARIABLE])
  if (!vault.ok) return vault
  const opened = await openFleet(options, { clock, log }, authority.value.cluster, site.value)
  if (!opened.ok) return opened
  const { loop, store } = opened.value
  const boot = await Boot.open(options, advertised(options, options.listen.port), authority.value, { clock, log })
  if (!boot.ok) {
    await store.close()
    return boot
  }
  const parts = assemble(loop, options, { clock, log }, authority.value, site.value.rules, boot.value.source)
  const power = new PowerControl({ vault: vault.value, clock, draw: Math.random })
  parts.apiServer.addService(services.PowerService, powerService(parts.door, loop, power))
  const listeners = await listenBoth(options, parts, authority.value)
  if (!listeners.ok) {
    await Promise.all([boot.value.close(), store.close()])
    return listeners
  }
  const { api, enrolment } = listeners.value
  const seen = { loop, hub: parts.hub, rings: parts.rings, clock, log, boot: boot.value.counts }
  const monitoring = await openMonitoring(options, seen, authority.value)
  if (!monitoring.ok) {
    await Promise.all([api.close(), enrolment.close(), boot.value.close(), store.close()])
    return monitoring
  }
  const { metrics, remoteWrite } = monitoring.value
  const contextFile = join(options.dataDir, 'admin.context.json')
  await authority.value.adminContext(contextFile, advertised(options, api.port))
  const ticking = setInterval(() => void loop.submit({ kind: 'tick' }), TICK_MS)
  const credential = await authority.value.certifierCredential()
  const archive = join(options.dataDir, 'certificates')
  const certifier = new Certifier({ fleet: loop, cluster: authority.value.cluster, credential, archive, log })
  const overseer = new Overseer(loop, log)
  const looking = setInterval(() => overseer.look(), LOOK_MS)
  const stop = async (): Promise<void> => {
    clearInterval(ticking)
    clearInterval(looking)
    certifier.close()
    power.close()
    parts.hub.endAll(billetError('unavailable', 'This coordinator is shutting down; connect again.'))
    await Promise.all([api.close(), enrolment.close(), boot.value.close(), metrics.close(), remoteWrite?.close()])
    parts.apiServer.forceShutdown()
    parts.enrolmentServer.forceShutdown()
    await parts.energy.close()
    await loop.stop()
    await store.close()
  }
  const more = { metrics: metrics.listeners, boots: boot.value.listeners }
  return ok({ api, enrolment, ...more, authority: authority.value, contextFile, stop })
}

/** What a site says in files of its own. */
type Site = {
  readonly rules: readonly HealthRule[]
  readonly checks: readonly Check[]
  readonly priorityClasses: readonly PriorityClass[]
}

function readSite(options: CoordinatorOptions): Result<Site, string> {
  const rules = readHealthRules(options.healthRules)
  if (!rules.ok) return rules
  const checks = readChecks(options.checks)
  if (!checks.ok) return checks
  const priorityClasses = readPriorityClasses(options.priorityClasses)
  if (!priorityClasses.ok) return priorityClasses
  return ok({ rules: rules.value, checks: checks.value, priorityClasses: priorityClasses.value })
}

type OpenedFleet = { readonly loop: Loop; readonly store: Store }

/** Reads the state from the store, and begins a new term. */
async function openFleet(
  options: CoordinatorOptions,
  { clock, log }: CoordinatorWorld,
  cluster: string,
  site: Site,
): Promise<Result<OpenedFleet, string>> {
  const { dataDir, topologyLevels, classWeights, usageHalfLife, tenantQueueMax, healthOutPercent, backfill } = options
  const weights = weightsOf(classWeights)
  if (!weights.ok) return weights
  const levels = listOf(topologyLevels)
  const store = await openSqliteStore({ directory: dataDir, historyLimit: HISTORY_KEPT })
  if (!store.ok) return refuse(failureSentence(store.error))
  const { path } = store.value
  const state = await loadState(store.value)
  if (!state.ok) {
    await store.value.close()
    return refuse(`${path} cannot be used: ${state.error}`)
  }
  const earlier = await recentChanges(store.value, state.value.revision)
  const scheduler = new Scheduler(state.value)
  const loop = new Loop({
    earlier,
    state: state.value,
    store: store.value,
    clock: steady(clock),
    ids: idSource((length) => randomBytes(length)),
    planner: scheduler,
    queueMax: QUEUE_MAX,
    batchMax: BATCH_MAX,
    feedKept: FEED_KEPT,
    onFailure: (failure) => {
      if (failure.kind === 'bug') log.error({ error: failure.cause }, 'a decision failed with a bug')
      else log.error({ reason: failureSentence(failure.failure) }, 'the store cannot be written')
    },
  })
  const began = await loop.submit({
    kind: 'term_began',
    clusterId: cluster,
    topologyLevels: levels,
    sharing: { classWeights: weights.value, halfLife: usageHalfLife, waitingMost: tenantQueueMax, backfill },
    priorityClasses: site.priorityClasses,
    holdBack: { after: options.holdBackAfter, first: options.holdBackFirst },
    health: { outShare: healthOutPercent / 100, unlimited: unlimitedOf(rulesWith(site.rules)) },
    checks: { plan: checksWith(site.checks), interval: options.checkInterval },
  })
  if (!began.ok) {
    await store.value.close()
    return refuse(began.error.message)
  }
  const machines = loop.read((view) => view.table('machines').size)
  log.info({ path, machines, revision: loop.feed.revision() }, 'state loaded')
  return ok({ loop, store: store.value })
}

function weightsOf(text: string): Result<Readonly<Record<string, number>>, string> {
  const weights: Record<string, number> = {}
  for (const part of listOf(text)) {
    const [hardwareClass = '', weight = ''] = part.split('=')
    const value = Number(weight)
    if (hardwareClass === '' || weight === '' || !(value >= 0 && value <= 1e6)) {
      return refuse(`class_weights: expected class=number with commas between, got ${JSON.stringify(part)}`)
    }
    weights[hardwareClass] = value
  }
  return ok(weights)
}

async function loadState(store: Store): Promise<Result<FleetState, string>> {
  const snapshot = await store.read('')
  if (!snapshot.ok) return refuse(failureSentence(snapshot.error))
  const state = new FleetState()
  // In the order in which records were first written where it matters: pruning takes the oldest first.
  const entries = snapshot.value.entries.toSorted((left, right) => left.revision - right.revision)
  for (const entry of entries) {
    const write = decodeEntry(entry)
    if (!write.ok) return write
    state.load(write.value, entry.revision)
  }
  state.loaded(snapshot.value.revision)
  return ok(state)
}

/** The newest changes, for watchers that go on across a start; none where they cannot be read without a gap. */
async function recentChanges(store: Store, newest: Revision): Promise<readonly FleetChange[]> {
  const snapshot = await store.read('cluster/')
  if (!snapshot.ok || newest === 0) return []
  const from = revision(Math.max(snapshot.value.compacted, newest - FEED_KEPT))
  const done = new AbortController()
  const changes: FleetChange[] = []
  for await (const item of store.watch('', from, done.signal)) {
    if (!item.ok) return []
    const change = decodeChange(item.value)
    if (!change.ok) return []
    changes.push(change.value)
    if (item.value.revision >= newest) break
  }
  done.abort()
  return changes
}

type Parts = {
  readonly door: Door
  readonly apiServer: Server
  readonly enrolmentServer: Server
  readonly hub: SessionHub
  readonly rings: TelemetryRings
  readonly energy: EnergyAccounts
}

function assemble(
  loop: Loop,
  options: CoordinatorOptions,
  world: CoordinatorWorld,
  authority: FleetAuthority,
  siteRules: readonly HealthRule[],
  boot: BootSource,
): Parts {
  const { clock, log } = world
  const door = new Door(authority.cluster, loop, log)
  const sampling = { interval: options.sampleInterval, watched: options.watchedInterval }
  const hub = new SessionHub(loop, sampling, siteRules)
  const { rings, queries, kernelLogs, meter } = telemetryOf(loop, hub, options, clock)
  const machineOf = (placement: string) => {
    const id = parsePlacementId(placement)
    return id.ok ? loop.read((view) => view.table('placements').get(id.value)?.record.machine) : undefined
  }
  const logs = new LogReaders((machine) => hub.session(machine), machineOf)
  const outputs = new CommandOutputRelay()
  const apiServer = new Server(serverLimits)
  apiServer.addService(services.MachineService, machineService(door, loop, kernelLogs))
  apiServer.addService(services.WorkloadService, workloadService(door, loop, logs))
  apiServer.addService(services.PlacementService, placementService(door, loop))
  apiServer.addService(services.CommandService, commandService(door, loop, outputs))
  const telemetry = telemetryService(door, { fleet: loop, telemetry: rings, queries, clock })
  apiServer.addService(services.TelemetryService, telemetry)
  apiServer.addService(services.ReservationService, reservationService(door, loop, clock))
  apiServer.addService(services.UsageService, usageService(door, loop, clock))
  apiServer.addService(services.RolloutService, rolloutService(door, loop))
  apiServer.addService(services.FleetService, fleetService(door, loop, rulesWith(siteRules), boot))
  apiServer.addService(services.TenantService, tenantService(door, loop, clock))
  apiServer.addService(services.RegistrationService, registrationService(door, loop))
  apiServer.addService(services.TokenService, tokenService(door, loop, clock))
  apiServer.addService(services.EventService, eventService(door, loop))
  apiServer.addService(services.Health, healthService(door))
  apiServer.addService(services.ServerReflection, reflectionService(door))
  const sessions = {
    admission: door,
    fleet: loop,
    hub,
    rings,
    kernelLogs,
    logs,
    outputs,
    signer: authority,
    lease: LEASE,
    clock,
    log,
  }
  apiServer.addService(services.AgentService, agentService(sessions))
  const enrolmentServer = new Server(serverLimits)
  const session = advertised(options, options.listen.port)
  enrolmentServer.addService(services.EnrolmentService, enrolmentService(loop, authority, session, log))
  return { door, apiServer, enrolmentServer, hub, rings, energy: new EnergyAccounts(meter, loop, clock, log) }
}

type Listeners = { readonly api: Listener; readonly enrolment: Listener }

async function listenBoth(
  options: CoordinatorOptions,
  { apiServer, enrolmentServer }: Parts,
  authority: FleetAuthority,
): Promise<Result<Listeners, string>> {
  const server = await authority.serverCredential()
  // The authority goes along, so that an agent that has only its fingerprint can pin it.
  const certificate = `${server.certificate}\n${authority.certificate}`
  const limits = {
    handshakeMs: options.handshakeTimeout,
    connectionsMax: options.connectionsMax,
    connectionsPerAddressMax: options.connectionsPerAddressMax,
  }
  const tls = { certificate, key: server.key }
  const api = await listen(apiServer, {
    ...options.listen,
    ...limits,
    tls: { ...tls, clientAuthorities: authority.certificate },
  })
  if (!api.ok) return api
  const enrolment = await listen(enrolmentServer, { ...options.enrolListen, ...limits, tls })
  if (enrolment.ok) return ok({ api: api.value, enrolment: enrolment.value })
  await api.value.close()
  return enrolment
}

/** Where others reach the API. An address that listens everywhere is no address to call. */
function advertised({ advertise, listen: { host } }: CoordinatorOptions, port: number): string {
  if (advertise !== '') return advertise
  const everywhere = host === '0.0.0.0' || host === '::'
  const name = everywhere ? hostname() : host
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`
}
