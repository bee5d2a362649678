import test from 'ava'
import { parseChecks } from '../../coordinator/checks.ts'
import { checksWith, faultOfCheck, shippedChecks } from '../../shared/model/check.ts'
import { minutes } from '../../shared/model/time.ts'
import { must } from '../fixtures.ts'

test('the shipped checks are right themselves, and their names are theirs alone', (t) => {
  for (const one of shippedChecks) t.is(faultOfCheck(one), null, one.id)
  t.is(new Set(shippedChecks.map(({ id }) => id)).size, shippedChecks.length)
})

test('a site changes shipped checks and adds its own', (t) => {
  const site = must(
    parseChecks(`
      [[check]]
      id = "disk-write"
      tolerance = 0.6
      action = "note"

      [[check]]
      id = "nccl"
      argv = ["/opt/site/nccl.sh", "--gpus", "all"]
      timeout = "5m"
      memory_bytes = 64000000000
      validating = true
    `),
  )
  const all = checksWith(site)
  t.is(all.length, shippedChecks.length + 1)
  const of = (id: string) => all.find((one) => one.id === id)
  t.like(of('disk-write'), { tolerance: 0.6, action: 'note', validating: true, bad: 'low' })
  t.like(of('nccl'), { argv: ['/opt/site/nccl.sh', '--gpus', 'all'], timeout: minutes(5), memoryBytes: 64e9 })
})

test('a file that is wrong is refused by what is wrong with it', (t) => {
  for (const [text, expected] of [
    ['[[check]', /is not TOML: line 1/],
    ['[[check]]\nargv = ["/x"]', /check\.0\.id/],
    ['[[check]]\nid = "x"\nargv = ["x"]', /check x: argv: expected an absolute path/],
    ['[[check]]\nid = "x"', /check x: argv: expected an absolute path/],
    ['[[check]]\nid = "X"\nargv = ["/x"]', /check X: id: expected up to 40 small letters/],
    ['[[check]]\nid = "x"\nargv = ["/x"]\ntimeout = "1h"', /check x: timeout: expected from 100 ms to 10 min/],
    ['[[check]]\nid = "x"\nargv = ["/x"]\ntimeout = "soon"', /expected a length of time/],
    ['[[check]]\nid = "x"\nargv = ["/x"]\nmemory_bytes = 1', /check x: memory_bytes: expected at least 16 MiB/],
    ['[[check]]\nid = "x"\nargv = ["/x"]\ntolerance = 1', /check x: tolerance: expected from 0 to below 1/],
    ['[[check]]\nid = "x"\nargv = ["/x"]\ncolour = "red"', /colour/],
    ['[[check]]\nid = "gpus"\n[[check]]\nid = "gpus"', /check gpus: is there twice/],
  ] as const) {
    const parsed = parseChecks(text)
    t.regex(parsed.ok ? 'accepted' : parsed.error, expected)
  }
})
