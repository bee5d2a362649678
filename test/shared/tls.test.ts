import { X509Certificate, createPublicKey, generateKeyPairSync } from 'node:crypto'
import test from 'ava'
import * as fc from 'fast-check'
import { certificateRequest as agentsRequest, newKey } from '../../agent/certificate_request.ts'
import { type MachineId, type UserName, idSource, parseUserName } from '../../shared/model/ids.ts'
import { random } from '../../shared/model/random.ts'
import { hours, instant, minutes, seconds } from '../../shared/model/time.ts'
import {
  certificateFingerprint,
  certificateRequest,
  createAuthority,
  generateKey,
  issue,
  keyFingerprint,
  keyFromPem,
  keyToPem,
  loadAuthority,
  requestedKey,
  validity,
} from '../../shared/tls/certificates.ts'
import { COORDINATOR_NAME, identityOf, machineUri, userUri } from '../../shared/tls/identity.ts'
import { must } from '../fixtures.ts'
import { CLIENT, CLUSTER, SERVER, lab, machine } from './lab.ts'

const NOW = instant(1_700_000_000_000)

test('a request is signed with its own key, and that key is all that is taken from it', async (t) => {
  const keys = await generateKey()
  const asked = must(await requestedKey(await certificateRequest(keys)))
  t.is(await keyFingerprint(asked), await keyFingerprint(keys.publicKey))
  const pem = newKey()
  const agents = must(await requestedKey(agentsRequest(pem)))
  t.is(await keyFingerprint(agents), await keyFingerprint((await keyFromPem(pem)).publicKey))
})

