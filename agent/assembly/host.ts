import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import process from 'node:process'
import { createSocket } from 'node:dgram'
import type { MachineId } from '../../shared/model/ids.ts'
import type { Inventory } from '../../shared/model/inventory.ts'
import type { AgentOptions } from '../options.ts'
import { type CgroupHost, findCgroupHost } from '../runtime/cgroup.ts'
import type { HostFacts } from '../runtime/types.ts'

/** Tenants on one machine have numbers up to this. */
const TENANTS_MAX = 65_535
const DEVICE_GROUPS: ReadonlySet<string> = new Set(['video', 'render'])

/** What is true of this machine, found once at start. */
export type Host = {
  readonly facts: HostFacts
  readonly cgroup: CgroupHost
  readonly bootId: string
  /** Uids that only tenants have; null where tasks run as the agent's user. */
  readonly tenantUids: { readonly first: number; readonly last: number } | null
}

export function findHost(options: AgentOptions, machine: MachineId): Host {
  const root = process.geteuid?.() === 0
  const cgroup: CgroupHost = root
    ? findCgroupHost(`billet-${machine}`)
    : { kind: 'absent', reason: 'the agent is not root' }
  return {
    facts: {
      root,
      cgroupRoot: cgroup.kind === 'usable' ? cgroup.root : null,
      controllers: cgroup.kind === 'usable' ? cgroup.controllers : [],
      deviceGroups: deviceGroups(),
      // It takes a machine that starts from a fresh image after each tenant: nothing less undoes what root can do.
      rootTasksAllowed: false,
      paths: { state: options.stateDir, scratch: options.scratchDir, run: options.runDir },
    },
    cgroup,
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    tenantUids: root ? { first: options.uidBase + 1, last: options.uidBase + TENANTS_MAX } : null,
  }
}

/** Groups that open a machine's GPUs. */
function deviceGroups(): number[] {
  try {
    return readFileSync('/etc/group', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .filter(([name = '']) => DEVICE_GROUPS.has(name))
      .map((fields) => Number(fields[2]))
      .filter((gid) => Number.isSafeInteger(gid) && gid > 0)
  } catch {
    return []
  }
}

/** A machine must be recognised: where its hardware says nothing, by what its installation says. */
export function recognisable(inventory: Inventory): Inventory {
  const { uuid, serial, macs } = inventory.hardware
  if (uuid !== undefined || serial !== undefined || macs.length > 0) return inventory
  try {
    const id = readFileSync('/etc/machine-id', 'utf8').trim()
    const hash = createHash('sha256').update(`billet hardware ${id}`).digest('hex')
    const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`]
    const made = [...parts, hash.slice(20, 32)].join('-')
    return { ...inventory, hardware: { ...inventory.hardware, uuid: made } }
  } catch {
    return inventory
  }
}

/** The address of this machine on the way to another one; nothing is sent. Empty where there is no way. */
export function addressTowards(host: string): Promise<string> {
  const family = host.includes(':') ? 'udp6' : 'udp4'
  return new Promise((resolve) => {
    const socket = createSocket(family)
    const done = (address: string): void => {
      socket.close(() => resolve(address))
    }
    socket.once('error', () => done(firstAddress()))
    socket.connect(9, host, () => done(socket.address().address))
  })
}

function firstAddress(): string {
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { address, internal } of addresses ?? []) if (!internal && !address.startsWith('fe80')) return address
  }
  return ''
}
