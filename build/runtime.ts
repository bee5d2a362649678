import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { root } from './tools.ts'

export type Architecture = 'x64' | 'arm64'

export function hostArchitecture(): Architecture {
  if (process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')) return process.arch
  throw new Error(`binaries are built on linux, on x64 or arm64; this is ${process.platform} on ${process.arch}`)
}

const cache = join(root, '.cache', 'runtime')

/** What the lock file says of a package: its version, and the hash that its tarball must have. */
function locked(name: string): { version: string; integrity: string } {
  const lock: unknown = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const entry = member(member(lock, 'packages'), `node_modules/${name}`)
  return { version: String(member(entry, 'version')), integrity: String(member(entry, 'integrity')) }
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) throw new Error(`package-lock.json: no ${key}`)
  const found = new Map<string, unknown>(Object.entries(value)).get(key)
  if (found === undefined) throw new Error(`package-lock.json: no ${key}`)
  return found
}

/** Fetches a file of the other architecture's package through npm, which will not install it here. */
function fetch(name: string, file: string, work: string): string {
  const { version, integrity } = locked(name)
  execFileSync('npm', ['pack', '--silent', '--pack-destination', work, `${name}@${version}`], {
    cwd: work,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const tarball = join(work, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
  const actual = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
  if (actual !== integrity) throw new Error(`${name}@${version} is ${actual}, package-lock.json wants ${integrity}`)
  execFileSync('tar', ['-xzf', tarball, '-C', work, `package/${file}`])
  return join(work, 'package', file)
}

function strip(path: string, architecture: Architecture): boolean {
  const triple = { x64: 'x86_64-linux-gnu-strip', arm64: 'aarch64-linux-gnu-strip' }[architecture]
  const tools = architecture === hostArchitecture() ? ['strip', triple, 'llvm-strip'] : [triple, 'llvm-strip']
  return tools.some((tool) => spawnSync(tool, [path], { stdio: 'ignore' }).status === 0)
}

/**
 * The pinned Node for an architecture, stripped (17 % smaller) where a tool for that is there.
 * Stripping comes before injecting: afterwards it would cut the program off.
 *
 * @returns the path of a file that must not be changed.
 */
export function runtime(architecture: Architecture, note: (text: string) => void): string {
  const name = `node-linux-${architecture}`
  const { version, integrity } = locked(name)
  const mark = createHash('sha256').update(integrity).digest('hex').slice(0, 12)
  const kept = join(cache, `${name}-${version}-${mark}`)
  if (existsSync(`${kept}.stripped`)) return `${kept}.stripped`
  mkdirSync(cache, { recursive: true })
  const work = mkdtempSync(join(cache, 'work-'))
  try {
    const installed = join(root, 'node_modules', name, 'bin', 'node')
    const source = [kept, installed].find((path) => existsSync(path)) ?? fetch(name, 'bin/node', work)
    const copy = join(work, 'node')
    copyFileSync(source, copy)
    const stripped = strip(copy, architecture)
    if (!stripped) note(`${name}: no strip for ${architecture} here (binutils or llvm), the binaries stay larger`)
    const result = stripped ? `${kept}.stripped` : kept
    renameSync(copy, result)
    return result
  } finally {
    rmSync(work, { recursive: true })
  }
}

/** The part of koffi that is no script, which only an architecture's own package has. Returns the path of a file. */
export function koffiAddon(architecture: Architecture): string {
  const name = `@koromix/koffi-linux-${architecture}`
  const file = `linux_${architecture}/koffi.node`
  const installed = join(root, 'node_modules', name, file)
  if (existsSync(installed)) return installed
  const { version, integrity } = locked(name)
  const mark = createHash('sha256').update(integrity).digest('hex').slice(0, 12)
  const kept = join(cache, `koffi-${architecture}-${version}-${mark}.node`)
  if (existsSync(kept)) return kept
  mkdirSync(cache, { recursive: true })
  const work = mkdtempSync(join(cache, 'work-'))
  try {
    renameSync(fetch(name, file, work), kept)
    return kept
  } finally {
    rmSync(work, { recursive: true })
  }
}
