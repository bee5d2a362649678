import test from 'ava'
import * as fc from 'fast-check'
import { type Context, type ContextFile, parseContextFile, printContextFile } from '../../shared/context_file.ts'
import { must } from '../fixtures.ts'

const block = (kind: string): string => `-----BEGIN ${kind}-----\nAAAA\n-----END ${kind}-----\n`
const CONTEXT: Context = {
  address: 'fleet.example.com:7443',
  ca: block('CERTIFICATE'),
  certificate: block('CERTIFICATE'),
  key: block('PRIVATE KEY'),
}
const FILE: ContextFile = { current: 'one', contexts: { one: CONTEXT } }

const refusal = (text: string): string => {
  const parsed = parseContextFile(text)
  return parsed.ok ? 'accepted' : parsed.error
}

test('what is printed is read again, whatever the contexts are called', (t) => {
  const names = fc.array(fc.string().filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name)))
  fc.assert(
    fc.property(names, fc.string(), (called, current) => {
      const contexts = Object.fromEntries(called.map((name) => [name, CONTEXT]))
      t.deepEqual(must(parseContextFile(printContextFile({ current, contexts }))), { current, contexts })
    }),
  )
})

test('a file that is wrong is refused by the field, and never with what a secret holds', (t) => {
  const wrong = (fields: object): string =>
    refusal(JSON.stringify({ ...FILE, contexts: { one: { ...CONTEXT, ...fields } } }))
  t.is(refusal('{'), 'is not JSON')
  t.regex(refusal('null'), /^the file: /)
  t.regex(refusal('{}'), /^current: /)
  t.regex(refusal(JSON.stringify({ current: 'one' })), /^contexts: /)
  t.is(wrong({ address: 'nowhere' }), 'contexts.one.address: expected "host:port"')
  t.is(wrong({ ca: 'x' }), 'contexts.one.ca: expected a PEM text with a certificate')
  t.regex(wrong({ certificate: undefined }), /^contexts\.one\.certificate: /)
  const secret = 'hunter2'
  t.is(wrong({ key: secret }), 'contexts.one.key: expected a PEM text with a private key')
  t.false(refusal(`{"key": "${secret}" nonsense`).includes(secret))
})

test('no text makes the parser throw', (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const parsed = parseContextFile(text)
      return parsed.ok || parsed.error !== ''
    }),
  )
  t.pass()
})
