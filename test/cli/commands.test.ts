import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { parseMachineId } from '../../shared/model/ids.ts'
import { type Document, Fleet, dig, directory, parse } from './fixture.ts'
import { exiting, running } from './scripts.ts'

const lines = (text: string): readonly string[] => text.split('\n').filter(Boolean)
const nameOf = (document: Document): string => String(document['name'])

test('machines are listed as a table, as documents and as names, and chosen by what they are', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('node-1')
  await fleet.machine('node-2')
  const [header, ...rows] = lines((await fleet.run('machines', 'list')).stdout)
  t.regex(header ?? '', /^MACHINE +HOST +STATE +CONNECTION +TENANT +CLASS +HEALTH +AGE$/)
  t.is(rows.length, 2)
  for (const row of rows)
    t.regex(row, /^mch-[0-9a-z]{16} +node-[12] +available +connected +- +x64-128t-1024g +ok +\d+s$/)
  const names = lines((await fleet.run('machines', 'list', '-o', 'name')).stdout)
  t.deepEqual(names, (await fleet.json('machines', 'list')).map(nameOf))
  for (const name of names) t.true(parseMachineId(name.slice('machines/'.length)).ok, name)

  t.is((await fleet.run('machines', 'label', 'node-1', '--set', 'rack=7')).code, 0)
  t.regex((await fleet.run('machines', 'list', '-l', 'rack=7')).stdout, /node-1/)
  t.is(lines((await fleet.run('machines', 'list', '-l', 'rack=8', '-o', 'name')).stdout).length, 0)
  t.is(lines((await fleet.run('machines', 'list', '--state', 'pending', '--state', 'retired')).stdout).length, 1)

  const shown = (await fleet.run('machines', 'show', 'node-1')).stdout
  for (const fact of ['State:          available: ', 'Labels:         rack=7', 'Host:           node-1 at ']) {
    t.true(shown.includes(fact), `${fact} in ${shown}`)
  }
  const [document] = await fleet.json('machines', 'show', 'node-1')
  t.deepEqual(document?.['labels'], { rack: '7' })
})

test('verbs are done on each machine that is named, by name, identifier or host name', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('node-1')
  await fleet.machine('node-2')
  const [first = '', second = ''] = (await fleet.json('machines', 'list')).map(nameOf)
  const both = [first, second.slice('machines/'.length)]
  t.regex(
    (await fleet.run('machines', 'cordon', ...both, '--reason', 'power')).stdout,
    /available,cordoned[^]*cordoned/,
  )
  t.regex((await fleet.run('machines', 'uncordon', 'node-1')).stdout, /node-1 +available +connected/)
  t.regex((await fleet.run('machines', 'drain', 'node-1', '--reason', 'move')).stdout, /available,drained/)
  const quarantined = await fleet.run('machines', 'quarantine', 'node-2', '--reason', 'smells odd')
  t.regex(quarantined.stdout, /quarantined/)
  t.regex((await fleet.run('machines', 'show', 'node-2')).stdout, /quarantined: .*smells odd/)
  const refused = await fleet.run('machines', 'approve', 'node-1')
  t.is(refused.code, 1)
  t.regex(refused.stderr, /^billet: .*available.*\.\n$/)
  const events = (await fleet.run('events', '--machine', first)).stdout
  t.regex(events, /^\d{4}-\d\d-\d\dT\S+Z +[A-Z_]+ +\S/)
  t.deepEqual((await fleet.json('events', '--last', '1')).length, 1)
})

test('a host name that several machines have is no name, and one that none has is not either', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('one', running, 'twin')
  await fleet.machine('two', running, 'twin')
  const twins = await fleet.run('machines', 'show', 'twin')
  t.is(twins.code, 2)
  t.regex(twins.stderr, /^billet: 2 machines have the host name "twin": name one of mch-\S+, mch-\S+\.\n$/)
  const nobody = await fleet.run('machines', 'show', 'nobody')
  t.is(nobody.code, 2)
  t.is(nobody.stderr, 'billet: There is no machine with the host name "nobody".\n')
})

