import * as v from 'valibot'
import type {
  Disk,
  Gpu,
  HardwareIdentity,
  Inventory,
  MemoryModule,
  NetworkInterface,
} from '../../shared/model/inventory.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { hardwareUuid, isMac, linkAddress, meaningful, serial } from '../../shared/model/hardware_identifiers.ts'
import { type RawInventory, bounded, rawInventorySchema } from './raw.ts'

/** Stand in for what the hardware says, for several agents on one machine. */
export type HardwareOverrides = { readonly hardwareUuid?: string; readonly hardwareSerial?: string }

const MEBIBYTE = 1024 ** 2
/** The kernel keeps a little more or less for itself from boot to boot; a class of machines must not show that. */
const MEMORY_STEP = 64 * MEBIBYTE
const MACS_MAX = 64
const GPUS_MAX = 64
const ADDRESSES_MAX = 64
const DISKS_MAX = 1024

/**
 * Turns what the collectors answered into an inventory. Lists are in the order of their names, so that the same
 * machine gives the same inventory.
 *
 * @param collected of the shape of `rawInventorySchema`, each fact optional.
 * @returns refused only for an instruction set that is not supported or an override that is no identifier.
 */
export function normalise(collected: unknown, overrides: HardwareOverrides = {}): Result<Inventory, string> {
  const parsed = v.safeParse(rawInventorySchema, collected)
  if (!parsed.success) return refuse(parsed.issues[0].message)
  const raw = parsed.output
  const nics = interfaces(raw)
  const hardware = identity(raw, nics, overrides)
  if (!hardware.ok) return hardware
  return ok({
    hardware: hardware.value,
    manufacturer: meaningful(raw.system.manufacturer) || meaningful(raw.baseboard.manufacturer),
    product: meaningful(raw.system.model) || meaningful(raw.baseboard.model),
    cpu: {
      model: bounded(`${raw.cpu.manufacturer} ${raw.cpu.brand}`),
      architecture: raw.architecture,
      sockets: raw.cpu.processors || 1,
      coresPhysical: raw.cpu.physicalCores || raw.threads,
      threads: raw.cpu.cores || raw.threads,
    },
    memoryBytes: Math.round(raw.memoryBytes / MEMORY_STEP) * MEMORY_STEP,
    memoryModules: memoryModules(raw),
    disks: disks(raw),
    nics,
    gpus: gpus(raw),
    bios: bounded([raw.bios.vendor, raw.bios.version, raw.bios.releaseDate].map(meaningful).join(' ')),
    os: {
      distro: bounded(`${meaningful(raw.os.distro)} ${meaningful(raw.os.release)}`),
      kernel: raw.os.kernel,
      hostname: raw.hostname || raw.os.hostname,
    },
    architecture: raw.architecture,
  })
}

function identity(
  raw: RawInventory,
  nics: readonly NetworkInterface[],
  overrides: HardwareOverrides,
): Result<HardwareIdentity, string> {
  const stated = overrides.hardwareUuid
  const uuid = stated === undefined ? firstUuid(raw) : hardwareUuid(stated)
  if (stated !== undefined && uuid === undefined) {
    return refuse(`hardwareUuid: expected the UUID of one machine, got ${JSON.stringify(stated.slice(0, 64))}`)
  }
  const named = overrides.hardwareSerial
  const number = serial(named === undefined ? raw.system.serial : bounded(named))
  if (named !== undefined && number === undefined) {
    return refuse(
      `hardwareSerial: expected the serial number of one machine, got ${JSON.stringify(named.slice(0, 64))}`,
    )
  }
  const board = serial(raw.baseboard.serial)
  const macs = [...new Set(nics.map((nic) => nic.mac).filter(isMac))].toSorted().slice(0, MACS_MAX)
  return ok({
    ...(uuid === undefined ? {} : { uuid }),
    ...(number === undefined ? {} : { serial: number }),
    ...(board === undefined ? {} : { boardSerial: board }),
    macs,
  })
}

const firstUuid = (raw: RawInventory): string | undefined =>
  hardwareUuid(raw.system.uuid) ?? hardwareUuid(raw.uuid.hardware)

