import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { root } from './tools.ts'

export type Program = {
  readonly name: 'billet' | 'billet-agent'
  readonly entry: string
  /** Baked into the executable; NODE_OPTIONS of whoever starts it changes nothing. */
  readonly flags: readonly string[]
}

export const programs: readonly Program[] = [
  { name: 'billet', entry: 'bin/billet.ts', flags: [] },
  {
    name: 'billet-agent',
    entry: 'bin/billet-agent.ts',
    flags: [
      // Smaller code and young generation: about 4 MB less resident, at no cost that an idle agent would notice.
      '--optimize-for-size',
      '--max-semi-space-size=1',
      // Ten times what it needs: a leak ends the agent, which starts again, and not the tenant's memory.
      '--max-old-space-size=128',
    ],
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

/** @returns one CommonJS script: what a single executable runs. Names and lines stay, for stack traces. */
export async function bundle(program: Program): Promise<Buffer> {
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [program.entry],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    // One character beyond Latin-1 would make V8 keep the whole script in two bytes each: 3 MB more per process.
    charset: 'ascii',
    legalComments: 'eof',
    define: { BILLET_VERSION: JSON.stringify(version()), BILLET_COMMIT: JSON.stringify(commit()) },
    logLevel: 'silent',
  })
  // Ours must be clean (import.meta, for one, is empty inside an executable); packages guard what they may not find.
  const ours = result.warnings.filter((warning) => warning.location?.file.startsWith('node_modules/') !== true)
  if (ours.length > 0) {
    const lines = await esbuild.formatMessages(ours, { kind: 'warning' })
    throw new Error(`bundling ${program.entry}:\n${lines.join('')}`)
  }
  const output = result.outputFiles[0]
  if (output === undefined) throw new Error(`bundling ${program.entry} gave nothing`)
  return Buffer.from(output.contents)
}

export function digest(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest('hex')
}
