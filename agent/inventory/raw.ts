import * as v from 'valibot'

/*
 * What the collectors of facts answer, checked where it enters. They differ between versions and machines, so that
 * no fact is demanded: one that is missing or of another type is empty or zero, and only that one.
 */

const CHARACTERS_MAX = 128
const PARTS_MAX = 1024

/** Printable, trimmed and bounded. */
export function bounded(text: string): string {
  return text
    .replace(/[^\x20-\x7e\u00a0-\uffff]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, CHARACTERS_MAX)
    .trim()
}

const text = v.optional(v.fallback(v.pipe(v.string(), v.transform(bounded)), ''), '')
const count = v.optional(
  v.fallback(
    v.pipe(
      v.number(),
      v.check((value) => value >= 0 && value <= Number.MAX_SAFE_INTEGER, 'expected a count'),
      v.transform(Math.round),
    ),
    0,
  ),
  0,
)
const flag = v.optional(v.fallback(v.boolean(), false), false)

/** Members that are no objects are left out. */
function parts<Schema extends v.GenericSchema>(schema: Schema) {
  return v.optional(
    v.fallback(
      v.pipe(
        v.array(v.unknown()),
        v.transform((members) =>
          members.slice(0, PARTS_MAX).flatMap((member) => {
            const parsed = v.safeParse(schema, member)
            return parsed.success ? [parsed.output] : []
          }),
        ),
      ),
      [],
    ),
    [],
  )
}

const part = <Entries extends v.ObjectEntries>(entries: Entries) => v.object(entries)
const systemPart = part({ manufacturer: text, model: text, serial: text, uuid: text })
const baseboardPart = part({ manufacturer: text, model: text, serial: text })
const biosPart = part({ vendor: text, version: text, releaseDate: text })
const cpuPart = part({ manufacturer: text, brand: text, cores: count, physicalCores: count, processors: count })
const osPart = part({ distro: text, release: text, kernel: text, hostname: text })
const uuidPart = part({ hardware: text })
const modulePart = part({
  bank: text,
  size: count,
  type: text,
  clockSpeed: count,
  manufacturer: text,
  serialNum: text,
})
const diskPart = part({
  device: text,
  name: text,
  vendor: text,
  size: count,
  type: text,
  interfaceType: text,
  serialNum: text,
  firmwareRevision: text,
})
const interfacePart = part({ iface: text, mac: text, internal: flag, virtual: flag })
/** An interface as /sys shows it, and with its addresses. */
const devicePart = part({
  device: text,
  mac: text,
  speedMbps: v.optional(count),
  kind: v.optional(v.picklist(['ethernet', 'infiniband', 'roce'])),
  addresses: parts(v.pipe(v.string(), v.transform(bounded))),
})
/** A disk as /sys shows it. */
const blockPart = part({ device: text, sizeBytes: count, model: text, serial: text, rotational: flag })
const gpuPart = part({ index: count, uuid: text, model: text, memoryMebibytes: count, serial: text, driver: text })

export const rawInventorySchema = v.object({
  system: v.fallback(systemPart, v.parse(systemPart, {})),
  baseboard: v.fallback(baseboardPart, v.parse(baseboardPart, {})),
  bios: v.fallback(biosPart, v.parse(biosPart, {})),
  cpu: v.fallback(cpuPart, v.parse(cpuPart, {})),
  os: v.fallback(osPart, v.parse(osPart, {})),
  uuid: v.fallback(uuidPart, v.parse(uuidPart, {})),
  memoryModules: parts(modulePart),
  disks: parts(diskPart),
  interfaces: parts(interfacePart),
  networkDevices: parts(devicePart),
  blockDevices: parts(blockPart),
  gpus: parts(gpuPart),
  memoryBytes: count,
  threads: count,
  hostname: text,
  architecture: v.picklist(['x64', 'arm64'], 'architecture: expected x64 or arm64'),
})

export type RawInventory = v.InferOutput<typeof rawInventorySchema>