const byName = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true })

/** Physical ones: those with a device behind them, and what the collector calls neither virtual nor internal. */
function interfaces(raw: RawInventory): readonly NetworkInterface[] {
  const found = new Map<string, NetworkInterface>()
  for (const { iface, mac, internal, virtual } of raw.interfaces) {
    const isWanted = !internal && !virtual && iface !== '' && linkAddress(mac) !== ''
    if (isWanted) found.set(iface, { device: iface, mac: linkAddress(mac), addresses: [] })
  }
  for (const { device, mac, speedMbps, kind, addresses } of raw.networkDevices) {
    const address = linkAddress(mac) || found.get(device)?.mac
    if (device === '' || address === undefined) continue
    const known = [...new Set(addresses)].toSorted(byName).slice(0, ADDRESSES_MAX)
    const speed = speedMbps === undefined || speedMbps === 0 ? {} : { speedMbps }
    found.set(device, { device, mac: address, ...speed, ...(kind === undefined ? {} : { kind }), addresses: known })
  }
  return [...found.values()].toSorted((one, other) => byName(one.device, other.device))
}

function memoryModules(raw: RawInventory): readonly MemoryModule[] {
  return raw.memoryModules
    .filter((module) => module.size > 0 && (module.bank !== '' || module.type !== ''))
    .map((module) => ({
      slot: module.bank,
      sizeBytes: module.size,
      type: meaningful(module.type),
      speedMts: module.clockSpeed,
      manufacturer: meaningful(module.manufacturer),
      serial: serial(module.serialNum) ?? '',
    }))
    .toSorted((one, other) => byName(one.slot, other.slot) || byName(one.serial, other.serial))
}

/** As the collector knows them, and those that only the kernel knows, such as virtual ones. */
function disks(raw: RawInventory): readonly Disk[] {
  const found = new Map<string, Disk>()
  for (const { device, sizeBytes, model, serial: number, rotational } of raw.blockDevices) {
    if (device === '' || sizeBytes === 0) continue
    const type = blockType(device, rotational)
    found.set(device, { device, model: meaningful(model), serial: serial(number) ?? '', sizeBytes, type, firmware: '' })
  }
  for (const disk of raw.disks) {
    const device = disk.device.replace(/^\/dev\//, '')
    if (device === '' || disk.size === 0) continue
    const known = found.get(device)
    found.set(device, {
      device,
      model: bounded([disk.vendor, disk.name].map(meaningful).join(' ')) || (known?.model ?? ''),
      serial: serial(disk.serialNum) ?? known?.serial ?? '',
      sizeBytes: disk.size,
      type: diskType(disk) || (known?.type ?? ''),
      firmware: meaningful(disk.firmwareRevision),
    })
  }
  return [...found.values()].toSorted((one, other) => byName(one.device, other.device)).slice(0, DISKS_MAX)
}

function blockType(device: string, rotational: boolean): string {
  if (device.startsWith('nvme')) return 'NVMe'
  // A hypervisor's disks say that they rotate, whatever is behind them.
  if (/^x?vd/.test(device)) return ''
  return rotational ? 'HDD' : 'SSD'
}

function diskType(disk: RawInventory['disks'][number]): string {
  const isNvme = /nvme|pcie/i.test(disk.interfaceType) || /^(?:\/dev\/)?nvme/.test(disk.device)
  if (isNvme) return 'NVMe'
  return disk.type === 'HD' ? 'HDD' : disk.type
}

function gpus(raw: RawInventory): readonly Gpu[] {
  return raw.gpus
    .filter((gpu) => gpu.uuid !== '' || gpu.model !== '')
    .slice(0, GPUS_MAX)
    .map((gpu) => ({
      index: gpu.index,
      vendor: 'NVIDIA' as const,
      model: gpu.model,
      uuid: meaningful(gpu.uuid),
      memoryBytes: gpu.memoryMebibytes * MEBIBYTE,
      serial: serial(gpu.serial) ?? '',
      driver: gpu.driver,
    }))
    .toSorted((one, other) => one.index - other.index)
}
