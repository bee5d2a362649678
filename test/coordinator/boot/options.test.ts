import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { startCoordinator } from '../../../coordinator/main.ts'
import { COORDINATOR_PREFIX, coordinatorOptions } from '../../../coordinator/options.ts'
import { systemClock } from '../../../shared/clock.ts'
import { resolveOptions } from '../../../shared/config.ts'
import { silentLogger } from '../../../shared/log.ts'
import { Fleet, directory } from '../../cli/fixture.ts'

/** What a coordinator says that does not start with these. */
async function refused(t: ExecutionContext, flags: Readonly<Record<string, string>>): Promise<string> {
  const listen = { listen: '127.0.0.1:0', enrolListen: '127.0.0.1:0', bootListen: '127.0.0.1:0' }
  const given = { dataDir: join(directory(t), 'data'), ...listen, ...flags }
  const file = { path: '', required: false }
  const options = resolveOptions(coordinatorOptions, {
    prefix: COORDINATOR_PREFIX,
    file,
    environment: {},
    flags: given,
  })
  if (!options.ok) return options.error.join()
  const started = await startCoordinator(options.value, { clock: systemClock, log: silentLogger })
  if (!started.ok) return started.error
  await started.value.stop()
  return ''
}

test('options that do not go together are told by their names', async (t) => {
  const [certificate, key] = [join(directory(t), 'certificate'), join(directory(t), 'key')]
  writeFileSync(certificate, 'x')
  writeFileSync(key, 'x', { mode: 0o644 })
  const both = { bootCertificateFile: certificate, bootKeyFile: key }
  t.regex(await refused(t, { bootKeyFile: key }), /^boot_key_file: expected boot_certificate_file too/)
  t.regex(await refused(t, { bootCertificateFile: certificate }), /^boot_certificate_file: expected boot_key_file too/)
  t.regex(await refused(t, both), /^boot_key_file: .* can be read by others/)
  for (const bootUrl of ['boot.example', 'ftp://boot.example', 'http://boot.example/path', 'http://$(x).example']) {
    t.regex(await refused(t, { bootUrl }), /^boot_url: expected http or https/, bootUrl)
  }
  t.regex(await refused(t, { bootListen: '203.0.113.7:1' }), /^boot_listen: 203\.0\.113\.7 is no address/)
  t.regex(await refused(t, { bootListen: 'nowhere' }), /^--boot-listen: expected host:port/)
  t.regex(await refused(t, { bootRate: '1KiB' }), /^--boot-rate: expected a size of at least 64KiB/)
  t.is(await refused(t, { bootUrl: 'https://[fd00::1]:7480/' }), '')
})

test('where servers cannot fetch anything, the command line says so', async (t) => {
  const fleet = await Fleet.open(t)
  for (const word of ['install', 'files']) {
    const { code, stdout, stderr } = await fleet.run('boot', word)
    t.is(code, 1)
    t.is(stdout, '')
    t.regex(stderr, /start the coordinator with boot_listen/)
  }
  const path = join(directory(t), 'token')
  writeFileSync(path, 'a token that is none\n')
  const wrong = await fleet.run('boot', 'cloud-init', '--token-file', path)
  t.is(wrong.code, 2)
  t.regex(wrong.stderr, /That is no join token/)
  t.false(wrong.stderr.includes('a token that'))
})
