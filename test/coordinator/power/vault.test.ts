import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import * as fc from 'fast-check'
import { Gate } from '../../../coordinator/power/gate.ts'
import { PasswordVault, openVault } from '../../../coordinator/power/vault.ts'
import { idSource } from '../../../shared/model/ids.ts'
import type { BmcAddress } from '../../../shared/model/power.ts'
import { random } from '../../../shared/model/random.ts'
import { directory } from '../../cli/fixture.ts'
import { must } from '../../fixtures.ts'
import { machine } from '../../shared/lab.ts'

const vault = new PasswordVault(Buffer.alloc(32, 1))
const address: BmcAddress = {
  url: 'https://bmc.example',
  userName: 'root',
  trust: { kind: 'fingerprint', sha256: 'ab'.repeat(32) },
  system: '',
}

test('a password is read as it was sealed, and is not in what is stored', (t) => {
  const property = fc.property(fc.string({ minLength: 8, unit: 'grapheme' }), (password) => {
    const sealed = vault.seal(machine, address, password)
    t.is(must(vault.open(machine, { ...address, password: sealed })), password)
    t.false(Buffer.from(sealed.text, 'base64').includes(password))
    t.notDeepEqual(vault.seal(machine, address, password), sealed, 'sealed twice it looks otherwise')
  })
  fc.assert(property, { numRuns: 100 })
})

test('a sealed password opens for its machine and its address alone, and not once it was changed', (t) => {
  const password = vault.seal(machine, address, 'hunter2')
  const generator = random(3)
  const other = idSource((length) => generator.bytes(length)).machine()
  const refused = (at: typeof machine, changes: object): string => {
    const opened = vault.open(at, { ...address, password, ...changes })
    return opened.ok ? 'opened' : opened.error
  }
  const changed = 'its password cannot be read: what is stored was changed; set it anew'
  t.is(refused(machine, {}), 'opened')
  t.is(refused(other, {}), changed)
  t.is(refused(machine, { url: 'https://evil.example' }), changed)
  t.is(refused(machine, { userName: 'admin' }), changed)
  t.is(refused(machine, { trust: { kind: 'system' } }), changed)
  t.is(refused(machine, { trust: { kind: 'fingerprint', sha256: 'cd'.repeat(32) } }), changed)
  t.is(refused(machine, { system: '/redfish/v1/Systems/2' }), changed)
  const bytes = Buffer.from(password.text, 'base64')
  for (let at = 0; at < bytes.length; at += 1) {
    const text = Buffer.from(bytes)
    text.writeUInt8(text.readUInt8(at) ^ 1, at)
    t.is(refused(machine, { password: { ...password, text: text.toString('base64') } }), changed)
  }
  t.is(refused(machine, { password: { ...password, text: '' } }), changed)
  t.is(refused(machine, { password: { ...password, nonce: '' } }), changed)
  const another = new PasswordVault(Buffer.alloc(32, 2)).seal(machine, address, 'hunter2')
  t.regex(refused(machine, { password: another }), /sealed with another key than bmc_key_file has now/)
})

test('a key is 32 bytes, in a private file or in the environment', (t) => {
  const path = join(directory(t), 'key')
  const written = (text: string, mode = 0o600): string => {
    writeFileSync(path, text)
    chmodSync(path, mode)
    const opened = openVault(path, undefined)
    return opened.ok ? (opened.value?.id ?? 'none') : opened.error
  }
  const key = 'ab'.repeat(32)
  t.regex(written(`${key}\n`), /^[0-9a-f]{16}$/)
  t.is(must(openVault('', key))?.id, written(key.toUpperCase()))
  t.is(must(openVault('', undefined)), null)
  t.regex(written('ab'.repeat(31)), /^bmc_key_file: .*: expected 32 bytes as 64 hexadecimal digits/)
  t.regex(written(key, 0o644), /can be read by others; make it private/)
  const both = openVault(path, key)
  t.is(both.ok ? '' : both.error, 'bmc_key_file and BILLET_BMC_KEY: expected one of them, got both')
  const wrong = openVault('', 'secret-that-is-none')
  t.false(wrong.ok)
  t.false(JSON.stringify(wrong).includes('secret-that-is-none'))
})

test('so many at once, the others in order; who has gone does not wait', async (t) => {
  const gate = new Gate(2, 2)
  const here = new AbortController().signal
  t.true(await gate.enter(here))
  t.true(await gate.enter(here))
  const order: string[] = []
  const gone = new AbortController()
  const third = gate.enter(gone.signal)
  const fourth = gate.enter(here).then((isIn) => order.push(`fourth ${isIn}`))
  t.false(await gate.enter(here), 'two wait already')
  gone.abort()
  t.false(await third)
  t.false(await gate.enter(gone.signal))
  const fifth = gate.enter(here).then((isIn) => order.push(`fifth ${isIn}`))
  gate.leave()
  await fourth
  gate.leave()
  await fifth
  t.deepEqual(order, ['fourth true', 'fifth true'])
  gate.leave()
  gate.leave()
  t.true(await gate.enter(here))
})
