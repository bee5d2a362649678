/** What a machine is made of, as its agent reports it. Facts that are not known are absent, empty or zero. */
export type Inventory = {
  readonly hardware: HardwareIdentity
  readonly manufacturer: string
  readonly product: string
  readonly cpu: Processor
  /** Memory that the kernel can use, in bytes. */
  readonly memoryBytes: number
  readonly memoryModules: readonly MemoryModule[]
  readonly disks: readonly Disk[]
  readonly nics: readonly NetworkInterface[]
  readonly gpus: readonly Gpu[]
  /** Firmware version and its date, as one text. */
  readonly bios: string
  readonly os: { readonly distro: string; readonly kernel: string; readonly hostname: string }
  readonly architecture: Architecture
}

export type Architecture = 'x64' | 'arm64'

/** Identifiers that the hardware itself carries, without the placeholders that makers leave. */
export type HardwareIdentity = {
  /** SMBIOS system UUID, lower case. */
  readonly uuid?: string
  readonly serial?: string
  readonly boardSerial?: string
  /** Of physical interfaces, lower case with colons. */
  readonly macs: readonly string[]
}

export type Processor = {
  readonly model: string
  readonly architecture: Architecture
  readonly sockets: number
  readonly coresPhysical: number
  readonly threads: number
}

export type MemoryModule = {
  readonly slot: string
  readonly sizeBytes: number
  readonly type: string
  /** Megatransfers per second. */
  readonly speedMts: number
  readonly manufacturer: string
  readonly serial: string
}

export type Disk = {
  /** The kernel's name, without "/dev/". */
  readonly device: string
  readonly model: string
  readonly serial: string
  readonly sizeBytes: number
  /** "NVMe", "SSD" or "HDD". */
  readonly type: string
  readonly firmware: string
}

/** `roce`: Ethernet that does remote direct memory access. */
export type NetworkKind = 'ethernet' | 'infiniband' | 'roce'

export type NetworkInterface = {
  readonly device: string
  readonly mac: string
  readonly speedMbps?: number
  /** Absent where it is not known. */
  readonly kind?: NetworkKind
  readonly addresses: readonly string[]
}

export type Gpu = {
  readonly index: number
  readonly vendor: 'NVIDIA' | 'AMD'
  readonly model: string
  readonly uuid: string
  readonly memoryBytes: number
  readonly serial: string
  readonly driver: string
}
