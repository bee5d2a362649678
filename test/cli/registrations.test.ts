import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { must } from '../fixtures.ts'
import { Fleet, dig, directory } from './fixture.ts'

const lines = (text: string): readonly string[] => text.split('\n').filter(Boolean)
const MAC = '02:00:00:00:00:01'

test('a machine is registered, comes with its own token, and is called and labelled as was said', async (t) => {
  const fleet = await Fleet.open(t)
  const made = await fleet.run(
    'machines',
    'register',
    'rack7-01',
    '--mac',
    '02-00-00-00-00-01',
    '--serial',
    'S1',
    '--label',
    'rack=7',
  )
  t.is(made.code, 0, made.stderr)
  const [header, row] = lines(made.stdout)
  t.regex(header ?? '', /^REGISTRATION +STATE +MACHINE +MAC +UUID +SERIAL +CLASS +LABELS +AGE$/)
  t.regex(row ?? '', new RegExp(`^rack7-01 +waiting +- +${MAC} +- +S1 +- +rack=7 +`))
  const token = await fleet.run('tokens', 'create', '--for', 'rack7-01')
  t.regex(token.stderr, /^billet: token tok-\S+ enrols rack7-01; its secret is not shown again\n$/)
  const secret = token.stdout.trim()
  const other = await fleet.enrol(secret, { serial: 'S2', mac_addresses: [MAC] }, 'localhost')
  t.is(other.ok ? '' : other.error.kind, 'token_bound_elsewhere')
  t.regex(
    (await fleet.run('events')).stdout,
    /ENROLMENT_REFUSED .* it is for rack7-01, registered with serial number S1/,
  )
  const { machine } = must(await fleet.enrol(secret, { serial: 'S1', mac_addresses: [MAC] }, 'localhost'))
  const [shown] = await fleet.json('machines', 'show', 'rack7-01')
  t.like(shown, { name: machine, registration: 'registrations/rack7-01', labels: { rack: '7' } })
  t.regex(
    (await fleet.run('machines', 'show', 'rack7-01')).stdout,
    /\nRegistered: +rack7-01\nState: +validating: approved by/,
  )
  const [enrolled] = lines((await fleet.run('machines', 'registrations', 'list', '--state', 'enrolled')).stdout).slice(
    1,
  )
  t.regex(enrolled ?? '', new RegExp(`^rack7-01 +enrolled +${machine.slice('machines/'.length)} `))
  t.regex(
    (await fleet.run('machines', 'registrations', 'show', 'rack7-01')).stdout,
    /^Registration: +rack7-01\nState: +enrolled as mch-\w+ at \S+Z\n[^]*\nLabels: +rack=7\nRegistered: +by admin at/,
  )
  t.regex((await fleet.run('tokens', 'list')).stdout, /^tok-\S+ +spent,refused +1\/1 +\S+ +yes +rack7-01$/m)
  t.is((await fleet.run('machines', 'registrations', 'delete', 'rack7-01')).code, 0)
  t.is(lines((await fleet.run('machines', 'registrations', 'list')).stdout).length, 1)
  const gone = await fleet.run('machines', 'registrations', 'show', 'rack7-01')
  t.is(gone.code, 1)
  t.is(gone.stderr, 'billet: There is no registrations/rack7-01.\n')
})

test('a rack is registered from a file, as a whole or not at all, with a token for each machine', async (t) => {
  const fleet = await Fleet.open(t)
  const path = join(directory(t), 'rack.csv')
  const register = async (text: string, ...more: readonly string[]) => {
    writeFileSync(path, text)
    return fleet.run('machines', 'register', '--file', path, ...more)
  }
  const good = `name,mac,labels\nrack7-01,${MAC},rack=7\nrack7-02,02:00:00:00:00:02,rack=7\n`
  const said = async (line: string, ...more: readonly string[]) => {
    const { code, stdout, stderr } = await register(`${good}${line}\n`, ...more)
    t.is(stdout, '')
    t.is(code, 1)
    return stderr.replace(`billet: ${path}`, '').trim()
  }
  t.regex(await said('Rack7,,'), /^:4: name: expected a host name of a-z, .* between dots, got "Rack7"\.$/)
  t.regex(
    await said('rack7-03,00:00:00:00:00:00,'),
    /^:4: mac: expected what one machine alone has, got what many have: /,
  )
  t.is(await said(`rack7-03,${MAC},`), `:4: mac: address ${MAC} is that of registration rack7-01 already.`)
  t.is(await said('rack7-03,,'), ':4: mac, uuid, serial: expected a UUID, a serial number or a network address.')
  t.is(lines((await fleet.run('machines', 'registrations', 'list')).stdout).length, 1, 'nothing was kept')
  const made = await register(good, '--token', '--ttl', '2d')
  t.is(made.stderr, 'billet: registered 2 machines; their tokens are not shown again\n')
  const tokens = lines(made.stdout).map((line) => line.split(' '))
  t.deepEqual(
    tokens.map(([name]) => name),
    ['rack7-01', 'rack7-02'],
  )
  const [, [, second = ''] = []] = tokens
  must(await fleet.enrol(second, { mac_addresses: ['02:00:00:00:00:02'] }, 'localhost'))
  const [machine] = await fleet.json('machines', 'show', 'rack7-02')
  t.is(dig(machine, 'labels', 'rack'), '7')
})

test('what is wrong on the command line is named by the option', async (t) => {
  const fleet = await Fleet.open(t)
  const said = async (...argv: readonly string[]) => (await fleet.run('machines', 'register', ...argv)).stderr
  t.is(await said('a'), 'billet: --mac, --uuid, --serial: expected a UUID, a serial number or a network address.\n')
  t.is(
    await said('a', '--serial', 'To Be Filled By O.E.M.'),
    'billet: --serial: expected what one machine alone has, got what many have: "To Be Filled By O.E.M.".\n',
  )
  t.regex(await said('a', '--uuid', 'x'), /^billet: --uuid: expected a UUID, got "x"/)
  t.is(await said(), 'billet: Say which machine: a name, or --file.\n')
  t.is(await said('a', '--ttl', '1h'), 'billet: --ttl: expected --token beside it.\n')
  t.regex(await said('--file', 'x', '--serial', 'y'), /^billet: --file: expected no --mac/)
  const missing = await fleet.run('tokens', 'create', '--for', 'nowhere')
  t.is(missing.stderr, 'billet: There is no registration nowhere.\n')
  const one = await fleet.run('machines', 'register', 'a', '--serial', 'S9', '--token')
  t.regex(one.stdout, /^billet-join-\S+\n$/)
  t.is(one.stderr, 'billet: registered a; its token is not shown again\n')
})
