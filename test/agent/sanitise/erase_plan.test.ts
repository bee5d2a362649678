import test from 'ava'
import { assert, boolean, double, integer, property, record } from 'fast-check'
import { ataAbilities } from '../../../agent/sanitise/ata.ts'
import {
  type EraseFacts,
  SAMPLE_BYTES,
  categoryOf,
  describePlan,
  planErase,
  samplePlaces,
} from '../../../agent/sanitise/erase_plan.ts'

const disk: EraseFacts = {
  path: '/dev/sdx',
  serial: 'S1',
  sizeBytes: 1e12,
  rotational: true,
  discardBytesMax: 0,
  nvme: null,
  ata: null,
  heldBy: [],
  readOnly: false,
}

test('a device is erased by the strongest method that it says it has, and by writing zeroes at last', (t) => {
  t.deepEqual(planErase(disk).methods, ['write_zeroes'])
  const nvme = { sanitizeCrypto: true, sanitizeBlock: true, formatCrypto: true }
  t.deepEqual(planErase({ ...disk, rotational: false, discardBytesMax: 4096, nvme }).methods, [
    'nvme_sanitize_crypto',
    'nvme_sanitize_block',
    'nvme_format_crypto',
    'discard',
    'write_zeroes',
  ])
  t.is(categoryOf('nvme_format_crypto'), 'purge')
  t.is(categoryOf('discard'), 'clear')
})

test('how long it may take is said beforehand, by size and kind', (t) => {
  const { secondsMost } = planErase(disk)
  t.true(secondsMost > 3600)
  t.true(planErase({ ...disk, rotational: false }).secondsMost < secondsMost)
})

const ATA = `
/dev/sda:

ATA device, with non-removable media
Commands/features:
	Enabled	Supported:
	   *	SMART feature set
	   *	SANITIZE feature set
	   *	CRYPTO_SCRAMBLE_EXT command
	    	BLOCK_ERASE_EXT command
Security: 
	Master password revision code = 65534
		supported
	not	enabled
	not	locked
	not	frozen
	not	expired: security count
		supported: enhanced erase
	20min for SECURITY ERASE UNIT. 120min for ENHANCED SECURITY ERASE UNIT.
`

test('an ATA drive is erased as it says it can be, strongest first', (t) => {
  const able = planErase({ ...disk, sizeBytes: 1e9, ata: ataAbilities(ATA) })
  t.deepEqual(able.methods, ['ata_sanitize_crypto', 'ata_security_enhanced', 'ata_security', 'write_zeroes'])
  t.true(able.secondsMost >= 120 * 60, 'the drive says how long it may take')
  t.is(categoryOf('ata_sanitize_crypto'), 'purge')
  const frozen = ATA.replace('not	frozen', '	frozen').replaceAll('*', ' ')
  t.deepEqual(planErase({ ...disk, ata: ataAbilities(frozen) }).methods, ['write_zeroes'])
  const locked = ATA.replace('not	locked', '	locked').replace('not	enabled', '	enabled')
  t.regex(planErase({ ...disk, ata: ataAbilities(locked) }).refusal ?? '', /locked by an ATA password.*security-unlock/)
})

test('what a drive prints in another way makes it no abler than it is', (t) => {
  const unable = planErase({ ...disk, ata: ataAbilities('') })
  t.deepEqual(unable.methods, ['write_zeroes'])
  t.is(unable.refusal, null)
})

test('the plan says for each device by what, and how long', (t) => {
  const line = describePlan(planErase({ ...disk, discardBytesMax: 4096 }))
  t.regex(line, /^\/dev\/sdx \(serial S1\), 1000.0 GB: discard \(clear\), else write_zeroes \(clear\); at most \d+ s/)
  t.regex(describePlan(planErase({ ...disk, heldBy: ['swap on sdx'] })), /not erased: .*swap on sdx/)
})

test('a device in use, read-only or without a size is refused by name, never erased', (t) => {
  t.regex(planErase({ ...disk, heldBy: ['mounted at /home'] }).refusal ?? '', /\/dev\/sdx.*mounted at \/home/)
  t.regex(planErase({ ...disk, readOnly: true }).refusal ?? '', /read-only/)
  t.regex(planErase({ ...disk, sizeBytes: 0 }).refusal ?? '', /no size/)
  t.is(planErase(disk).refusal, null)
})

test('every place that is read back lies within the device, and both its ends are among them', (t) => {
  const drawn = record({ blocks: integer({ min: 0, max: 5000 }), odd: integer({ min: 0, max: 4095 }), low: boolean() })
  assert(
    property(drawn, double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), ({ blocks, odd }, value) => {
      const size = blocks * SAMPLE_BYTES + odd
      const places = samplePlaces(size, 64, () => value)
      const inside = places.every((place) => place % SAMPLE_BYTES === 0 && place + SAMPLE_BYTES <= size)
      const ends = blocks === 0 || (places[0] === 0 && places.at(-1) === (blocks - 1) * SAMPLE_BYTES)
      return inside && ends && new Set(places).size === places.length
    }),
  )
  t.pass()
})
