/** What BMCs do otherwise than Redfish says, by whose they are. What every BMC may do is in the plan itself. */

export const vendors = ['dell', 'hpe', 'supermicro', 'lenovo', 'openbmc', 'sushy', 'standard'] as const
export type Vendor = (typeof vendors)[number]

export type Quirks = {
  /** Values of BootSourceOverrideTarget that start by network, the best first. */
  readonly networkTargets: readonly string[]
  /** It falls back to another mode of boot where BootSourceOverrideMode is not said each time. */
  readonly repeatsBootMode: boolean
  /** It refuses the target None: what is taken back keeps its target. */
  readonly keepsTarget: boolean
  /** It refuses changes without If-Match. */
  readonly wantsEtag: boolean
  /** The settings object beside the system takes no boot override, although it shows one. */
  readonly ignoresSettings: boolean
  /** After it has said that the machine is off, so long until it takes an order to switch it on, in milliseconds. */
  readonly restMs: number
  /** Its POST may answer before the state follows; so long until an order may be taken for lost, in milliseconds. */
  readonly settleMs: number
}

const standard: Quirks = {
  networkTargets: ['Pxe', 'UefiHttp'],
  repeatsBootMode: false,
  keepsTarget: false,
  wantsEtag: false,
  ignoresSettings: false,
  restMs: 3000,
  settleMs: 30_000,
}

export const quirks: Readonly<Record<Vendor, Quirks>> = {
  standard,
  dell: { ...standard, ignoresSettings: true, restMs: 5000 },
  hpe: { ...standard, keepsTarget: true, settleMs: 60_000 },
  supermicro: { ...standard, repeatsBootMode: true, restMs: 5000 },
  lenovo: { ...standard, wantsEtag: true },
  openbmc: standard,
  sushy: { ...standard, restMs: 500 },
}

/** What a BMC and its system say of who made them. */
type Makers = {
  readonly vendor: string
  readonly oem: readonly string[]
  readonly serviceId: string
  readonly manufacturer: string
  readonly systemPath: string
}

const NAMES: readonly (readonly [RegExp, Vendor])[] = [
  [/^dell/i, 'dell'],
  [/^(?:hpe?|hewlett.*)$/i, 'hpe'],
  [/^super ?micro/i, 'supermicro'],
  [/^lenovo/i, 'lenovo'],
  [/^openbmc/i, 'openbmc'],
]

/** The BMC's own word first; what is built into a machine of another maker is that other's BMC. */
export function vendorOf({ vendor, oem, serviceId, manufacturer, systemPath }: Makers): Vendor {
  if (/^redvirt/i.test(serviceId) || /sushy/i.test(manufacturer)) return 'sushy'
  for (const name of [vendor, ...oem]) {
    const known = NAMES.find(([pattern]) => pattern.test(name))
    if (known !== undefined) return known[1]
  }
  if (systemPath.endsWith('/Systems/system')) return 'openbmc'
  return NAMES.find(([pattern]) => pattern.test(manufacturer))?.[1] ?? 'standard'
}
