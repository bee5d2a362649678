import { X509Certificate, createPrivateKey } from 'node:crypto'
import * as v from 'valibot'
import { type Result, ok, refuse } from './model/result.ts'

/** How to reach a fleet, and as whom. The certificates and the key are in PEM. */
export type Context = {
  /** Where the API is, as "host:port". */
  readonly address: string
  readonly ca: string
  readonly certificate: string
  /** A secret: the file that holds it is readable by its owner alone. */
  readonly key: string
}

/** Contexts by name, and the one that is used unless another is asked for. */
export type ContextFile = { readonly current: string; readonly contexts: Readonly<Record<string, Context>> }

const pem = (kind: string, read: (text: string) => unknown) =>
  v.pipe(
    v.string(),
    v.check((text) => attempt(() => read(text)) !== undefined, `expected a PEM text with a ${kind}`),
  )

/** What a failure says may hold a part of the secret. */
function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

const certificate = pem('certificate', (text) => new X509Certificate(text))

const contextSchema = v.pipe(
  v.object({
    address: v.pipe(v.string(), v.regex(/^\S+:\d{1,5}$/, 'expected "host:port"')),
    ca: certificate,
    certificate,
    key: pem('private key', createPrivateKey),
  }),
  // A text that cannot be read is told as such.
  v.check(({ certificate: shown, key }) => {
    return attempt(() => new X509Certificate(shown).checkPrivateKey(createPrivateKey(key))) !== false
  }, 'expected the key that the certificate is for'),
)

const fileSchema = v.object({ current: v.string(), contexts: v.record(v.string(), contextSchema) })

export function parseContextFile(text: string): Result<ContextFile, string> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return refuse('is not JSON')
  }
  const checked = v.safeParse(fileSchema, parsed)
  if (checked.success) return ok(checked.output)
  const [issue] = checked.issues
  return refuse(`${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`)
}

export function printContextFile(file: ContextFile): string {
  return `${JSON.stringify(file, null, 2)}\n`
}
