import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import process from 'node:process'
import type { Baseline } from './baseline.ts'

/** Files that decide who may do what on the machine, and what runs on it. A directory stands for its files. */
const FILES = [
  '/etc/passwd',
  '/etc/shadow',
  '/etc/group',
  '/etc/gshadow',
  '/etc/subuid',
  '/etc/subgid',
  '/etc/sudoers',
  '/etc/sudoers.d',
  '/etc/pam.d',
  '/etc/ssh/sshd_config',
  '/etc/ssh/sshd_config.d',
  '/root/.ssh/authorized_keys',
  '/root/.profile',
  '/root/.bashrc',
  '/etc/profile',
  '/etc/profile.d',
  '/etc/bash.bashrc',
  '/etc/environment',
  '/etc/ld.so.preload',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/rc.local',
  '/etc/crontab',
  '/etc/cron.d',
  '/etc/cron.hourly',
  '/etc/cron.daily',
  '/etc/cron.weekly',
  '/etc/cron.monthly',
  '/etc/systemd/system',
  '/etc/udev/rules.d',
  '/etc/modprobe.d',
  '/etc/modules-load.d',
  '/etc/sysctl.conf',
  '/etc/sysctl.d',
  '/etc/default/grub',
  '/boot',
  '/boot/grub',
  '/boot/grub2',
  '/boot/loader/entries',
  '/proc/cmdline',
  '/etc/billet',
] as const

/** Where a machine's own setuid programs are. Elsewhere only root could have put one. */
const PROGRAMS = [
  '/bin',
  '/sbin',
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/libexec',
] as const

const SYSCTLS = [
  'kernel/core_pattern',
  'kernel/dmesg_restrict',
  'kernel/kptr_restrict',
  'kernel/modprobe',
  'kernel/modules_disabled',
  'kernel/perf_event_paranoid',
  'kernel/randomize_va_space',
  'kernel/sysrq',
  'kernel/unprivileged_bpf_disabled',
  'kernel/yama/ptrace_scope',
  'fs/protected_fifos',
  'fs/protected_hardlinks',
  'fs/protected_regular',
  'fs/protected_symlinks',
  'fs/suid_dumpable',
  'net/ipv4/ip_forward',
  'net/ipv6/conf/all/forwarding',
  'vm/mmap_min_addr',
  'vm/overcommit_memory',
] as const

const SETUID_OR_SETGID = 0o6000
const PIECE_BYTES = 64 * 1024

/** Hashes of files that were read before, so that one that did not change since is not read again. */
export class BaselineReader {
  readonly #hashes = new Map<string, { readonly seen: string; readonly hash: string }>()
  /** One for all that is read: hundreds of megabytes in pieces of their own would stay for long after. */
  readonly #piece = Buffer.allocUnsafe(PIECE_BYTES)
  readonly #root: string
  readonly #program: string
  #programAtFirst: string | null = null

  /**
   * @param root stands for `/`, for a machine that is looked at from outside.
   * @param program the agent's own.
   */
  constructor(root = '', program = process.execPath) {
    this.#root = root
    this.#program = program
  }

