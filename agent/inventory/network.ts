import { existsSync } from 'node:fs'
import type { NetworkInterfaceInfo } from 'node:os'
import type { NetworkKind } from '../../shared/model/inventory.ts'
import { firstLine, namesIn } from './sysfs.ts'

export type NetworkDevice = {
  readonly device: string
  readonly mac: string
  readonly speedMbps?: number
  readonly kind: NetworkKind
  readonly addresses: readonly string[]
}

type Addresses = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

export const physicalDevices = (sys: string): readonly string[] =>
  namesIn(`${sys}/class/net`).filter((device) => existsSync(`${sys}/class/net/${device}/device`))

/** IPv4 addresses; where there are none, IPv6 addresses that reach beyond the link. */
export function addressesOf(device: string, addresses: Addresses): readonly string[] {
  const all = addresses[device] ?? []
  const four = all.filter((entry) => entry.family === 'IPv4')
  const six = all.filter((entry) => entry.family === 'IPv6' && entry.scopeid === 0)
  return (four.length > 0 ? four : six).map((entry) => entry.address)
}

const INFINIBAND = '32'

function kindOf(directory: string): NetworkKind {
  if (firstLine(`${directory}/type`) === INFINIBAND) return 'infiniband'
  return existsSync(`${directory}/device/infiniband`) ? 'roce' : 'ethernet'
}

/** Interfaces with hardware behind them, with the address that each was made with. */
export function networkDevices(sys: string, addresses: Addresses): readonly NetworkDevice[] {
  return physicalDevices(sys).map((device) => {
    const directory = `${sys}/class/net/${device}`
    // All members of a bond show the address of the bond.
    const own = firstLine(`${directory}/bonding_slave/perm_hwaddr`)
    const speed = Number(firstLine(`${directory}/speed`))
    const isKnown = Number.isInteger(speed) && speed > 0
    return {
      device,
      mac: own === '' ? firstLine(`${directory}/address`) : own,
      ...(isKnown ? { speedMbps: speed } : {}),
      kind: kindOf(directory),
      addresses: addressesOf(device, addresses),
    }
  })
}
