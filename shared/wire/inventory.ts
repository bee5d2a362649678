import type { Architecture, Gpu, HardwareIdentity, Inventory, NetworkKind } from '../model/inventory.ts'
import { count, invalid, list, present, text } from './check.ts'
import type {
  HardwareIdentity as WireHardware,
  HardwareIdentity__Output,
} from './gen/types/billet/v1/HardwareIdentity.ts'
import type { Inventory as WireInventory, Inventory__Output } from './gen/types/billet/v1/Inventory.ts'

const WORD = 200
const PARTS = 1024

export function encodeHardware(hardware: HardwareIdentity): WireHardware {
  return {
    uuid: hardware.uuid ?? '',
    serial: hardware.serial ?? '',
    board_serial: hardware.boardSerial ?? '',
    mac_addresses: [...hardware.macs],
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5,19}$/

export function decodeHardware(field: string, wire: HardwareIdentity__Output | null): HardwareIdentity {
  const hardware = present(field, wire)
  if (hardware.uuid !== '' && !UUID.test(hardware.uuid)) invalid(`${field}.uuid`, 'expected a UUID in lower case')
  const macs = list(`${field}.mac_addresses`, hardware.mac_addresses, 64)
  const wrong = macs.findIndex((mac) => !MAC.test(mac))
  if (wrong >= 0) invalid(`${field}.mac_addresses[${wrong}]`, 'expected lower-case bytes with colons')
  return {
    macs,
    ...(hardware.uuid === '' ? {} : { uuid: hardware.uuid }),
    ...(hardware.serial === '' ? {} : { serial: text(`${field}.serial`, hardware.serial, WORD) }),
    ...(hardware.board_serial === ''
      ? {}
      : { boardSerial: text(`${field}.board_serial`, hardware.board_serial, WORD) }),
  }
}

export function encodeInventory(inventory: Inventory, digest: string): WireInventory {
  const { cpu, os } = inventory
  return {
    manufacturer: inventory.manufacturer,
    product: inventory.product,
    hardware: encodeHardware(inventory.hardware),
    processor: { model: cpu.model, sockets: cpu.sockets, cores: cpu.coresPhysical, threads: cpu.threads },
    memory_bytes: inventory.memoryBytes,
    memory_modules: inventory.memoryModules.map((module) => ({
      slot: module.slot,
      size_bytes: module.sizeBytes,
      type: module.type,
      speed_mts: module.speedMts,
      manufacturer: module.manufacturer,
      serial: module.serial,
    })),
    disks: inventory.disks.map((disk) => ({
      device: disk.device,
      model: disk.model,
      serial: disk.serial,
      size_bytes: disk.sizeBytes,
      type: disk.type,
      firmware: disk.firmware,
    })),
    network_interfaces: inventory.nics.map((nic) => ({
      device: nic.device,
      mac_address: nic.mac,
      speed_mbps: nic.speedMbps ?? 0,
      kind: nic.kind ?? '',
      addresses: [...nic.addresses],
    })),
    gpus: inventory.gpus.map(encodeGpu),
    bios: inventory.bios,
    distribution: os.distro,
    kernel: os.kernel,
    hostname: os.hostname,
    architecture: inventory.architecture,
    digest,
  }
}

function encodeGpu(gpu: Gpu) {
  const { index, vendor, model, uuid, memoryBytes, serial, driver } = gpu
  return { index, vendor, model, uuid, memory_bytes: memoryBytes, serial, driver }
}

const ARCHITECTURES: readonly Architecture[] = ['x64', 'arm64']

/** A kind that a newer agent may know counts as not known. */
function networkKind(word: string): { readonly kind?: NetworkKind } {
  return word === 'ethernet' || word === 'infiniband' || word === 'roce' ? { kind: word } : {}
}

export function decodeInventory(field: string, wire: Inventory__Output | null): Inventory {
  const inventory = present(field, wire)
  const word = (name: string, value: string): string => text(`${field}.${name}`, value, WORD)
  const architecture =
    ARCHITECTURES.find((known) => known === inventory.architecture) ??
    invalid(
      `${field}.architecture`,
      `expected x64 or arm64, got ${JSON.stringify(inventory.architecture.slice(0, 32))}`,
    )
  const processor = present(`${field}.processor`, inventory.processor)
  return {
    hardware: decodeHardware(`${field}.hardware`, inventory.hardware),
    manufacturer: word('manufacturer', inventory.manufacturer),
    product: word('product', inventory.product),
    cpu: {
      model: word('processor.model', processor.model),
      architecture,
      sockets: count(`${field}.processor.sockets`, processor.sockets),
      coresPhysical: count(`${field}.processor.cores`, processor.cores),
      threads: count(`${field}.processor.threads`, processor.threads),
    },
    memoryBytes: count(`${field}.memory_bytes`, inventory.memory_bytes),
    ...decodeParts(field, inventory),
    bios: word('bios', inventory.bios),
    os: {
      distro: word('distribution', inventory.distribution),
      kernel: word('kernel', inventory.kernel),
      hostname: word('hostname', inventory.hostname),
    },
    architecture,
  }
}

function decodeParts(
  field: string,
  wire: Inventory__Output,
): Pick<Inventory, 'memoryModules' | 'disks' | 'nics' | 'gpus'> {
  return {
    memoryModules: list(`${field}.memory_modules`, wire.memory_modules, PARTS).map((module, index) => ({
      slot: text(`${field}.memory_modules[${index}].slot`, module.slot, WORD),
      sizeBytes: count(`${field}.memory_modules[${index}].size_bytes`, module.size_bytes),
      type: text(`${field}.memory_modules[${index}].type`, module.type, WORD),
      speedMts: count(`${field}.memory_modules[${index}].speed_mts`, module.speed_mts),
      manufacturer: text(`${field}.memory_modules[${index}].manufacturer`, module.manufacturer, WORD),
      serial: text(`${field}.memory_modules[${index}].serial`, module.serial, WORD),
    })),
    disks: list(`${field}.disks`, wire.disks, PARTS).map((disk, index) => ({
      device: text(`${field}.disks[${index}].device`, disk.device, WORD),
      model: text(`${field}.disks[${index}].model`, disk.model, WORD),
      serial: text(`${field}.disks[${index}].serial`, disk.serial, WORD),
      sizeBytes: count(`${field}.disks[${index}].size_bytes`, disk.size_bytes),
      type: text(`${field}.disks[${index}].type`, disk.type, WORD),
      firmware: text(`${field}.disks[${index}].firmware`, disk.firmware, WORD),
    })),
    nics: list(`${field}.network_interfaces`, wire.network_interfaces, PARTS).map((nic, index) => ({
      device: text(`${field}.network_interfaces[${index}].device`, nic.device, WORD),
      mac: text(`${field}.network_interfaces[${index}].mac_address`, nic.mac_address, 64),
      ...(nic.speed_mbps > 0 ? { speedMbps: nic.speed_mbps } : {}),
      ...networkKind(nic.kind),
      addresses: list(`${field}.network_interfaces[${index}].addresses`, nic.addresses, 64).map((address, at) =>
        text(`${field}.network_interfaces[${index}].addresses[${at}]`, address, 64),
      ),
    })),
    gpus: list(`${field}.gpus`, wire.gpus, 64).map((gpu, index) => ({
      index: count(`${field}.gpus[${index}].index`, gpu.index),
      vendor:
        gpu.vendor === 'NVIDIA' || gpu.vendor === 'AMD'
          ? gpu.vendor
          : invalid(`${field}.gpus[${index}].vendor`, 'expected NVIDIA or AMD'),
      model: text(`${field}.gpus[${index}].model`, gpu.model, WORD),
      uuid: text(`${field}.gpus[${index}].uuid`, gpu.uuid, WORD),
      memoryBytes: count(`${field}.gpus[${index}].memory_bytes`, gpu.memory_bytes),
      serial: text(`${field}.gpus[${index}].serial`, gpu.serial, WORD),
      driver: text(`${field}.gpus[${index}].driver`, gpu.driver, WORD),
    })),
  }
}
