import test from 'ava'
import * as fc from 'fast-check'
import { type MachineFacts, attributes } from '../../shared/model/expression/attributes.ts'
import { holds } from '../../shared/model/expression/holds.ts'
import { describeFault, parseExpression } from '../../shared/model/expression/parse.ts'
import { isLike } from '../../shared/model/expression/values.ts'
import { inventory, must } from '../fixtures.ts'
import { parseMachineId } from '../../shared/model/ids.ts'

const GIB = 1024 ** 3
const gpu = {
  index: 0,
  vendor: 'NVIDIA',
  model: 'NVIDIA H100 80GB HBM3',
  uuid: 'GPU-1',
  memoryBytes: 80 * GIB,
  serial: '1',
  driver: '550.54.14',
} as const

const server: MachineFacts = {
  id: must(parseMachineId('mch-0123456789abcdef')),
  hostname: 'r1n07',
  hardwareClass: 'x64-128t-2048g-2x-h100-80g',
  trouble: { failures: [1, 2] },
  labels: { rack: 'r1', 'team/owner': 'vision', slots: '12' },
  inventory: inventory({
    memoryBytes: 2048 * GIB,
    gpus: [gpu, { ...gpu, index: 1 }],
    nics: [
      { device: 'eth0', mac: '', speedMbps: 25_000, kind: 'ethernet', addresses: [] },
      { device: 'ib0', mac: '', speedMbps: 400_000, kind: 'infiniband', addresses: [] },
    ],
  }),
}

const isTrue = (text: string): boolean => holds(must(parseExpression(text)).test, server)
const fault = (text: string): string => {
  const parsed = parseExpression(text)
  return parsed.ok ? 'no fault' : describeFault(text, parsed.error)
}

const cases: readonly (readonly [string, boolean])[] = [
  ['gpu.count >= 2', true],
  ['gpu.count > 2', false],
  ['gpu.model ~ "*h100*" and gpu.memory >= 80GiB', true],
  ['gpu.model = "nvidia h100 80gb hbm3"', true],
  ['memory >= 2TiB', true],
  ['memory >= 2.1TiB', false],
  ['nic.speed >= 400Gbps', true],
  ['nic.kind = infiniband', true],
  ['nic.kind != ethernet', false],
  ['nic.kind = roce', false],
  ['gpu.driver >= 550.9', true],
  ['gpu.driver >= 550.127', false],
  ['label.rack in (r1, r2)', true],
  ['label.rack not in (r1, r2)', false],
  ['label.team/owner = vision', true],
  ['label.slots > 9', true],
  ['label.none exists', false],
  ['label.none not exists', true],
  ['label.none != x', true],
  ['label.none not in (x)', true],
  ['label.none = x', false],
  ['class = x64-128t-2048g-2x-h100-80g', true],
  ['hostname ~ r1n*', true],
  ['failures = 2', true],
  ['failures = 0', false],
  ['machine = mch-0123456789abcdef', true],
  ['not (arch = arm64 or label.rack = r9) and gpu.vendor = nvidia', true],
  ['arch = arm64 || gpu.count == 2 && !label.rack = r9', true],
  ["label.rack = 'r1'", true],
]

for (const [text, expected] of cases) {
  test(`${text} is ${expected}`, (t) => t.is(isTrue(text), expected))
}

test('and binds more than or', (t) => {
  t.true(isTrue('gpu.count = 2 or gpu.count = 3 and gpu.count = 4'))
  t.false(isTrue('(gpu.count = 2 or gpu.count = 3) and gpu.count = 4'))
})

test('a fault says where it is, and what was expected there', (t) => {
  t.regex(fault('gpu.count >= lots'), /^column 14: expected a number, found lots: gpu\.count >= >>>lots$/)
  t.regex(fault('gpu.cout > 1'), /^column 1: expected label\.KEY or one of .*gpu\.count/)
  t.regex(fault('gpu.count >= 8 and'), /^column 19: expected an attribute, found the end/)
  t.regex(fault('label.rack in (r1'), /^column 18: expected "\)"/)
  t.regex(fault('(gpu.count = 1'), /^column 15: expected "\)", "," or an operator/)
  t.regex(fault('gpu.model > 3'), /^column 11: expected =, !=, ~, in or exists for a text/)
  t.regex(fault('gpu.count ~ 3'), /^column 11: expected another operator than ~/)
  t.regex(fault('memory >= 3 apples'), /^column 13: expected and, or, or the end, found apples/)
  t.regex(fault('memory > 3parsecs'), /^column 10: expected a size as 512GiB or 2TB/)
  t.regex(fault('gpu.count = 1 %'), /^column 15: expected a name, a value or an operator, found %/)
  t.regex(fault(''), /^column 1: expected an attribute/)
})

test('an expression of a megabyte, or of brackets alone, is refused at once', (t) => {
  t.regex(fault('a'.repeat(1_000_000)), /expected at most 4096 characters/)
  t.regex(fault('('.repeat(4000)), /at most 32 levels/)
  t.regex(fault('not '.repeat(1000)), /at most 32 levels/)
})

test('whatever is written is read or refused with a place in it, never more', (t) => {
  const signs = 'and or not in exists ( ) , = >= ~ "x" 1 8GiB label.a gpu.count'.split(' ')
  const word = fc.constantFrom(...signs, ...Object.keys(attributes))
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
      ),
      (text) => {
        const parsed = parseExpression(text)
        if (!parsed.ok) return parsed.error.column >= 1 && parsed.error.column <= text.length + 1
        holds(parsed.value.test, server)
        return holds(parsed.value.test, server) !== holds({ kind: 'not', of: parsed.value.test }, server)
      },
    ),
    { numRuns: 2000 },
  )
  t.pass()
})

test('a pattern is what a plain expression of stars would be', (t) => {
  const sign = fc.constantFrom('a', 'b', '*', '?')
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b')), fc.array(sign), (letters, signs) => {
      const plain = new RegExp(`^${signs.join('').replaceAll('*', '.*').replaceAll('?', '.')}$`)
      return isLike(letters.join(''), signs.join('')) === plain.test(letters.join(''))
    }),
    { numRuns: 2000 },
  )
  t.pass()
})
