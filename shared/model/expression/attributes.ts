import type { MachineId } from '../ids.ts'
import type { Inventory } from '../inventory.ts'

/** All of a machine that an expression can look at. */
export type MachineFacts = {
  readonly id: MachineId
  readonly hostname: string
  readonly hardwareClass: string
  readonly labels: Readonly<Record<string, string>>
  readonly inventory: Inventory | null
  /** What failed there since the last run that went well; null: nothing. */
  readonly trouble?: { readonly failures: readonly unknown[] } | null
}

/** How values of an attribute are written and compared. */
export type AttributeType =
  | 'text'
  | 'number'
  /** Bytes, written with KiB, MiB, GiB, TiB, KB, MB, GB or TB. */
  | 'bytes'
  /** Megabits per second, written with Mbps or Gbps. */
  | 'speed'
  /** Texts with numbers in them, compared number by number: 550.54.14 is less than 550.127. */
  | 'version'

/** An attribute that a machine has several of, such as the models of its GPUs, holds where any of them does. */
export type AttributeValue = string | number | readonly (string | number)[] | undefined

type Attribute = {
  readonly type: AttributeType
  /** What machines alike in hardware may still differ in: it tells of a single machine. */
  readonly isIdentity?: true
  readonly help: string
  readonly of: (facts: MachineFacts) => AttributeValue
}

const most = (numbers: readonly number[]): number | undefined =>
  numbers.length === 0 ? undefined : Math.max(...numbers)
const least = (numbers: readonly number[]): number | undefined =>
  numbers.length === 0 ? undefined : Math.min(...numbers)
const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts.filter(Boolean))].toSorted()
const orAbsent = (text: string | undefined): string | undefined => (text === '' ? undefined : text)

const [MIB, GIB] = [1024 ** 2, 1024 ** 3]

/**
 * Memory as placement sees it: in whole GiB, on small machines in steps of 64 MiB. Firmware keeps a little more or less
 * on machines that are alike in all else.
 */
export function wholeMemory(bytes: number): number {
  const step = bytes >= 8 * GIB ? GIB : 64 * MIB
  return Math.floor(bytes / step) * step
}

/** What an expression can ask for, beside labels. */
export const attributes = {
  class: { type: 'text', help: 'hardware class', of: (machine) => orAbsent(machine.hardwareClass) },
  arch: { type: 'text', help: 'x64 or arm64', of: ({ inventory }) => inventory?.architecture },
  manufacturer: { type: 'text', help: 'maker', of: ({ inventory }) => orAbsent(inventory?.manufacturer) },
  product: { type: 'text', help: "maker's name of it", of: ({ inventory }) => orAbsent(inventory?.product) },
  'cpu.model': { type: 'text', help: 'model of the processors', of: ({ inventory }) => orAbsent(inventory?.cpu.model) },
  'cpu.sockets': { type: 'number', help: 'sockets', of: ({ inventory }) => inventory?.cpu.sockets },
  'cpu.cores': { type: 'number', help: 'physical cores', of: ({ inventory }) => inventory?.cpu.coresPhysical },
  'cpu.threads': { type: 'number', help: 'hardware threads', of: ({ inventory }) => inventory?.cpu.threads },
  memory: {
    type: 'bytes',
    help: 'memory that the kernel can use, in whole GiB',
    of: ({ inventory }) => (inventory === null ? undefined : wholeMemory(inventory.memoryBytes)),
  },
  'gpu.count': { type: 'number', help: 'number of GPUs', of: ({ inventory }) => inventory?.gpus.length },
  'gpu.vendor': {
    type: 'text',
    help: 'NVIDIA or AMD',
    of: ({ inventory }) => distinct((inventory?.gpus ?? []).map((gpu) => gpu.vendor)),
  },
  'gpu.model': {
    type: 'text',
    help: 'model of the GPUs',
    of: ({ inventory }) => distinct((inventory?.gpus ?? []).map((gpu) => gpu.model)),
  },
  'gpu.memory': {
    type: 'bytes',
    help: "the smallest GPU's memory",
    of: ({ inventory }) => least((inventory?.gpus ?? []).map((gpu) => gpu.memoryBytes)),
  },
  'gpu.driver': {
    type: 'version',
    help: 'version of the GPU driver',
    of: ({ inventory }) => distinct((inventory?.gpus ?? []).map((gpu) => gpu.driver)),
  },
  'nic.count': { type: 'number', help: 'physical network interfaces', of: ({ inventory }) => inventory?.nics.length },
  'nic.speed': {
    type: 'speed',
    help: "the fastest interface's speed",
    of: ({ inventory }) => most((inventory?.nics ?? []).flatMap((nic) => nic.speedMbps ?? [])),
  },
  'nic.kind': {
    type: 'text',
    help: 'ethernet, infiniband or roce',
    of: ({ inventory }) => distinct((inventory?.nics ?? []).map((nic) => nic.kind ?? '')),
  },
  'disk.count': { type: 'number', help: 'disks', of: ({ inventory }) => inventory?.disks.length },
  'disk.type': {
    type: 'text',
    help: 'NVMe, SSD or HDD',
    of: ({ inventory }) => distinct((inventory?.disks ?? []).map((disk) => disk.type)),
  },
  'disk.total': {
    type: 'bytes',
    help: 'room on all disks together',
    of: ({ inventory }) => inventory?.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0),
  },
  firmware: { type: 'version', help: 'firmware version', of: ({ inventory }) => orAbsent(inventory?.bios) },
  kernel: { type: 'version', help: 'release of the kernel', of: ({ inventory }) => orAbsent(inventory?.os.kernel) },
  distribution: { type: 'text', help: 'the system', of: ({ inventory }) => orAbsent(inventory?.os.distro) },
  failures: {
    type: 'number',
    isIdentity: true,
    help: 'workloads that failed on it since the last run there that went well, 16 at most',
    of: ({ trouble }) => trouble?.failures.length ?? 0,
  },
  hostname: { type: 'text', isIdentity: true, help: 'host name', of: (machine) => orAbsent(machine.hostname) },
  machine: { type: 'text', isIdentity: true, help: "the machine's identifier", of: (machine) => machine.id },
} as const satisfies Readonly<Record<string, Attribute>>

export type AttributeName = keyof typeof attributes

const names: ReadonlySet<string> = new Set(Object.keys(attributes))
export const isAttribute = (name: string): name is AttributeName => names.has(name)

/** Labels are asked for as `label.key`; they compare as versions do, so that numbers in them count. */
export const LABEL_PREFIX = 'label.'

/** What a test looks at. */
export type Subject = { readonly label: string } | { readonly attribute: AttributeName }

export const typeOf = (subject: Subject): AttributeType =>
  'label' in subject ? 'version' : attributes[subject.attribute].type

export const valueOf = (subject: Subject, facts: MachineFacts): AttributeValue =>
  'label' in subject ? facts.labels[subject.label] : attributes[subject.attribute].of(facts)

export const isIdentity = (subject: Subject): boolean =>
  'attribute' in subject && 'isIdentity' in attributes[subject.attribute]

/** All that machines of one kind have alike, save labels and what tells of a single machine. */
export const KIND_ATTRIBUTES: readonly AttributeName[] = Object.keys(attributes).filter(
  (name): name is AttributeName => isAttribute(name) && !('isIdentity' in attributes[name]),
)
