import * as v from 'valibot'
import { at, machineId, userName } from './record_parts.ts'

const text = v.pipe(v.string(), v.nonEmpty())
const base64 = v.pipe(v.string(), v.base64())

/** How the BMC of a machine is reached. */
export const bmc = v.object({
  machine: machineId,
  url: v.pipe(v.string(), v.startsWith('https://')),
  userName: text,
  trust: v.variant('kind', [
    v.object({ kind: v.literal('fingerprint'), sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) }),
    v.object({ kind: v.literal('authority'), pem: text }),
    v.object({ kind: v.literal('system') }),
  ]),
  system: v.string(),
  password: v.object({ key: text, nonce: base64, text: base64 }),
  user: userName,
  setAt: at,
})
