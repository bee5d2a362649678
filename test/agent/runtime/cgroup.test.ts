import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import test from 'ava'
import { findCgroupHost } from '../../../agent/runtime/cgroup.ts'

test('a mount that is listed and cannot be reached is none, and is not looked at for ever', (t) => {
  const directory = mkdtempSync(`${tmpdir()}/billet-mounts-`)
  t.teardown(() => rmSync(directory, { recursive: true }))
  // As where another file system covers it: nothing can be made there, and no parent is missing.
  writeFileSync(`${directory}/mounts`, 'cgroup2 /proc cgroup2 rw 0 0\n')
  const found = findCgroupHost('billet-test', `${directory}/mounts`)
  t.is(found.kind, 'absent')
})
