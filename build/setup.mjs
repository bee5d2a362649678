// Installs the packages when they differ from the lock file. Runs on whatever Node the machine has (20 or later),
// before any package is there; everything else runs on the Node that this installs.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')

function lockedPackages(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')).packages
  } catch {
    return undefined
  }
}

// npm keeps its own record of what lies in node_modules: comparing with that, and not with times, spares a
// reinstallation after `npm install`, a fresh checkout of another branch, or a copied tree.
function firstDifference() {
  const wanted = lockedPackages('package-lock.json') ?? {}
  const installed = lockedPackages('node_modules/.package-lock.json')
  if (installed === undefined) return 'nothing is installed'
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || (entry.optional === true && installed[path] === undefined)) continue
    const isThere = installed[path]?.integrity === entry.integrity && existsSync(join(root, path))
    if (!isThere) return `${path} is missing or another version`
  }
  const extra = Object.keys(installed).find((path) => wanted[path] === undefined)
  if (extra !== undefined) return `${extra} is no longer wanted`
  return existsSync(join(root, 'node_modules/.bin/node')) ? undefined : 'the pinned Node is missing'
}

const difference = firstDifference()
if (difference !== undefined) {
  process.stdout.write(`setup: installing packages (${difference})\n`)
  // Not `npm ci`: it refuses a lock file without the packages for systems that are not ours, and not every registry
  // has those. What is installed is compared with the lock file's hashes below instead.
  const options = ['--no-save', '--prefer-offline', '--loglevel=error']
  const { status } = spawnSync('npm', ['install', ...options], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
  const remaining = firstDifference()
  if (remaining !== undefined) {
    process.stderr.write(
      `setup: still wrong after npm install: ${remaining}. The pinned Node exists for linux on x64 and arm64, ` +
        `this is ${process.platform} on ${process.arch}.\n`,
    )
    process.exit(1)
  }
}
