import test from 'ava'
import { messages } from '../../shared/grpc/stream.ts'
import { must } from '../fixtures.ts'
import { connected, methods, until } from './echo.ts'

const NOTHING = Buffer.alloc(0)

test('messages come in order, and a stream both ways ends when its writer does', async (t) => {
  const { connection } = await connected(t)
  const stream = connection.open(methods.Talk)
  const sent = Array.from({ length: 200 }, (_, index) => `${index}`)
  for (const text of sent) stream.write(Buffer.from(text))
  stream.end()
  const heard: string[] = []
  for await (const item of messages<Buffer>(stream, () => stream.cancel())) heard.push(must(item).toString())
  t.deepEqual(heard, sent)
})

test('a failure is the last item, after all that came before it', async (t) => {
  const { connection } = await connected(t)
  const items: string[] = []
  for await (const item of connection.stream(methods.Break, NOTHING)) {
    items.push(item.ok ? item.value.toString() : item.error.kind)
  }
  t.deepEqual(items, ['one', 'slow_reader'])
})

test('a stream that fails before anyone reads it harms nobody, and tells its reader later', async (t) => {
  const { connection, listener } = await connected(t)
  t.true((await connection.call(methods.Echo, NOTHING)).ok)
  const stream = connection.stream(methods.Talk, NOTHING)
  await listener.close()
  t.is((await connection.call(methods.Echo, NOTHING)).ok, false)
  const first = await stream.next()
  t.is(first.done === true || first.value.ok ? '' : first.value.error.kind, 'unavailable')
})

test('a stream of a connection that was closed is a refusal', async (t) => {
  const { connection } = await connected(t)
  connection.close()
  const kinds: string[] = []
  for await (const item of connection.stream(methods.Pour, NOTHING)) kinds.push(item.ok ? 'item' : item.error.kind)
  t.deepEqual(kinds, ['unavailable'])
})

test('leaving the loop, an interruption and a deadline each end the stream on both sides', async (t) => {
  const { connection, seen } = await connected(t)
  for await (const item of connection.stream(methods.Pour, NOTHING)) if (must(item).length > 0) break
  await until(() => seen.stopped === 1)

  const interrupt = new AbortController()
  const kinds: string[] = []
  for await (const item of connection.stream(methods.Pour, NOTHING, { signal: interrupt.signal })) {
    interrupt.abort()
    if (!item.ok) kinds.push(item.error.kind)
  }
  await until(() => seen.stopped === 2)
  for await (const item of connection.stream(methods.Pour, NOTHING, { deadlineMs: 100 })) {
    if (!item.ok) kinds.push(item.error.kind)
  }
  await until(() => seen.stopped === 3)
  for await (const item of connection.stream(methods.Pour, NOTHING, { signal: interrupt.signal })) {
    if (!item.ok) kinds.push(item.error.kind)
  }
  t.deepEqual(kinds, ['cancelled', 'deadline_exceeded', 'cancelled'])
})

test('a reader that does not read holds up its own stream, and neither memory nor anyone else', async (t) => {
  const { connection, seen } = await connected(t)
  const slow = connection.stream(methods.Pour, NOTHING)
  const take = async (): Promise<boolean> => (await slow.next()).value?.ok === true
  t.true(await take())
  // The server goes on until nothing more is taken; from then on it waits.
  let before = -1
  while (seen.poured !== before) {
    before = seen.poured
    for (let call = 0; call < 50; call += 1) must(await connection.call(methods.Echo, NOTHING))
  }
  t.true(seen.poured * 64 * 1024 < 32 * 1024 * 1024, `${seen.poured} messages were taken for a reader that reads none`)
  for (let count = 0; count < 20; count += 1) t.true(await take())
  await until(() => seen.poured > before)
  await slow.return(undefined)
  await until(() => seen.stopped === 1)
})
