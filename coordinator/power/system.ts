import type { PowerStatus } from '../../shared/model/power.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { RedfishClient } from './client.ts'
import { type BootFacts, type SystemFacts, nextBootOf, powerStateOf } from './facts.ts'
import { type BmcFailure, bmcFailure } from './failures.ts'
import { type Hardware, isSame } from './identity.ts'
import { type Quirks, type Vendor, quirks, vendorOf } from './quirks.ts'
import { type Boot, type ComputerSystem, actionInfo, computerSystem, systemSettings } from './resources.ts'

/** What was found on a BMC that is a machine. */
export type Found = {
  readonly path: string
  readonly vendor: Vendor
  readonly quirks: Quirks
}

export type Seen = { readonly facts: SystemFacts; readonly status: PowerStatus; readonly chassis: readonly string[] }

const GIB = 1024 ** 3

/** Opens the client, and finds the ComputerSystem that is the machine; `named`: its path, where somebody said. */
export async function findSystem(
  client: RedfishClient,
  named: string,
  hardware: Hardware,
): Promise<Result<Found, BmcFailure>> {
  const root = await client.open()
  if (!root.ok) return root
  const system =
    named === '' ? await pick(client, root.value.Systems['@odata.id'], hardware) : await read(client, named)
  if (!system.ok) return system
  const { Vendor, Oem, Id } = root.value
  const path = named === '' ? system.value['@odata.id'] : named
  const vendor = vendorOf({
    vendor: Vendor,
    oem: Object.keys(Oem),
    serviceId: Id,
    manufacturer: system.value.Manufacturer,
    systemPath: path,
  })
  return ok({ path, vendor, quirks: quirks[vendor] })
}

async function read(client: RedfishClient, path: string): Promise<Result<ComputerSystem, BmcFailure>> {
  const got = await client.get(path, computerSystem)
  return got.ok ? ok(got.value.resource) : got
}

async function pick(
  client: RedfishClient,
  systems: string,
  hardware: Hardware,
): Promise<Result<ComputerSystem, BmcFailure>> {
  const members = await client.members(systems)
  if (!members.ok) return members
  const same: ComputerSystem[] = []
  const others: ComputerSystem[] = []
  for (const path of members.value) {
    const system = await read(client, path)
    if (!system.ok) return system
    const verdict = isSame(hardware, { uuid: system.value.UUID, serial: system.value.SerialNumber })
    // A BMC of one machine need not know more of it than that it is there.
    if (verdict === true || (verdict === null && members.value.length === 1)) same.push(system.value)
    else others.push(system.value)
  }
  const [only, ...more] = same
  if (only !== undefined && more.length === 0) return ok(only)
  if (only !== undefined) {
    const paths = same.map((system) => system['@odata.id']).join(', ')
    return refuse(bmcFailure('other_machine', `The BMC has several systems that may be this machine: ${paths}. ${SAY}`))
  }
  const found = others.map((one) => `${one['@odata.id']} (UUID ${one.UUID || '-'}, serial ${one.SerialNumber || '-'})`)
  const sentence = `The BMC is another machine's: it has ${found.slice(0, 8).join(', ') || 'no system'}. ${SAY}`
  return refuse(bmcFailure('other_machine', sentence))
}

const SAY = 'Set the right BMC, or say which system it is: billet machines bmc set --system.'

/** Looks at a system again and again; what does not change is asked once. */
export class SystemReader {
  readonly #client: RedfishClient
  readonly #found: Found
  #resetTypes: readonly string[] | null | undefined

  constructor(client: RedfishClient, found: Found) {
    this.#client = client
    this.#found = found
  }

  /** `withSettings`: the boot override is to be changed, and may have its place beside the system. */
  async look(withSettings: boolean): Promise<Result<Seen, BmcFailure>> {
    const got = await this.#client.get(this.#found.path, computerSystem)
    if (!got.ok) return got
    const { resource, etag } = got.value
    const types = await this.#types(resource)
    if (!types.ok) return types
    const own = bootFacts(this.#found.path, etag || resource['@odata.etag'], resource.Boot)
    const boot = withSettings ? await this.#settings(resource, own) : own
    const state = powerStateOf(resource.PowerState ?? '')
    const resetTarget = resource.Actions?.['#ComputerSystem.Reset']?.target ?? ''
    const facts = { state, resetTarget, resetTypes: types.value, boot }
    const chassis = (resource.Links?.Chassis ?? []).map((one) => one['@odata.id'])
    return ok({ facts, status: this.#status(resource, facts, own), chassis })
  }

  async #types(resource: ComputerSystem): Promise<Result<readonly string[] | null, BmcFailure>> {
    const reset = resource.Actions?.['#ComputerSystem.Reset']
    const said = reset?.['ResetType@Redfish.AllowableValues'] ?? null
    if (said !== null) return ok(said)
    const info = reset?.['@Redfish.ActionInfo'] ?? null
    if (info === null) return ok(null)
    if (this.#resetTypes !== undefined) return ok(this.#resetTypes)
    const got = await this.#client.get(info, actionInfo)
    if (!got.ok) return got
    const parameter = (got.value.resource.Parameters ?? []).find(({ Name }) => Name === 'ResetType')
    this.#resetTypes = parameter?.AllowableValues ?? null
    return ok(this.#resetTypes)
  }

  async #settings(resource: ComputerSystem, own: BootFacts): Promise<BootFacts> {
    const path = resource['@Redfish.Settings']?.SettingsObject?.['@odata.id']
    if (path === undefined || this.#found.quirks.ignoresSettings) return own
    const got = await this.#client.get(path, systemSettings)
    if (!got.ok) return own
    const { resource: settings, etag } = got.value
    // Many show other settings there, and take the boot override at the system itself.
    const beside = bootFacts(path, etag || settings['@odata.etag'], settings.Boot)
    return beside.target === '' ? own : { ...beside, targets: beside.targets ?? own.targets }
  }

  #status(resource: ComputerSystem, facts: SystemFacts, boot: BootFacts): PowerStatus {
    return {
      state: facts.state,
      nextBoot: nextBootOf(boot),
      vendor: this.#found.vendor,
      manufacturer: resource.Manufacturer,
      model: resource.Model,
      serial: resource.SerialNumber,
      uuid: resource.UUID,
      biosVersion: resource.BiosVersion,
      health: resource.Status.Health,
      processors: Math.min(1024, Math.round(resource.ProcessorSummary.Count)),
      memoryBytes: Math.min(2 ** 50, Math.round(resource.MemorySummary.TotalSystemMemoryGiB * GIB)),
      resetTypes: facts.resetTypes ?? [],
      system: this.#found.path,
    }
  }
}

function bootFacts(path: string, etag: string, boot: Boot | null): BootFacts {
  return {
    path,
    etag,
    target: boot?.BootSourceOverrideTarget ?? '',
    enabled: boot?.BootSourceOverrideEnabled ?? '',
    mode: boot?.BootSourceOverrideMode ?? '',
    targets: boot?.['BootSourceOverrideTarget@Redfish.AllowableValues'] ?? null,
    enableds: boot?.['BootSourceOverrideEnabled@Redfish.AllowableValues'] ?? null,
  }
}
