import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'

/** A new P-256 key, as PKCS #8 in PEM. */
export function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

const SEQUENCE = 0x30
const SET = 0x31
const VERSION_0 = Buffer.from([0x02, 0x01, 0x00])
const NO_ATTRIBUTES = Buffer.from([0xa0, 0x00])
const COMMON_NAME = Buffer.from([0x06, 0x03, 0x55, 0x04, 0x03])
const ECDSA_WITH_SHA256 = Buffer.from([0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const head =
    length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(head), content])
}

/**
 * A request for a certificate (PKCS #10, in PEM), signed with the key it is for. Nothing in it but the key is ever
 * looked at, so that these few bytes spare every agent the memory of a library for certificates.
 */
export function certificateRequest(keyPem: string): string {
  const key = createPrivateKey(keyPem)
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(0x0c, Buffer.from('billet-agent')))))
  const info = der(SEQUENCE, VERSION_0, name, publicKey, NO_ATTRIBUTES)
  const signature = der(0x03, Buffer.from([0]), sign('sha256', info, key))
  const request = der(SEQUENCE, info, der(SEQUENCE, ECDSA_WITH_SHA256), signature).toString('base64')
  const lines = request.match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join('\n')}\n-----END CERTIFICATE REQUEST-----\n`
}