test('a request whose signature is another’s, and one for another kind of key, are refused', async (t) => {
  const base64 = (pem: string): Buffer => Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64')
  const pem = (der: Uint8Array): string =>
    `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
  const der = base64(await certificateRequest(await generateKey()))
  const original = await keyFingerprint(must(await requestedKey(pem(der))))
  const other = base64(await certificateRequest(await generateKey()))
  // The public key of one request in the other: same length, wrong signature.
  const begin = der.indexOf(Buffer.from([0x03, 0x42, 0x00, 0x04]))
  const stolen = Buffer.from(der)
  other.copy(stolen, begin + 4, begin + 4, begin + 68)
  t.deepEqual(await requestedKey(pem(stolen)), {
    ok: false,
    error: 'expected a request that is signed with its own key',
  })
  t.is(await requestedKey('').then((result) => result.ok), false)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: der.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const changed = Buffer.from(der)
      changed.writeUInt8(changed.readUInt8(at) ^ by, at)
      const result = await requestedKey(pem(changed))
      // What is outside of the signed part may change; what it asks for may not.
      return result.ok ? (await keyFingerprint(result.value)) === original : result.error.startsWith('expected')
    }),
  )
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => !(await requestedKey(pem(bytes))).ok),
  )
})

test('a key is the same after it was written and read', async (t) => {
  const keys = await generateKey()
  const pem = await keyToPem(keys.privateKey)
  t.regex(pem, /^-----BEGIN PRIVATE KEY-----/)
  t.is(await keyFingerprint((await keyFromPem(pem)).publicKey), await keyFingerprint(keys.publicKey))
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  await t.throwsAsync(keyFromPem(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()))
})

test('a certificate says whose it is, for what, and from when until when, and its authority signed it', async (t) => {
  const made = await lab()
  const { certificate, key } = await made.sign(CLIENT, { from: NOW, lasting: hours(1) })
  const parsed = new X509Certificate(certificate)
  const authority = new X509Certificate(made.certificate)
  t.true(parsed.verify(authority.publicKey))
  t.true(parsed.checkIssued(authority))
  t.false(parsed.verify(createPublicKey((await made.sign(CLIENT)).certificate)))
  t.true(authority.ca)
  t.false(parsed.ca)
  t.is(parsed.subject, 'CN=client')
  t.is(parsed.subjectAltName, `URI:${machineUri(CLUSTER, machine, 1)}`)
  t.deepEqual(parsed.keyUsage, ['1.3.6.1.5.5.7.3.2'])
  t.deepEqual(validity(certificate), { from: NOW - minutes(5), to: NOW + hours(1) })
  t.is(await keyFingerprint((await keyFromPem(key)).publicKey).then((text) => text.length), 64)
  const server = new X509Certificate(
    (await made.sign({ ...SERVER, hosts: [COORDINATOR_NAME, '10.0.0.1', '::1'] })).certificate,
  )
  t.is(server.subjectAltName, `DNS:${COORDINATOR_NAME}, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1`)
  t.deepEqual(server.keyUsage, ['1.3.6.1.5.5.7.3.1'])
})

test('half of a certificate’s time is never over when it begins, however short it is', async (t) => {
  const made = await lab()
  for (const lasting of [seconds(10), minutes(1), minutes(10), hours(24)]) {
    const { from, to } = validity((await made.sign(CLIENT, { from: NOW, lasting })).certificate)
    t.is(to, NOW + lasting)
    t.true(from <= NOW && NOW - from <= minutes(5) + 1000)
    t.true((from + to) / 2 > NOW + lasting * 0.4)
  }
})

test('serial numbers are positive, 16 bytes long, and each another', async (t) => {
  const authority = await loadAuthority(await createAuthority(CLUSTER, NOW, hours(24)))
  const { publicKey } = await generateKey()
  const numbers = new Set<string>()
  for (let count = 0; count < 50; count += 1) {
    const certificate = await issue(authority, CLIENT, publicKey, NOW, hours(1))
    const { serialNumber } = new X509Certificate(certificate)
    t.regex(serialNumber, /^(?:0?[1-9A-F]|[1-7][0-9A-F])[0-9A-F]{30}$/)
    numbers.add(serialNumber)
  }
  t.is(numbers.size, 50)
})

test('a fingerprint is the SHA-256 of the certificate, as other tools print it', async (t) => {
  const { certificate } = await lab()
  const { fingerprint256 } = new X509Certificate(certificate)
  t.is(certificateFingerprint(certificate), `sha256:${fingerprint256.replaceAll(':', '').toLowerCase()}`)
  t.not(certificateFingerprint(certificate), certificateFingerprint((await lab()).certificate))
})

const clusters = fc.stringMatching(/^[a-z0-9-]{1,30}$/)
const machines = fc.integer().map((seed): MachineId => {
  const generator = random(seed)
  return idSource((length) => generator.bytes(length)).machine()
})
const users = fc
  .stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/)
  .map((text): UserName => must(parseUserName(text)))

test('who is named in a certificate is read from it again, in that cluster alone', (t) => {
  fc.assert(
    fc.property(clusters, clusters, machines, fc.nat({ max: 999_999_999 }), (cluster, other, id, generation) => {
      const name = `URI:${machineUri(cluster, id, generation)}`
      t.deepEqual(must(identityOf(name, cluster)), { kind: 'machine', machine: id, generation })
      if (other !== cluster) t.false(identityOf(name, other).ok)
    }),
  )
  fc.assert(
    fc.property(clusters, users, (cluster, user) => {
      t.deepEqual(must(identityOf(`URI:${userUri(cluster, user)}`, cluster)), { kind: 'user', user })
    }),
  )
})

test('names that are none, more than one, or within another name are no identity', async (t) => {
  const good = machineUri(CLUSTER, machine, 1)
  const wrong = [
    '',
    `DNS:${COORDINATOR_NAME}`,
    `URI:${good}, URI:${good}`,
    `URI:${good}/more`,
    `URI:spiffe://${CLUSTER}/machine/${machine}/generation/-1`,
    `URI:spiffe://${CLUSTER}/machine/${machine}/generation/1.5`,
    `URI:spiffe://${CLUSTER}/machine/mch-1/generation/1`,
    `URI:spiffe://${CLUSTER}/user/Not A Name`,
    `URI:spiffe://${CLUSTER}/user/`,
    `URI:spiffe://${CLUSTER}/`,
    `URI:https://${CLUSTER}/user/ann`,
    `URI:spiffe://${CLUSTER}@other/user/ann`,
  ]
  for (const names of wrong) t.false(identityOf(names, CLUSTER).ok, names)
  fc.assert(fc.property(fc.string(), (names) => !identityOf(names, CLUSTER).ok))
  // A host name that holds a whole identity between separators.
  const { sign } = await lab()
  const hosts = [`a, URI:${userUri(CLUSTER, must(parseUserName('ann')))}, b`]
  const shown = new X509Certificate((await sign({ ...SERVER, hosts })).certificate).subjectAltName ?? ''
  t.regex(shown, /URI:spiffe:/)
  t.false(identityOf(shown, CLUSTER).ok)
})
