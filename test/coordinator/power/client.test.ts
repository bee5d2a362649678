import test from 'ava'
import { type ClientOptions, RedfishClient, messageIn } from '../../../coordinator/power/client.ts'
import { computerSystem } from '../../../coordinator/power/resources.ts'
import type { Answer, Request } from '../../../coordinator/power/transport.ts'

const NOTHING = { token: '', location: '', etag: '', retryAfter: '' }
const answered = (status: number, body: object = {}, headers: Partial<typeof NOTHING> = {}): Answer => ({
  kind: 'answered',
  status,
  headers: { ...NOTHING, ...headers },
  body: JSON.stringify(body),
})
const ROOT = answered(200, { Systems: { '@odata.id': '/redfish/v1/Systems' } })
const SYSTEM = answered(200, { '@odata.id': '/redfish/v1/Systems/1', PowerState: 'On' })
const LOGIN = answered(201, {}, { token: 'first', location: '/s/1' })

/** A client whose BMC gives these answers one after the other, and what it was asked. */
function scripted(answers: readonly Answer[], more: Partial<ClientOptions> = {}) {
  const asked: Request[] = []
  const left = [...answers]
  const transport = {
    exchange: async (request: Request): Promise<Answer> => {
      asked.push(request)
      return left.shift() ?? { kind: 'no_answer', message: 'the script is over' }
    },
  }
  const signal = AbortSignal.timeout(10_000)
  const client = new RedfishClient({
    transport,
    userName: 'root',
    password: 'hunter2',
    signal,
    draw: () => 0,
    waitFirstMs: 1,
    ...more,
  })
  return { client, asked, said: () => asked.map(({ method, path }) => `${method} ${path}`) }
}

const read = (client: RedfishClient) => client.get('/redfish/v1/Systems/1', computerSystem)

test('what only looks is asked again, on whatever may pass', async (t) => {
  const later = [429, 502, 503, 504].map((status) => answered(status))
  const broken: Answer[] = [
    { kind: 'not_sent', message: 'ECONNREFUSED' },
    { kind: 'no_answer', message: 'ECONNRESET' },
  ]
  const { client, asked } = scripted([...later, ...broken, SYSTEM])
  t.true((await read(client)).ok)
  t.is(asked.length, 7)
})

test('what does not pass is not asked again', async (t) => {
  for (const [answer, kind] of [
    [answered(400), 'unsupported'],
    [answered(404), 'unsupported'],
    [answered(403), 'login_refused'],
    [{ kind: 'untrusted', message: 'x' }, 'untrusted'],
    [{ kind: 'too_large' }, 'unsupported'],
    [{ kind: 'answered', status: 200, headers: NOTHING, body: '<html>' }, 'unsupported'],
  ] as const) {
    const { client, asked } = scripted([answer])
    const got = await read(client)
    t.is(got.ok ? 'read' : got.error.kind, kind)
    t.is(asked.length, 1)
  }
})

test('it ends when the time is over, and says what was heard last', async (t) => {
  const { client } = scripted([answered(503)], { signal: AbortSignal.timeout(50) })
  const got = await read(client)
  t.like(got, { error: { kind: 'unreachable', message: 'The BMC does not answer: the script is over.' } })
})

test('a change is sent once, whatever becomes of it', async (t) => {
  for (const answer of [answered(503), { kind: 'no_answer', message: 'ECONNRESET' }] as const) {
    const { client, asked } = scripted([answer])
    t.is((await client.send('POST', '/reset', { ResetType: 'On' })).kind, answer.kind)
    t.is(asked.length, 1)
  }
})

test('a session that the BMC has forgotten is made anew, once', async (t) => {
  const again = answered(201, {}, { token: 'second', location: '/s/2' })
  const { client, asked, said } = scripted([ROOT, LOGIN, answered(401), again, SYSTEM, answered(204)])
  t.true((await client.open()).ok)
  t.true((await read(client)).ok)
  await client.close()
  t.is(asked[4]?.headers['x-auth-token'], 'second')
  t.is(said().at(-1), 'DELETE /s/2')
  const refused = scripted([ROOT, LOGIN, answered(401), again, answered(401)])
  await refused.client.open()
  const got = await read(refused.client)
  t.is(got.ok ? '' : got.error.kind, 'login_refused')
})

test('a session without an address among the headers is ended by the body’s, and is made anew', async (t) => {
  const opened = answered(201, { '@odata.id': '/s/7' }, { token: 'first' })
  const { client, said } = scripted([ROOT, opened, answered(204)])
  t.true((await client.open()).ok)
  await client.close()
  t.is(said().at(-1), 'DELETE /s/7')
  const nowhere = answered(201, {}, { token: 'first' })
  const forgetful = scripted([ROOT, nowhere, answered(401), LOGIN, SYSTEM, answered(204)])
  t.true((await forgetful.client.open()).ok)
  t.true((await read(forgetful.client)).ok)
  await forgetful.client.close()
  t.is(forgetful.said().at(-1), 'DELETE /s/1')
})

test('without sessions, or where no more are to be had, the password goes along each time', async (t) => {
  for (const none of [answered(404), answered(405), answered(400), answered(201)]) {
    const { client, asked } = scripted([ROOT, none, SYSTEM])
    t.true((await client.open()).ok)
    t.true((await read(client)).ok)
    t.is(asked[2]?.headers['authorization'], `Basic ${Buffer.from('root:hunter2').toString('base64')}`)
    await client.close()
    t.is(asked.length, 3, 'there is no session to end')
  }
})

test('a session’s address elsewhere is not followed', async (t) => {
  const { client, said } = scripted([
    ROOT,
    answered(201, {}, { token: 'x', location: '//evil.example/s' }),
    answered(204),
  ])
  await client.open()
  await client.close()
  t.false(said().some((one) => one.includes('evil')))
})

test('the sentence in an error of Redfish', (t) => {
  t.is(messageIn('{"error":{"message":"a","@Message.ExtendedInfo":[{"Message":"b"}]}}'), 'b')
  t.is(messageIn('{"error":{"@Message.ExtendedInfo":[{"MessageId":"iLO.2.14.X","Message":""}]}}'), 'iLO.2.14.X')
  t.is(messageIn('{"error":{"message":"a","@Message.ExtendedInfo":{}}}'), 'a')
  for (const body of ['', '[]', 'null', '{"error":7}', '<html>']) t.is(messageIn(body), '')
})
