import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import test, { type ExecutionContext } from 'ava'
import { certificateRequest, newKey } from '../../../agent/certificate_request.ts'
import { IdentityStore } from '../../../agent/identity.ts'
import { acquireLock, lockHolder } from '../../../agent/lock.ts'
import { parseFingerprint } from '../../../agent/pin.ts'
import { hours, instant } from '../../../shared/model/time.ts'
import { createAuthority, issue, keyFromPem, loadAuthority, requestedKey } from '../../../shared/tls/certificates.ts'
import { machineUri } from '../../../shared/tls/identity.ts'
import { machine, take } from '../core/fixture.ts'

function directory(t: ExecutionContext): string {
  const path = mkdtempSync(join(tmpdir(), 'billet-identity-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

async function certificateFor(keyPem: string, uris: readonly string[]): Promise<string> {
  const now = instant(Date.now())
  const authority = await loadAuthority(await createAuthority('test', now, hours(24)))
  const key = take(await requestedKey(certificateRequest(keyPem)))
  return issue(authority, { commonName: 'x', uris, hosts: [], usage: 'client' }, key, now, hours(1))
}

test('a request for a certificate is signed with its own key, and asks for that key', async (t) => {
  const pem = newKey()
  const asked = take(await requestedKey(certificateRequest(pem)))
  const { publicKey } = await keyFromPem(pem)
  const bytes = async (key: typeof asked) => Buffer.from(await crypto.subtle.exportKey('spki', key))
  t.deepEqual(await bytes(asked), await bytes(publicKey))
})

test('an identity is kept for its owner alone, and the key before the first enrolment', async (t) => {
  const state = directory(t)
  const store = new IdentityStore(state)
  t.is(take(store.load()), null)
  const key = store.key()
  t.is(store.key(), key)
  const certificate = await certificateFor(key, [machineUri('lab', machine, 3)])
  store.save({ certificate, authorities: 'ca', coordinator: '10.0.0.1:7443' })
  t.like(take(store.load()), { machine, key, authorities: 'ca', coordinator: '10.0.0.1:7443' })
  t.is(statSync(join(state, 'identity', 'key.pem')).mode & 0o777, 0o600)
})

test('a certificate for another key, or for no machine, is refused', async (t) => {
  const store = new IdentityStore(directory(t))
  const rest = { authorities: 'ca', coordinator: '' }
  t.is(take(store.load()), null)
  store.key()
  store.save({ certificate: await certificateFor(newKey(), [machineUri('lab', machine, 1)]), ...rest })
  t.regex(JSON.stringify(store.load()), /not for the key/)
  store.save({ certificate: await certificateFor(store.key(), ['spiffe://lab/user/ann']), ...rest })
  t.regex(JSON.stringify(store.load()), /names a user/)
  store.save({ certificate: 'nonsense', ...rest })
  t.regex(JSON.stringify(store.load()), /cannot be read/)
})

test('a fingerprint may be written with colons and in capitals', (t) => {
  const digits = 'ab'.repeat(32)
  t.is(parseFingerprint(`sha256:${digits}`), `sha256:${digits}`)
  t.is(parseFingerprint(`SHA256:${'AB:'.repeat(31)}AB\n`), `sha256:${digits}`)
  t.is(parseFingerprint(digits), undefined)
  t.is(parseFingerprint('sha256:abcd'), undefined)
})

test('one agent at a time uses a state directory; what a dead one left holds nobody up', (t) => {
  const state = directory(t)
  t.is(lockHolder(state), null)
  const lock = take(acquireLock(state))
  t.is(lockHolder(state), process.pid)
  const second = acquireLock(state)
  t.false(second.ok)
  t.regex(JSON.stringify(second), /in use by another agent, process \d+/)
  // The same pid, but of a process that started at another time.
  const held = readFileSync(join(state, 'lock'), 'utf8').replace(/ \d+ /, ' 1 ')
  lock.release()
  t.false(existsSync(join(state, 'lock')))
  writeFileSync(join(state, 'lock'), held)
  t.is(lockHolder(state), null)
  take(acquireLock(state)).release()
})
