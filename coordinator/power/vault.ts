import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { readPrivateFile } from '../../shared/files.ts'
import type { MachineId } from '../../shared/model/ids.ts'
import type { BmcAccess, BmcAddress, SealedPassword } from '../../shared/model/power.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'

/** The key itself may stand in this variable of the environment, in place of a file. */
export const KEY_VARIABLE = 'BILLET_BMC_KEY'

const KEY = /^[0-9a-f]{64}$/i
const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Seals passwords of BMCs with AES-256-GCM, each to its machine and address: moved to another, none can be read. */
export class PasswordVault {
  /** Names the key without telling it. */
  readonly id: string
  readonly #sealing: Uint8Array
  readonly #marking: Uint8Array

  constructor(key: Uint8Array) {
    const derive = (use: string, length: number) =>
      new Uint8Array(hkdfSync('sha256', key, '', `billet bmc ${use}`, length))
    this.#sealing = derive('seal', 32)
    this.#marking = derive('mark', 32)
    this.id = Buffer.from(derive('name', 8)).toString('hex')
  }

  seal(machine: MachineId, address: BmcAddress, password: string): SealedPassword {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.#sealing, nonce, { authTagLength: TAG_BYTES }).setAAD(
      about(machine, address),
    )
    const text = Buffer.concat([cipher.update(password, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return { key: this.id, nonce: nonce.toString('base64'), text: text.toString('base64') }
  }

  /** The refusal is a sentence. */
  open(machine: MachineId, { password, ...address }: BmcAccess): Result<string, string> {
    if (password.key !== this.id) return refuse('its password was sealed with another key than bmc_key_file has now')
    const [nonce, sealed] = [Buffer.from(password.nonce, 'base64'), Buffer.from(password.text, 'base64')]
    try {
      const cipher = createDecipheriv(CIPHER, this.#sealing, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(about(machine, address)).setAuthTag(sealed.subarray(-TAG_BYTES))
      const text = Buffer.concat([cipher.update(sealed.subarray(0, -TAG_BYTES)), cipher.final()])
      return ok(text.toString('utf8'))
    } catch {
      return refuse('its password cannot be read: what is stored was changed; set it anew')
    }
  }

  /** Recognises the same password again, and tells nothing of it to who has no key. */
  mark(password: string): string {
    return createHmac('sha256', this.#marking).update(password).digest('base64url')
  }
}

function about(machine: MachineId, { url, userName, trust, system }: BmcAddress): Buffer {
  const believed = trust.kind === 'fingerprint' ? trust.sha256 : trust.kind === 'authority' ? trust.pem : ''
  return Buffer.from(JSON.stringify([machine, url, userName, trust.kind, believed, system]))
}

/** Null where neither the file nor the variable is given. */
export function openVault(path: string, variable: string | undefined): Result<PasswordVault | null, string> {
  if (path !== '' && variable !== undefined) {
    return refuse(`bmc_key_file and ${KEY_VARIABLE}: expected one of them, got both`)
  }
  if (path === '' && variable === undefined) return ok(null)
  const text = path === '' ? ok(variable ?? '') : readPrivateFile(path)
  if (!text.ok) return refuse(`bmc_key_file: ${text.error}`)
  const key = text.value.trim()
  if (KEY.test(key)) return ok(new PasswordVault(Buffer.from(key, 'hex')))
  const where = path === '' ? KEY_VARIABLE : `bmc_key_file: ${path}`
  return refuse(`${where}: expected 32 bytes as 64 hexadecimal digits, such as \`openssl rand -hex 32\` prints`)
}
