import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'

/** What is known of a cgroup v2 subtree; `reason` says why there is none. */
export type CgroupHost =
  | { readonly kind: 'usable'; readonly root: string; readonly controllers: readonly string[] }
  | { readonly kind: 'absent'; readonly reason: string }

const CONTROLLERS = ['memory', 'cpu', 'pids'] as const

function words(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split(/\s+/)
      .filter((word) => word !== '')
  } catch {
    return []
  }
}

/** Where cgroup v2 is mounted, hybrid hierarchies included; null: nowhere. */
export function cgroupMount(mounts: string): string | null {
  for (const line of mounts.split('\n')) {
    const [, path, type] = line.split(' ')
    if (type === 'cgroup2' && path !== undefined) return path
  }
  return null
}

function delegate(parent: string): void {
  for (const controller of CONTROLLERS) {
    if (!words(`${parent}/cgroup.controllers`).includes(controller)) continue
    try {
      writeFileSync(`${parent}/cgroup.subtree_control`, `+${controller}`)
    } catch {
      // A controller that cannot be handed down shows up as a limit not enforced, with its reason.
    }
  }
}

/**
 * Makes `<mount>/<name>` and hands it what controllers there are.
 *
 * @param name of the subtree; one agent's alone.
 */
export function findCgroupHost(name: string, mountsPath = '/proc/self/mounts'): CgroupHost {
  const mount = cgroupMount(readFileSync(mountsPath, 'utf8'))
  if (mount === null) return { kind: 'absent', reason: 'cgroup v2 is not mounted' }
  const root = `${mount}/${name}`
  try {
    delegate(mount)
    // Not with all that lead to it: where the mount is covered, Node would look for a parent that it can make for ever.
    if (!existsSync(root)) mkdirSync(root)
    delegate(root)
    accessSync(`${root}/cgroup.procs`, constants.W_OK)
  } catch (error) {
    return { kind: 'absent', reason: `${root} cannot be used: ${error instanceof Error ? error.message : 'unknown'}` }
  }
  return { kind: 'usable', root, controllers: words(`${root}/cgroup.subtree_control`) }
}

function subgroups(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${path}/${entry.name}`)
  } catch {
    return []
  }
}

/** Every process in the cgroup and below it. A process of another pid namespace reads as 0 and is left out. */
export function cgroupMembers(path: string): number[] {
  const own = words(`${path}/cgroup.procs`).map(Number)
  return [...own, ...subgroups(path).flatMap(cgroupMembers)].filter((pid) => pid > 0)
}

/** Kills all in the cgroup at once, so that no fork escapes. False: this kernel cannot (before 5.14). */
export function killCgroup(path: string): boolean {
  if (!existsSync(`${path}/cgroup.kill`)) return false
  try {
    writeFileSync(`${path}/cgroup.kill`, '1')
    return true
  } catch {
    return false
  }
}

/** Removes the cgroup and those below it; throws while a process is in one of them. */
export function removeCgroup(path: string): void {
  if (!existsSync(path)) return
  for (const child of subgroups(path)) removeCgroup(child)
  rmdirSync(path)
}

export function oomKilled(path: string | null): boolean {
  if (path === null) return false
  try {
    const match = /^oom_kill (\d+)$/m.exec(readFileSync(`${path}/memory.events`, 'utf8'))
    return match?.[1] !== undefined && match[1] !== '0'
  } catch {
    return false
  }
}
