/**
 * The single executables: for each program one bundled script inside the pinned Node.
 *
 * dist/linux-<arch>/<program> for every architecture asked for, and dist/<program> for this machine's own.
 * What did not change is not made again: bundling is quick, and its result with all else that goes in is the key.
 */
import { execFile } from 'node:child_process'
import * as fs from 'node:fs'
import { dirname, join, relative } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { type Bundle, type Program, bundle, digest, programs } from './programs.ts'
import { type Architecture, hostArchitecture, koffiAddon, runtime } from './runtime.ts'
import { root } from './tools.ts'

const run = promisify(execFile)

/** By this name the program asks for it: agent/telemetry/reader/koffi.ts. */
const ADDON = 'koffi.node'
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

function say(text: string): void {
  process.stdout.write(`build: ${text}\n`)
}

function architecturesOf(word: string): readonly Architecture[] {
  const host = hostArchitecture()
  if (word === 'native') return [host]
  if (word === 'x64' || word === 'arm64') return [word]
  if (word === 'all') return host === 'x64' ? ['x64', 'arm64'] : ['arm64', 'x64']
  throw new Error(`ARCH must be all, native, x64 or arm64, got ${JSON.stringify(word)}`)
}

function unchanged(keyPath: string, key: string, binary: string): boolean {
  return fs.existsSync(binary) && fs.existsSync(keyPath) && fs.readFileSync(keyPath, 'utf8') === key
}

/** Puts a finished file in place at once: a program that runs from the old one keeps it. */
function place(from: string, to: string): void {
  fs.mkdirSync(dirname(to), { recursive: true })
  fs.renameSync(from, to)
}

type Ingredients = { readonly bundled: Bundle; readonly node: string; readonly addon: Buffer | undefined }

async function inject(program: Program, made: Ingredients, native: boolean, work: string): Promise<string> {
  const { bundled, node, addon } = made
  // Only names without folders: the blob keeps the script's path, and must not depend on where it was built.
  fs.writeFileSync(join(work, `${program.name}.cjs`), bundled.script)
  const assets = Object.fromEntries([...bundled.parts.keys()].map((part, index) => [part, `part-${index}.cjs`]))
  for (const [part, script] of bundled.parts) fs.writeFileSync(join(work, assets[part] ?? ''), script)
  if (addon !== undefined) {
    assets[ADDON] = ADDON
    fs.writeFileSync(join(work, ADDON), addon)
  }
  fs.writeFileSync(
    join(work, 'sea.json'),
    JSON.stringify({
      main: `${program.name}.cjs`,
      output: 'program.blob',
      disableExperimentalSEAWarning: true,
      execArgv: program.flags,
      execArgvExtension: 'none',
      // V8 takes a code cache only from its own architecture, and only if it was made under the same flags.
      useCodeCache: native,
      assets,
    }),
  )
  // The seed makes V8's code cache, and with it the binary, the same every time.
  await run(process.execPath, [...program.flags, '--random-seed=1', '--experimental-sea-config', 'sea.json'], {
    cwd: work,
  })
  const binary = join(work, program.name)
  fs.copyFileSync(node, binary, fs.constants.COPYFILE_FICLONE)
  fs.chmodSync(binary, 0o755)
  const postject = join(root, 'node_modules/.bin/postject')
  const blob = join(work, 'program.blob')
  await run(process.execPath, [postject, binary, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE])
  return binary
}

/** An executable that does not start is worse than a failed build. */
async function proveItStarts(binary: string): Promise<void> {
  const { stdout, stderr } = await run(binary, ['--version'], { timeout: 60_000 })
  if (stdout.trim() === '' || stderr !== '')
    throw new Error(`${binary} --version: ${JSON.stringify({ stdout, stderr })}`)
}

async function make(program: Program, architecture: Architecture, bundled: Bundle): Promise<void> {
  const native = architecture === hostArchitecture()
  const folder = join(root, 'dist', `linux-${architecture}`)
  const binary = join(folder, program.name)
  const node = runtime(architecture, say)
  const keyPath = join(root, '.cache', 'keys', `${program.name}-${architecture}`)
  const recipe = fs.readFileSync(import.meta.filename)
  const addon = program.callsLibraries ? fs.readFileSync(koffiAddon(architecture)) : undefined
  const contents = [bundled.script, ...[...bundled.parts].flat(), addon ?? '']
  const key = digest(...contents, node, recipe, process.version, ...program.flags)
  if (!unchanged(keyPath, key, binary)) {
    fs.mkdirSync(join(root, '.cache'), { recursive: true })
    const work = fs.mkdtempSync(join(root, '.cache', 'build-'))
    try {
      const made = await inject(program, { bundled, node, addon }, native, work)
      if (native) await proveItStarts(made)
      place(made, binary)
      fs.writeFileSync(join(work, 'key'), key)
      place(join(work, 'key'), keyPath)
    } finally {
      fs.rmSync(work, { recursive: true })
    }
    if (bundled.map !== undefined) fs.writeFileSync(`${binary}.map`, bundled.map)
    report(binary, bundled.script)
  }
  if (native) linkNative(binary, join(root, 'dist', program.name))
}

function linkNative(binary: string, name: string): void {
  if (fs.existsSync(name) && fs.statSync(name).ino === fs.statSync(binary).ino) return
  const temporary = `${name}.${process.pid}`
  fs.rmSync(temporary, { force: true })
  fs.linkSync(binary, temporary)
  fs.renameSync(temporary, name)
}

function report(binary: string, script: Buffer): void {
  const size = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
  say(`${relative(root, binary)} ${size(fs.statSync(binary).size)}, script ${size(script.length)}`)
}

/** @param word which architectures: all, native, x64 or arm64. */
export async function build(word: string): Promise<void> {
  const wanted = architecturesOf(word)
  const bundles = await Promise.all(programs.map(async (program) => ({ program, bundled: await bundle(program) })))
  for (const architecture of wanted) {
    await Promise.all(bundles.map(({ program, bundled }) => make(program, architecture, bundled)))
  }
}
