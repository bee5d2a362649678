import test from 'ava'
import { Connection } from '../../shared/grpc/client.ts'
import { MESSAGE_BYTES_MAX } from '../../shared/grpc/limits.ts'
import { fromStatus, toStatus } from '../../shared/grpc/status.ts'
import { type ErrorKind, billetError, errorKinds } from '../../shared/model/errors.ts'
import type { Result } from '../../shared/model/result.ts'
import { must } from '../fixtures.ts'
import { connected, methods, until } from './echo.ts'

const kindOf = (result: Result<unknown, { readonly kind: ErrorKind }>): string =>
  result.ok ? 'accepted' : result.error.kind

test('a call is answered, and a refusal comes with its kind, its sentence and its field', async (t) => {
  const { connection } = await connected(t)
  t.deepEqual(must(await connection.call(methods.Echo, Buffer.from('hello'))), Buffer.from('hello'))
  const refused = await connection.call(methods.Refuse, Buffer.alloc(0))
  t.deepEqual(refused, {
    ok: false,
    error: {
      kind: 'queue_full',
      message: 'Too many wait.',
      metadata: { field: 'spec.task', machine: 'mch-1' },
      field: 'spec.task',
    },
  })
})

test('every kind of error survives the wire', (t) => {
  for (const kind of Object.keys(errorKinds)) {
    if (!isKind(kind)) continue
    const error = billetError(kind, `A sentence – with “signs”.`, { name: 'ü', other: '' })
    t.deepEqual(fromStatus(toStatus(error)), error)
  }
})

function isKind(text: string): text is ErrorKind {
  return text in errorKinds
}

test('a call that takes too long ends at its deadline, on both sides', async (t) => {
  const { connection, seen } = await connected(t)
  // A connection that is made already: on a busy machine, making one may take longer than the deadline.
  t.true((await connection.call(methods.Echo, Buffer.alloc(0))).ok)
  const begun = performance.now()
  t.is(kindOf(await connection.call(methods.Wait, Buffer.alloc(0), { deadlineMs: 500 })), 'deadline_exceeded')
  t.true(performance.now() - begun < 5000)
  await until(() => seen.cancelled === seen.waiting)
  t.is(kindOf(await connection.call(methods.Wait, Buffer.alloc(0), { deadlineMs: 0 })), 'deadline_exceeded')
})

test('a call that is interrupted ends at once, on both sides', async (t) => {
  const { connection, seen } = await connected(t)
  const interrupt = new AbortController()
  const answer = connection.call(methods.Wait, Buffer.alloc(0), { signal: interrupt.signal })
  await until(() => seen.waiting === 1)
  interrupt.abort()
  t.is(kindOf(await answer), 'cancelled')
  await until(() => seen.cancelled === 1)
  t.is(kindOf(await connection.call(methods.Echo, Buffer.alloc(0), { signal: interrupt.signal })), 'cancelled')
})

test('a message of 256 KiB passes, and a larger one does not leave its sender', async (t) => {
  const { connection } = await connected(t)
  const most = Buffer.alloc(MESSAGE_BYTES_MAX, 1)
  t.is(MESSAGE_BYTES_MAX, 262_144)
  t.is(must(await connection.call(methods.Echo, most)).length, most.length)
  const larger = Buffer.alloc(MESSAGE_BYTES_MAX + 1)
  t.is(kindOf(await connection.call(methods.Echo, larger)), 'message_too_large')
  t.true((await connection.call(methods.Echo, most)).ok, 'and the connection goes on')
})

test('a method that nobody serves is refused', async (t) => {
  const { connection } = await connected(t)
  const refused = await connection.call({ ...methods.Echo, path: '/test.Echo/Nothing' }, Buffer.alloc(0))
  t.is(kindOf(refused), 'unsupported_version')
  t.regex(refused.ok ? '' : refused.error.message, /\/test\.Echo\/Nothing/)
})

test('a request or an answer that cannot be coded is a refusal', async (t) => {
  const { connection } = await connected(t)
  const fail = (): never => {
    throw new Error('no such thing')
  }
  t.is(kindOf(await connection.call({ ...methods.Echo, requestSerialize: fail }, Buffer.alloc(0))), 'internal')
  t.is(kindOf(await connection.call({ ...methods.Echo, responseDeserialize: fail }, Buffer.alloc(0))), 'internal')
})

test('nobody at the address, and a connection that was closed, are refusals too', async (t) => {
  const { listener, address, connection, lab } = await connected(t)
  connection.close()
  t.is(kindOf(await connection.call(methods.Echo, Buffer.alloc(0))), 'unavailable')
  await listener.close()
  const late = new Connection(address, await lab.client())
  const refused = await late.call(methods.Echo, Buffer.alloc(0))
  late.close()
  t.is(kindOf(refused), 'unavailable')
  t.regex(
    refused.ok ? '' : refused.error.message,
    /^The coordinator cannot be reached: connect ECONNREFUSED 127\.0\.0\.1:\d+\.$/,
  )
})
