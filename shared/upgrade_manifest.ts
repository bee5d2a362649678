import { createHash, createPrivateKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import * as v from 'valibot'
import { type Result, ok, refuse } from './model/result.ts'

const BINARY_BYTES_MAX = 1024 * 1024 * 1024

/** Which agent is meant: nothing else is run, wherever it comes from. */
const MANIFEST = v.object({
  version: v.literal(1),
  /** When it was signed, in milliseconds: a machine takes none that is older than one it took. */
  created: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** What `billet-agent --version` prints. */
  agent: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  binaries: v.pipe(
    v.array(
      v.object({
        architecture: v.picklist(['x64', 'arm64']),
        sha256: v.pipe(v.string(), v.hexadecimal(), v.length(64)),
        bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(BINARY_BYTES_MAX)),
      }),
    ),
    v.minLength(1),
  ),
})

export type UpgradeManifest = v.InferOutput<typeof MANIFEST>

/** A manifest as it was signed, byte for byte, and its signature in base64. */
export type SignedManifest = { readonly manifest: string; readonly signature: string }

const SIGNED = v.object({ manifest: v.string(), signature: v.pipe(v.string(), v.base64()) })

export function readManifest(text: string): Result<UpgradeManifest, string> {
  const parsed = v.safeParse(MANIFEST, parseJson(text))
  if (parsed.success) return ok(parsed.output)
  const [issue] = parsed.issues
  return refuse(`manifest: ${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`)
}

export function readSignedManifest(text: string): Result<SignedManifest, string> {
  const parsed = v.safeParse(SIGNED, parseJson(text))
  return parsed.success ? ok(parsed.output) : refuse(`no signed manifest: ${parsed.issues[0].message}`)
}

/** @param key Ed25519, in PEM. */
export function signManifest(manifest: UpgradeManifest, key: string): SignedManifest {
  const text = JSON.stringify(manifest)
  const secret = createPrivateKey(key)
  if (secret.asymmetricKeyType !== 'ed25519') throw new TypeError('expected an Ed25519 key')
  return { manifest: text, signature: sign(null, Buffer.from(text), secret).toString('base64') }
}

/** What is signed with the key that this machine's root trusts. */
export function verifyManifest(signed: SignedManifest, publicKey: string): Result<UpgradeManifest, string> {
  try {
    const signature = Buffer.from(signed.signature, 'base64')
    if (!verify(null, Buffer.from(signed.manifest), publicKey, signature)) {
      return refuse('the manifest is not signed with the key that this machine trusts')
    }
  } catch (error) {
    return refuse(`the manifest cannot be verified: ${error instanceof Error ? error.message : String(error)}`)
  }
  return readManifest(signed.manifest)
}

export const manifestDigest = ({ manifest, signature }: SignedManifest): string =>
  createHash('sha256').update(`${manifest}\n${signature}`).digest('hex')

/** A pair for signing manifests, in PEM. The first is a secret. */
export function manifestKeys(): { readonly secret: string; readonly trusted: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    secret: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    trusted: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
