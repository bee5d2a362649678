import test from 'ava'
import * as fc from 'fast-check'
import { type Context, type ContextFile, parseContextFile, printContextFile } from '../../shared/context_file.ts'
import { must } from '../fixtures.ts'
import { CLIENT, lab } from './lab.ts'

const { certificate: ca, sign } = await lab()
const CONTEXT: Context = { address: 'fleet.example.com:7443', ca, ...(await sign(CLIENT)) }
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
    { numRuns: 30 },
  )
})

test('a file that is wrong is refused by the field, and never with what a secret holds', async (t) => {
  const other = await sign(CLIENT)
  const wrong = (fields: object): string =>
    refusal(JSON.stringify({ ...FILE, contexts: { one: { ...CONTEXT, ...fields } } }))
  t.is(refusal('{'), 'is not JSON')
  t.regex(refusal('null'), /^the file: /)
  t.regex(refusal('{}'), /^current: /)
  t.regex(refusal(JSON.stringify({ current: 'one' })), /^contexts: /)
  t.is(wrong({ address: 'nowhere' }), 'contexts.one.address: expected "host:port"')
  t.is(wrong({ ca: 'x' }), 'contexts.one.ca: expected a PEM text with a certificate')
  t.regex(wrong({ certificate: undefined }), /^contexts\.one\.certificate: /)
  t.regex(wrong({ certificate: `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----` }), /PEM text/)
  t.is(wrong({ key: other.key }), 'contexts.one: expected the key that the certificate is for')
  const secret = 'hunter2'
  const damaged = CONTEXT.key.replace(/[A-Za-z]{8}/g, secret)
  t.is(wrong({ key: damaged }), 'contexts.one.key: expected a PEM text with a private key')
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
