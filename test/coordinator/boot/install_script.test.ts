import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { installScript } from '../../../coordinator/boot/deployed.ts'
import { cloudInit, installCommand } from '../../../shared/boot.ts'
import { directory } from '../../cli/fixture.ts'
import { hasProgram, onlyWhere } from '../../conditional.ts'

test('of a script that was cut off, nothing runs', (t) => {
  const root = join(directory(t), 'root')
  mkdirSync(root)
  const path = join(root, '..', 'cut.sh')
  const [last] = [installScript.lastIndexOf('\n{ main') + 1]
  const ends = [...installScript.matchAll(/\n/g)].map(({ index }) => index).filter((_, line) => line % 5 === 0)
  for (let end = last; end < installScript.length - 1; end++) ends.push(end)
  for (const end of ends) {
    writeFileSync(path, installScript.slice(0, end))
    // What it would say first, were it to run.
    const { stdout, stderr } = spawnSync('sh', [path, '--root', root, '--help'], { encoding: 'utf8' })
    t.is(stdout, '', `${end}`)
    t.false(stderr.includes('billet:'), `${end}: ${stderr}`)
  }
  t.deepEqual(readdirSync(root), [])
  const whole = spawnSync('sh', ['-s', '--', '--help'], { input: installScript, encoding: 'utf8' })
  t.regex(whole.stdout, /^Usage: sh install\.sh/)
})

onlyWhere(
  test,
  hasProgram('shellcheck'),
  'shellcheck',
)('shellcheck finds nothing in what is run as root', (t) => {
  const line = installCommand({ url: 'http://a.example', sha256: '0', fingerprint: 'sha256:0', tokenFile: '' })
  for (const input of [installScript, `#!/bin/sh\n${line}\n`]) {
    const { stdout, status } = spawnSync('shellcheck', ['--shell=sh', '-'], { input, encoding: 'utf8' })
    t.is(status, 0, stdout)
  }
})

test('what is given goes into the line as it is, whatever it is', (t) => {
  const given = { sha256: 'a'.repeat(64), fingerprint: `sha256:${'b'.repeat(64)}` }
  const line = installCommand({ ...given, url: 'http://[fd00::1]:7480', tokenFile: "a token's $(file)" })
  // What would be run is said instead.
  const said = line.replace(/^\(d=\$\(mktemp -d\).*?&& sh /, '(d=x && printf "%s\\n" ')
  const { stdout } = spawnSync('sh', ['-c', said], { encoding: 'utf8' })
  t.deepEqual(stdout.trim().split('\n').slice(1), [
    '--ca-fingerprint',
    given.fingerprint,
    '--token-file',
    "a token's $(file)",
  ])
  t.true(line.includes("'http://[fd00::1]:7480/install.sh'"))
  const yaml = cloudInit({ ...given, url: 'http://a.example' }, 'the-token')
  t.is(yaml.split('the-token').length, 2)
})
