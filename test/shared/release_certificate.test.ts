import { generateKeyPairSync } from 'node:crypto'
import test from 'ava'
import {
  type Statement,
  brokenChain,
  digestOf,
  signStatement,
  verifyRelease,
} from '../../shared/release_certificate.ts'
import {
  type Holder,
  createAuthority,
  generateKey,
  issue,
  keyToPem,
  loadAuthority,
} from '../../shared/tls/certificates.ts'
import { certifierUri } from '../../shared/tls/identity.ts'
import { hours, instant } from '../../shared/model/time.ts'

const now = instant(1_800_000_000_000)

const statement: Statement = {
  version: 1,
  cluster: 'fleet',
  machine: 'mch-0000000000000001',
  sequence: 1,
  previous: '',
  hostname: 'node-1',
  hardware: { uuid: '', serial: 'S1', mac_addresses: [] },
  tenant: 'a',
  workload: 'wkl-0000000000000001',
  placement: 'plc-0000000000000001',
  epoch: 1,
  term: 1,
  hand_back_time: new Date(now).toISOString(),
  prove_time: new Date(now).toISOString(),
  fenced: [],
  devices: [
    { device: '/dev/nvme0n1', serial: 'S2', size_bytes: 4096, method: 'discard', category: 'clear', sample_count: 1 },
  ],
  steps: [{ id: 'kill', passed: true, detail: '', duration_ms: 1 }],
}

async function authority() {
  const credential = await createAuthority('fleet', now, hours(24))
  return { pem: credential.certificate, loaded: await loadAuthority(credential) }
}

async function signer({ loaded }: Awaited<ReturnType<typeof authority>>, change: Partial<Holder> = {}) {
  const keys = await generateKey()
  const holder: Holder = {
    commonName: 'certifier',
    uris: [certifierUri('fleet')],
    hosts: [],
    usage: 'statements',
    ...change,
  }
  return {
    certificate: await issue(loaded, holder, keys.publicKey, now, hours(2)),
    key: await keyToPem(keys.privateKey),
  }
}

test('a certificate holds under its own authority, for its own bytes, by its certifier, in its time', async (t) => {
  const fleet = await authority()
  const { certificate, key } = await signer(fleet)
  const text = JSON.stringify(statement)
  const signature = signStatement(text, key)
  t.deepEqual(verifyRelease({ statement: text, signature, certificate }, fleet.pem), { ok: true, value: statement })
  const refused = (about: Partial<Parameters<typeof verifyRelease>[0]>, by = fleet.pem): string => {
    const verified = verifyRelease({ statement: text, signature, certificate, ...about }, by)
    return verified.ok ? 'verified' : verified.error
  }
  const late = JSON.stringify({ ...statement, prove_time: '2099-01-01T00:00:00.000Z' })
  const machine = await signer(fleet, { uris: ['spiffe://fleet/machine/mch-0000000000000001/generation/1'] })
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  })
  t.is(refused({ statement: text.replace('"a"', '"b"') }), 'its signature is not that of its statement')
  t.is(refused({ signature: signStatement(text, stranger.toString()) }), 'its signature is not that of its statement')
  t.regex(refused({ statement: late, signature: signStatement(late, key) }), /its key was not valid at 2099/)
  t.is(refused({ ...machine, signature: signStatement(text, machine.key) }), 'its key is not that of the certifier')
  t.is(refused({}, (await authority()).pem), "its key was not certified by this fleet's authority")
  t.regex(refused({ statement: '{}' }), /its statement cannot be read/)
  t.regex(refused({ certificate: 'nonsense' }), /it cannot be read/)
})

test('a chain is broken where one is missing, or another was put in its place', (t) => {
  const link = (sequence: number, before: string, tenant = 'a') => {
    const made = { ...statement, sequence, tenant, previous: before === '' ? '' : digestOf(before) }
    return { text: JSON.stringify(made), statement: made }
  }
  const first = link(1, '')
  const second = link(2, first.text)
  const third = link(3, second.text)
  t.is(brokenChain([first, second, third]), null)
  t.is(brokenChain([second, third]), null)
  t.is(brokenChain([first, third]), '2 is missing')
  t.is(brokenChain([first, link(2, first.text, 'b'), third]), '3 does not follow what is before it')
})
