/**
 * Makes what is derived from proto/: the embedded descriptors, their types, and the snapshot that guards the wire; and
 * what is embedded of deploy/.
 *
 *   node build/generate.ts           writes them, unless the contract changed in a way that breaks its users
 *   node build/generate.ts --check   only says which are stale
 *
 * ACCEPT_BREAKING=1 lets a breaking change through: the contract is then a new one.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import process from 'node:process'
import { renderContract } from './contract.ts'
import { root, runTool } from './tools.ts'

const DESCRIPTORS = 'shared/wire/gen/descriptors.ts'
const CONTRACT = 'shared/wire/gen/contract.ts'
const TYPES = 'shared/wire/gen/types'
const SNAPSHOT = 'proto/snapshot.binpb'
const DEPLOYED = 'coordinator/boot/deployed.ts'

/** Path from the root of the checkout to content. */
type Files = ReadonlyMap<string, Buffer>

function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted()
}

function descriptorSet(): Buffer {
  return runTool('buf', ['build', '--exclude-source-info', '--as-file-descriptor-set', '-o', '-#format=binpb'])
}

function renderDescriptors(set: Buffer): Buffer {
  return Buffer.from(
    [
      '// Made by `make generate` from proto/. Do not edit.',
      '',
      '/** A google.protobuf.FileDescriptorSet in base64: every file of the contract, and those that they import. */',
      'export const descriptorSet =',
      `  '${set.toString('base64')}'`,
      '',
    ].join('\n'),
  )
}

/** What a coordinator hands out to servers. */
function renderDeployed(): Buffer {
  const exported = (name: string, path: string): string => {
    const text = readFileSync(join(root, path), 'utf8').replaceAll(/[\\`]|\$\{/g, String.raw`\$&`)
    return `/** ${path} */\nexport const ${name} = \`${text}\`\n`
  }
  const head = '// Made by `make generate` from deploy/. Do not edit.\n'
  const parts = [exported('installScript', 'deploy/install.sh'), exported('agentUnit', 'deploy/billet-agent.service')]
  return Buffer.from([head, ...parts].join('\n'))
}

function generateTypes(): Files {
  const folder = mkdtempSync(join(tmpdir(), 'billet-types-'))
  try {
    const options = ['--oneofs', '--defaults', '--longs=Number', '--keepCase', '--grpcLib=@grpc/grpc-js']
    const paths = ['--importFileExtension=.ts', '--includeDirs', 'proto', '--outDir', folder]
    runTool('proto-loader-gen-types', [...options, ...paths, '--', ...filesUnder(join(root, 'proto'), '.proto')])
    // Those at the top type what grpc.loadPackageDefinition returns, and nothing here loads services that way.
    const wanted = filesUnder(folder, '.ts').filter((path) => path.includes('/'))
    return new Map(wanted.map((path) => [join(TYPES, path), readFileSync(join(folder, path))]))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function generate(): Files {
  const set = descriptorSet()
  return new Map([
    [DESCRIPTORS, renderDescriptors(set)],
    [CONTRACT, renderContract(filesUnder(join(root, 'proto'), '.proto'))],
    [SNAPSHOT, set],
    [DEPLOYED, renderDeployed()],
    ...generateTypes(),
  ])
}

function committed(path: string): Buffer | undefined {
  try {
    return readFileSync(join(root, path))
  } catch {
    return undefined
  }
}

/** The generated files that are missing, differ from what proto/ and deploy/ say now, or have no source any more. */
export function staleFiles(): string[] {
  const fresh = generate()
  const changed = [...fresh].filter(([path, content]) => !committed(path)?.equals(content)).map(([path]) => path)
  const orphans = leftovers(fresh)
  return [...changed, ...orphans].toSorted()
}

function leftovers(fresh: Files): string[] {
  if (!existsSync(join(root, TYPES))) return []
  return filesUnder(join(root, TYPES), '.ts')
    .map((path) => join(TYPES, path))
    .filter((path) => !fresh.has(path))
}

function refuseBreaking(): void {
  if (committed(SNAPSHOT) === undefined || process.env['ACCEPT_BREAKING'] === '1') return
  try {
    process.stdout.write(runTool('buf', ['breaking', '--against', SNAPSHOT]))
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) process.stderr.write(String(error.stdout))
    process.stderr.write('the contract would break its users; ACCEPT_BREAKING=1 if that is meant\n')
    process.exit(1)
  }
}

function write(): void {
  refuseBreaking()
  const fresh = generate()
  for (const path of leftovers(fresh)) rmSync(join(root, path))
  for (const [path, content] of fresh) {
    // An unchanged file keeps its time, so that nothing is rebuilt for it.
    if (committed(path)?.equals(content)) continue
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
}

if (import.meta.main) {
  if (process.argv[2] === '--check') {
    const stale = staleFiles()
    for (const path of stale) process.stderr.write(`stale: ${path} (make generate)\n`)
    process.exitCode = stale.length === 0 ? 0 : 1
  } else {
    write()
  }
}
