import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { FakeBmc } from '../fixtures/redfish.ts'
import { lab } from '../shared/lab.ts'
import { Fleet, dig, directory } from './fixture.ts'

const PASSWORD = 'correct-horse-7f3a-battery'

function file(t: ExecutionContext, name: string, content: string, mode = 0o600): string {
  const path = join(directory(t), name)
  writeFileSync(path, content)
  chmodSync(path, mode)
  return path
}

async function open(t: ExecutionContext) {
  const fleet = await Fleet.open(t, { bmcKeyFile: file(t, 'key', 'ab'.repeat(32)) })
  await fleet.machine('one')
  await fleet.machine('two')
  const signer = await lab()
  const credential = await signer.sign({ commonName: 'bmc', uris: [], hosts: ['localhost'], usage: 'server' })
  const bmcs = {
    one: await FakeBmc.open(t, credential, { serial: 'one', password: PASSWORD }),
    two: await FakeBmc.open(t, credential, { serial: 'two', password: PASSWORD }),
  }
  const password = file(t, 'password', `${PASSWORD}\n`)
  const set = (machine: 'one' | 'two', ...more: readonly string[]) => {
    const how = ['--url', bmcs[machine].url, '--user', 'root', '--password-file', password]
    return fleet.run('machines', 'bmc', 'set', machine, ...how, ...more)
  }
  return { fleet, bmcs, set, ca: file(t, 'ca.pem', signer.certificate), password }
}

test('a BMC is set, shown without its password, and deleted', async (t) => {
  const { fleet, bmcs, set } = await open(t)
  const { code, stdout } = await set('one', '--fingerprint', bmcs.one.fingerprint)
  t.is(code, 0)
  t.regex(
    stdout,
    /Address: +https:\/\/localhost:\d+\nUser: +root\nCertificate: +SHA-256 [0-9a-f]{64}\nSystem: +the one with/,
  )
  const [shown] = await fleet.json('machines', 'bmc', 'get', 'one')
  t.is(dig(shown, 'user_name'), 'root')
  t.false(JSON.stringify(shown).includes(PASSWORD))
  t.is((await fleet.run('machines', 'bmc', 'delete', 'one')).code, 0)
  const gone = await fleet.run('machines', 'bmc', 'get', 'one')
  t.is(gone.code, 1)
  t.regex(gone.stderr, /Nobody has said how the BMC of machine mch-\w+ is reached: billet machines bmc set\./)
})

test('power of several machines: one that fails holds up no other', async (t) => {
  const { fleet, bmcs, set, ca } = await open(t)
  t.is((await set('one', '--ca', ca)).code, 0)
  const off = await fleet.run('machines', 'power', 'off', 'one', 'two', '--reason', 'a test')
  t.is(off.code, 1)
  t.regex(off.stderr, /^billet: two: Nobody has said how the BMC of two \(mch-\w+\) is reached/)
  t.regex(off.stdout, /^MACHINE +POWER +NEXT BOOT .*\nmch-\w+ +off +none +OK +standard +Bar 9000 +one\n$/)
  t.deepEqual(bmcs.one.resets, ['ForceOff'])
  t.is((await set('two', '--ca', ca)).code, 0)
  const switched = ['machines', 'power', 'on', 'one', 'two', '--reason', 'again']
  const on = await fleet.json(...switched, '--next-boot', 'network-always', '--timeout', '30s')
  t.deepEqual(
    on.map((status) => [dig(status, 'serial'), dig(status, 'state'), dig(status, 'next_boot'), dig(status, 'already')]),
    [
      ['one', 1, 2, false],
      ['two', 1, 2, false],
    ],
  )
  const state = await fleet.run('machines', 'power', 'state', 'two', 'one')
  t.deepEqual(
    state.stdout
      .split('\n')
      .slice(1, 3)
      .map((line) => /on +network-always .* (\w+)$/.exec(line)?.[1]),
    ['two', 'one'],
  )
  const boot = await fleet.run('machines', 'power', 'boot', 'one', '--next-boot', 'none', '--reason', 'enough')
  t.is(boot.code, 0)
  const sensors = await fleet.run('machines', 'bmc', 'sensors', 'one')
  t.regex(sensors.stdout, /^SENSOR +KIND +READING +HEALTH\nInlet +temperature +22 ?Cel +OK\n$/)
  const events = (await fleet.run('events')).stdout
  t.regex(events, /one .* is to be started in the order of its firmware: enough/)
})

test('what is wrong on the command line is said before anything is sent', async (t) => {
  const { fleet, bmcs, password } = await open(t)
  const usage = async (expected: RegExp, ...argv: readonly string[]) => {
    const { code, stderr } = await fleet.run('machines', ...argv)
    t.is(code, 2, argv.join(' '))
    t.regex(stderr, expected)
  }
  await usage(/--reason/, 'power', 'off', 'one')
  await usage(/--next-boot/, 'power', 'boot', 'one', '--reason', 'x')
  await usage(
    /expected one of network, network-always, none/,
    'power',
    'on',
    'one',
    '--reason',
    'x',
    '--next-boot',
    'disk',
  )
  await usage(/--password-file/, 'bmc', 'set', 'one', '--url', bmcs.one.url, '--user', 'root')
  const readable = file(t, 'readable', PASSWORD, 0o644)
  const how = ['bmc', 'set', 'one', '--url', bmcs.one.url, '--user', 'root']
  await usage(/--password-file: .* can be read by others/, ...how, '--password-file', readable)
  const http = await fleet.run(
    'machines',
    'bmc',
    'set',
    'one',
    '--url',
    'http://bmc.example',
    ...how.slice(5),
    '--password-file',
    password,
  )
  t.is(http.code, 1)
  t.regex(http.stderr, /url: expected an address as https:/)
  t.is(bmcs.one.logins, 0)
})