test('a workload is run, listed, explained, shown and cancelled', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('node-1', running)
  const held = (await fleet.run('run', '--tenant', 'a', '--name', 'first', '-d', '--', 'sleep', '9')).stdout.trim()
  const waiting = (await fleet.run('run', '--tenant', 'b', '--priority', '3', '-d', '--', 'x')).stdout.trim()
  t.regex(held, /^wkl-[0-9a-z]{16}$/)
  const [header, ...rows] = lines((await fleet.run('workloads', 'list')).stdout)
  t.regex(header ?? '', /^WORKLOAD +TENANT +STATE +MACHINES +PRIORITY +EXIT +RAN +AGE +WHY$/)
  t.regex(rows[0] ?? '', new RegExp(`^${held} +a +running +1 +0 +- +\\d+s +\\d+s`))
  t.regex(rows[1] ?? '', new RegExp(`^${waiting} +b +queued +1 +3 +- +- +\\d+s +waits for machines$`))
  const explained = await fleet.run('explain', waiting)
  t.regex(explained.stdout, new RegExp(`^${waiting} is queued: .*\n  - 1 machine is held by tenant a\\.\n$`))
  t.regex((await fleet.run('workloads', 'show', held)).stdout, /Task: +sleep 9\n[^]*PLACEMENT +WORKLOAD +RANK/)
  const [placement] = lines((await fleet.run('placements', 'list')).stdout).slice(1)
  t.regex(placement ?? '', new RegExp(`^plc-\\S+ +${held} +0/1 +a +node-1 +mch-\\S+ +1 +running`))
  t.regex((await fleet.run('workloads', 'cancel', waiting, '--reason', 'no need')).stdout, /cancelled/)
  t.is(lines((await fleet.run('workloads', 'list', '--state', 'cancelled', '-o', 'name')).stdout).length, 1)
  t.is((await fleet.json('explain', held))[0]?.['state'], 'running')
})

test('a token’s secret is alone on standard output, and is never shown again', async (t) => {
  const fleet = await Fleet.open(t)
  const made = await fleet.run(
    'tokens',
    'create',
    '--uses',
    '3',
    '--ttl',
    '2h',
    '--serial',
    'S1',
    '--description',
    'r7',
  )
  t.regex(made.stdout, /^\S+\n$/)
  t.regex(made.stderr, /^billet: token tok-\S+ enrols 3 machines; its secret is not shown again\n$/)
  const [, row = ''] = lines((await fleet.run('tokens', 'list')).stdout)
  t.regex(row, /^tok-\S+ +usable +0\/3 +(?:119m|2h) +no +S1 +r7$/)
  t.false((await fleet.run('tokens', 'list', '-o', 'json')).stdout.includes(made.stdout.trim()))
  t.is((await fleet.run('tokens', 'revoke', row.split(' ')[0] ?? '')).code, 0)
  t.regex((await fleet.run('tokens', 'list')).stdout, /revoked/)
})

test('what machines and tasks say of themselves cannot take over the terminal', async (t) => {
  const fleet = await Fleet.open(t)
  const escape = '\u001b[2J\u009b'
  const evil = `evil${escape}`
  await fleet.machine('one', exiting({ code: 3, reason: `because${escape}` }), evil)
  const ran = await fleet.run('run', '--tenant', 'a', '--', `x${escape}`)
  t.is(ran.code, 3)
  const all = [
    ran.stderr,
    (await fleet.run('exec', '--all', '--', 'x')).stderr,
    (await fleet.run('machines', 'show', evil)).stderr,
    ...(await Promise.all(
      [['machines', 'list'], ['workloads', 'list'], ['placements', 'list', '-a'], ['events'], ['top', '--once']].map(
        async (argv) => (await fleet.run(...argv)).stdout,
      ),
    )),
  ]
  for (const text of all) t.false(/[^\P{Cc}\n]/u.test(text), JSON.stringify(text))
  t.regex(all.join(''), /evil\\x1b\[2J\\x9b/)
})

test('files go along with their right to be executed, and secrets are not shown', async (t) => {
  const fleet = await Fleet.open(t)
  const home = directory(t)
  writeFileSync(join(home, 'tool'), Buffer.from([0x7f, 0x45, 0x4c, 0x46]), { mode: 0o755 })
  writeFileSync(join(home, 'data'), '#!/bin/sh\n', { mode: 0o644 })
  writeFileSync(join(home, 'secret'), 'hunter2')
  const secret = `token=${join(home, 'secret')}`
  const given = ['-f', join(home, 'tool'), '-f', `${join(home, 'data')}:in/here`, '--secret', secret]
  const name = (await fleet.run('run', '--tenant', 'a', '-d', ...given, '--', 'x')).stdout.trim()
  const { stdout } = await fleet.run('workloads', 'show', name, '-o', 'json')
  t.false(stdout.includes('hunter2') || stdout.includes(Buffer.from('hunter2').toString('base64')))
  const files = dig(parse(stdout), 'spec', 'task', 'files')
  t.deepEqual(Array.isArray(files) ? files.map((file) => [dig(file, 'path'), dig(file, 'mode')]) : [], [
    ['tool', 0o755],
    ['in/here', 0o644],
  ])
})

test('the fleet as a whole says what it has, and that nothing in it needs anyone', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('node-1')
  const shown = (await fleet.run('fleet')).stdout
  t.regex(shown, /^Machines: {2}1 available\nTerm: {6}1, for \d+s\n(?:Learning: .*\n)?Findings: {2}none\n$/)
  const [document] = await fleet.json('fleet', 'resume')
  t.like(document, { term: 1, machine_counts: { available: 1 }, findings: [], halt: null })
})
