import test from 'ava'
import type { BmcRecord } from '../../../coordinator/core/bmc_record.ts'
import { encodeWrite } from '../../../coordinator/store/encoder.ts'
import { decodeEntry } from '../../../coordinator/store/records.ts'
import { revision } from '../../../shared/model/ids.ts'
import { instant } from '../../../shared/model/time.ts'
import { must, user } from '../../fixtures.ts'
import { machine } from '../../shared/lab.ts'

const record: BmcRecord = {
  machine,
  url: 'https://bmc.example',
  userName: 'root',
  trust: { kind: 'fingerprint', sha256: 'ab'.repeat(32) },
  system: '/redfish/v1/Systems/1',
  password: { key: '0123456789abcdef', nonce: 'AAAA', text: 'BBBB' },
  user: user('ann'),
  setAt: instant(1_700_000_000_000),
}

function read(changed: BmcRecord, change: (text: string) => string = (text) => text) {
  const { key, value } = encodeWrite({ table: 'bmcs', key: machine, record: changed })
  return decodeEntry({ key, value: change(value ?? ''), revision: revision(1) })
}

test('how a BMC is reached is read as it was written', (t) => {
  for (const trust of [record.trust, { kind: 'authority', pem: 'x' }, { kind: 'system' }] as const) {
    t.deepEqual(must(read({ ...record, trust })), { table: 'bmcs', key: machine, record: { ...record, trust } })
  }
})

test('what is no such record is refused with its place', (t) => {
  const refusal = (from: string | RegExp, to: string): string => {
    const decoded = read(record, (text) => text.replace(from, to))
    return decoded.ok ? 'read' : decoded.error
  }
  t.regex(refusal('https://', 'http://'), /^bmcs\/mch-\w+: url: /)
  t.regex(refusal(/"sha256":"ab/, '"sha256":"'), /: trust\.sha256: /)
  t.regex(refusal('"kind":"fingerprint"', '"kind":"none"'), /: trust\.kind: /)
  t.regex(refusal('"nonce":"AAAA"', '"nonce":"?"'), /: password\.nonce: /)
  t.regex(refusal('"userName":"root"', '"userName":""'), /: userName: /)
  t.regex(refusal('"machine":"mch-', '"machine":"m-'), /: machine: /)
})
