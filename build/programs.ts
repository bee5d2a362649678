import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { partsPlugin } from './parts.ts'
import { root } from './tools.ts'

export type Program = {
  readonly name: 'billet' | 'billet-agent'
  readonly entry: string
  /** Baked into the executable; NODE_OPTIONS of whoever starts it changes nothing. */
  readonly flags: readonly string[]
  /** Whether names and lines give way to memory, for the script that stays in it. */
  readonly minify: boolean
  /** Whether it calls libraries of the machine, and needs what does that beside its script. */
  readonly callsLibraries: boolean
}

/** What goes into an executable. */
export type Bundle = {
  readonly script: Buffer
  /** The files that the script is made of, from the root. */
  readonly sources: readonly string[]
  /** Scripts that are read only when they are asked for, by the path of their source. */
  readonly parts: ReadonlyMap<string, Buffer>
  /** Where each place of a minified script comes from; build/places.ts reads it. */
  readonly map: Buffer | undefined
}

export const programs: readonly Program[] = [
  { name: 'billet', entry: 'bin/billet.ts', flags: [], minify: false, callsLibraries: false },
  {
    name: 'billet-agent',
    entry: 'bin/billet-agent.ts',
    flags: [
      // No compilers: an agent waits, and what it does is system calls. See docs/decisions/0014.
      '--jitless',
      '--optimize-for-size',
      '--max-semi-space-size=1',
      // Ten times what it needs: a leak ends the agent, which starts again, and not the tenant's memory.
      '--max-old-space-size=128',
      // For the collection after the start, see agent/trim.ts; it also lets go of functions that ran only then.
      '--expose-gc',
      '--bytecode-old-age=1',
      // Each thread has memory of its own, and there is next to nothing to do in the background.
      '--v8-pool-size=1',
      // It believes its coordinator alone, so the 150 authorities inside Node need not be read.
      '--use-openssl-ca',
    ],
    minify: true,
    callsLibraries: true,
  },
]

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return ''
  }
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) {
    throw new Error('package.json names no version')
  }
  return String(manifest.version)
}

export async function bundle({ name, entry, minify }: Program): Promise<Bundle> {
  const parts = new Map<string, Buffer>()
  const wanted: string[] = []
  const main = await scriptOf({ entry, minify, outfile: `${name}.cjs` }, (part) => wanted.push(part))
  for (let part = wanted.pop(); part !== undefined; part = wanted.pop()) {
    if (parts.has(part)) continue
    const { script } = await scriptOf({ entry: part, minify: false, outfile: 'part.cjs' }, (one) => wanted.push(one))
    parts.set(part, script)
  }
  return { ...main, parts }
}

type ScriptOptions = { readonly entry: string; readonly minify: boolean; readonly outfile: string }

/** One CommonJS script: what a single executable runs. */
async function scriptOf({ entry, minify, outfile }: ScriptOptions, onPart: (part: string) => void) {
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify,
    sourcemap: minify ? 'external' : false,
    sourcesContent: false,
    // One character beyond Latin-1 would make V8 keep the whole script in two bytes each.
    charset: 'ascii',
    legalComments: 'eof',
    define: { BILLET_VERSION: JSON.stringify(version()), BILLET_COMMIT: JSON.stringify(commit()) },
    logLevel: 'silent',
    plugins: [partsPlugin(onPart)],
  })
  // Ours must be clean (import.meta, for one, is empty inside an executable); packages guard what they may not find.
  const ours = result.warnings.filter((warning) => warning.location?.file.startsWith('node_modules/') !== true)
  if (ours.length > 0) {
    const lines = await esbuild.formatMessages(ours, { kind: 'warning' })
    throw new Error(`bundling ${entry}:\n${lines.join('')}`)
  }
  const [script, map] = ['.cjs', '.map'].map((ending) => result.outputFiles.find(({ path }) => path.endsWith(ending)))
  if (script === undefined) throw new Error(`bundling ${entry} gave nothing`)
  const used = Object.values(result.metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs))
  const sources = used.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path)
  return { script: Buffer.from(script.contents), sources, map: map && Buffer.from(map.contents) }
}

export function digest(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest('hex')
}
