import { type BigIntStats, lstatSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import {
  type UpgradeManifest,
  readManifest,
  readSignedManifest,
  verifyManifest,
} from '../../shared/upgrade_manifest.ts'
import { FileContent } from './content.ts'

export const architectures = ['x64', 'arm64'] as const
export type Architecture = (typeof architectures)[number]

/** Agents as `billet agents sign` signed them. */
export type Artefacts = {
  /** The signed manifest, byte for byte. */
  readonly signed: string
  readonly manifest: UpgradeManifest
  /** The public key that machines are to trust; null where the folder has none. */
  readonly key: string | null
  /** Each is what the manifest says. */
  readonly binaries: ReadonlyMap<Architecture, FileContent>
}

const MANIFEST = 'manifest.json'
const KEY = 'upgrade.pub'
const MANIFEST_BYTES_MAX = 64 * 1024

const binaryPath = (architecture: Architecture): string => join(architecture, 'billet-agent')

/** Changes with whatever somebody puts into the folder. */
export function markOf(folder: string): string {
  const files = [MANIFEST, KEY, ...architectures.map(binaryPath)]
  return files
    .map((file) => {
      const stat = statOf(join(folder, file))
      return stat === undefined ? '-' : `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`
    })
    .join(';')
}

/** Undefined where it is not there, or nobody may know. */
function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true })
  } catch {
    return undefined
  }
}

/** Opens what is there; a refusal where one thing is not as the manifest says. */
export async function openArtefacts(folder: string): Promise<Result<Artefacts, string>> {
  const text = readShort(join(folder, MANIFEST))
  if (!text.ok) return text
  const signed = readSignedManifest(text.value)
  if (!signed.ok) return refuse(`${join(folder, MANIFEST)}: ${signed.error}`)
  const hasKey = lstatSync(join(folder, KEY), { throwIfNoEntry: false }) !== undefined
  const key = hasKey ? readShort(join(folder, KEY)) : ok(null)
  if (!key.ok) return key
  // Whoever reads keys takes a secret one as well, and would have it handed out here.
  if (key.value !== null && !/^-----BEGIN PUBLIC KEY-----\n[\w+/=\n]+-----END PUBLIC KEY-----\n?$/.test(key.value)) {
    return refuse(`${join(folder, KEY)}: expected a public key, as billet agents keygen writes it to a file in .pub`)
  }
  const manifest = key.value === null ? readManifest(signed.value.manifest) : verifyManifest(signed.value, key.value)
  if (!manifest.ok) return refuse(`${join(folder, MANIFEST)}: ${manifest.error}`)
  const binaries = await openBinaries(folder, manifest.value)
  if (!binaries.ok) return binaries
  return ok({ signed: text.value, manifest: manifest.value, key: key.value, binaries: binaries.value })
}

async function openBinaries(
  folder: string,
  { binaries }: UpgradeManifest,
): Promise<Result<ReadonlyMap<Architecture, FileContent>, string>> {
  const opened = new Map<Architecture, FileContent>()
  const refused = (why: string): Result<never, string> => {
    for (const content of opened.values()) content.release()
    return refuse(why)
  }
  for (const { architecture, sha256, bytes } of binaries) {
    if (opened.has(architecture)) return refused(`${join(folder, MANIFEST)} has ${architecture} twice`)
    const path = join(folder, binaryPath(architecture))
    const content = await FileContent.open(path)
    if (!content.ok) return refused(content.error)
    opened.set(architecture, content.value)
    if (content.value.bytes !== bytes || content.value.sha256 !== sha256.toLowerCase()) {
      return refused(`${path} is not the agent that ${MANIFEST} was signed for`)
    }
  }
  return ok(opened)
}

function readShort(path: string): Result<string, string> {
  try {
    if (statSync(path).size > MANIFEST_BYTES_MAX) return refuse(`${path} is longer than ${MANIFEST_BYTES_MAX} bytes`)
    return ok(readFileSync(path, 'utf8'))
  } catch (error) {
    return refuse(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