  /** Looks at all that a tenant must not have changed. */
  async read(): Promise<Baseline> {
    return {
      file: await this.#files(),
      setuid: this.#setuid(),
      sysctl: this.#sysctls(),
      module: named(this.#text('/proc/modules').split('\n'), (line) => line.split(' ')[0]),
      listener: named(this.#listeners(), (one) => one),
      mount: named(this.#text('/proc/self/mountinfo').split('\n'), mountOf),
    }
  }

  async #files(): Promise<Readonly<Record<string, string>>> {
    const found: Record<string, string> = {}
    for (const path of FILES.flatMap((one) => this.#filesAt(one))) {
      const hash = await this.#hash(path)
      if (hash !== null) found[path] = hash
    }
    const own = await this.#own()
    if (own !== null) found[this.#program] = own
    return found
  }

  /**
   * Of the agent's own program: that it is the one which runs here, whichever that is. An agent that was replaced, and
   * began anew, is no difference; a program that was put in the place of one that runs is.
   */
  async #own(): Promise<string | null> {
    const hash = await this.#hash(this.#program)
    if (hash === null) return null
    this.#programAtFirst ??= hash
    if (hash !== this.#programAtFirst || !isWhatRuns(this.#program)) return hash
    return hash.replace(/^\w+/, 'as it runs')
  }

  #filesAt(path: string): readonly string[] {
    try {
      const entries = readdirSync(this.#root + path, { withFileTypes: true })
      return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => `${path}/${name}`)
    } catch {
      return [path]
    }
  }

  /** Content, owner and mode; null where there is no such file. */
  async #hash(path: string): Promise<string | null> {
    const real = path === this.#program ? path : this.#root + path
    const seen = statSync(real, { throwIfNoEntry: false, bigint: true })
    if (seen === undefined || !seen.isFile()) return null
    // No one can set ctime: a file that is the same by it has not been written since.
    const signature = [seen.dev, seen.ino, seen.size, seen.mtimeNs, seen.ctimeNs, seen.mode, seen.uid, seen.gid].join()
    const known = this.#hashes.get(path)
    if (known?.seen === signature && !path.startsWith('/proc/')) return known.hash
    const hash = `${await this.#digest(real)} ${seen.uid}:${seen.gid} ${seen.mode.toString(8)}`
    this.#hashes.set(path, { seen: signature, hash })
    return hash
  }

  async #digest(path: string): Promise<string> {
    const content = createHash('sha256')
    await using file = await open(path)
    for (;;) {
      const { bytesRead } = await file.read(this.#piece)
      if (bytesRead === 0) return content.digest('hex')
      content.update(this.#piece.subarray(0, bytesRead))
    }
  }

  #setuid(): Readonly<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const directory of PROGRAMS) {
      for (const path of this.#filesAt(directory)) {
        const seen = statSync(this.#root + path, { throwIfNoEntry: false })
        if (seen === undefined || !seen.isFile() || (seen.mode & SETUID_OR_SETGID) === 0) continue
        found[path] = `${seen.uid}:${seen.gid} ${seen.mode.toString(8)} ${seen.size} ${seen.ino} ${seen.ctimeMs}`
      }
    }
    return found
  }

  #sysctls(): Readonly<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const key of SYSCTLS) {
      const value = this.#text(`/proc/sys/${key}`).trim()
      if (value !== '') found[key.replaceAll('/', '.')] = value
    }
    return found
  }

  #listeners(): readonly string[] {
    return LISTENING.flatMap(({ file, state }) =>
      this.#text(`/proc/net/${file}`)
        .split('\n')
        .slice(1)
        .flatMap((line) => {
          const [, local, , found] = line.trim().split(/\s+/)
          const port = Number.parseInt(local?.split(':')[1] ?? '', 16)
          return found === state && port > 0 ? `${file} ${local?.split(':')[0]} port ${port}` : []
        }),
    )
  }

  #text(path: string): string {
    try {
      return readFileSync(this.#root + path, 'utf8')
    } catch {
      return ''
    }
  }
}

/** Sockets that others can send to first. A bound UDP socket listens by being there. */
const LISTENING = [
  { file: 'tcp', state: '0A' },
  { file: 'tcp6', state: '0A' },
  { file: 'udp', state: '07' },
  { file: 'udp6', state: '07' },
] as const

function named(lines: readonly string[], nameOf: (line: string) => string | undefined): Record<string, string> {
  const names = lines.flatMap((line) => nameOf(line) ?? []).filter((name) => name !== '')
  return Object.fromEntries(names.map((name) => [name, 'there']))
}

/** "<mount point> <type> <source>" of a line of mountinfo. */
function mountOf(line: string): string | undefined {
  const fields = line.split(' ')
  const dash = fields.indexOf('-')
  const [point, type, source] = [fields[4], fields[dash + 1], fields[dash + 2]]
  return point === undefined || dash < 0 ? undefined : `${point} ${type} ${source}`
}

/** Whether the file of a program is the very one that this process runs from. */
function isWhatRuns(path: string): boolean {
  const [there, running] = [path, '/proc/self/exe'].map((one) => {
    const seen = statSync(one, { throwIfNoEntry: false, bigint: true })
    return `${seen?.dev} ${seen?.ino}`
  })
  return there === running
}
