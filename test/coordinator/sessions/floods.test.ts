import test from 'ava'
import type { Metric } from '../../../shared/wire/gen/types/billet/v1/Metric.ts'
import type { FakeAgent } from './fake_agent.ts'
import { costOf } from '../../../coordinator/sessions/take.ts'
import type { SessionRequest__Output } from '../../../shared/wire/gen/types/billet/v1/SessionRequest.ts'
import { type Machine, Rig } from './fixture.ts'

/** More than ten times what an agent that is well says. */
const SAMPLES = 30_000
const SCHEMAS = 60
const WIDTH = 2000

const time = { seconds: 1_700_000_000, nanos: 0 }
const schema = (id: number, width: number): { id: number; metrics: Metric[] } => ({
  id,
  metrics: Array.from({ length: width }, (_, index) => ({ name: `of_${id}_${index}`, kind: 1 })),
})

const message = (overrides: Partial<SessionRequest__Output>): SessionRequest__Output => ({ ...overrides })

type Flooded = { readonly loud: FakeAgent; readonly machine: Machine }

/** One agent says far too much at once; another goes on as ever, and is answered each time before this returns. */
async function flooded(rig: Rig, flood: (loud: FakeAgent) => void): Promise<Flooded> {
  const [machine, other] = [await rig.machine(), await rig.machine()]
  const [loud, quiet] = [await rig.connect(machine), await rig.connect(other, undefined, { serial: 'SN2' })]
  quiet.say({ schema: schema(1, 3) })
  flood(loud)
  for (let beat = 0; beat < 40; beat += 1) {
    quiet.say({ sample: { schema_id: 1, time, values: [beat, beat, beat] } })
    await quiet.settled()
  }
  return { loud, machine }
}

const kept = (rig: Rig) => rig.rings.taken + rig.rings.dropped

test('an agent that sends far too many samples waits, and nobody else does', async (t) => {
  const rig = await Rig.start(t)
  const { loud } = await flooded(rig, (agent) => {
    agent.say({ schema: schema(1, 3) })
    for (let at = 0; at < SAMPLES; at += 1) agent.say({ sample: { schema_id: 1, time, values: [at, at, NaN] } })
  })
  t.true(kept(rig) < SAMPLES, 'another was answered forty times before all of it was read')
  // 100 samples are kept in these rings, of at most 3 numbers and a time.
  t.true(rig.rings.bytes <= 2 * 128 * 4 * 8, `${rig.rings.bytes}`)
  loud.close()
})

test('a schema that changes each time is paid for by who sends it', async (t) => {
  const rig = await Rig.start(t)
  let heard = 0
  const { loud, machine } = await flooded(rig, (agent) => {
    for (let id = 1; id <= SCHEMAS; id += 1) {
      agent.say({ schema: schema(id, WIDTH) })
      agent.say({ sample: { schema_id: id, time, values: Array.from({ length: WIDTH }, () => id) } })
    }
    void agent.settled().then(
      () => (heard += 1),
      () => {},
    )
  })
  t.is(heard, 0, 'half a minute of schemas is not taken in at once')
  const seen = rig.rings.seen({ machine: machine.id, holder: null })
  t.true((seen?.rings.length ?? 0) <= 4)
  loud.close()
})

test('infinite numbers and samples of no schema are dropped, and end no session', async (t) => {
  const rig = await Rig.start(t)
  const machine = await rig.machine()
  const agent = await rig.connect(machine)
  agent.say({ schema: schema(1, 2) })
  const values = [[Infinity, 1], [1, -Infinity], [1], [1, 2, 3], [NaN, NaN], [1, 2]]
  for (const one of values) agent.say({ sample: { schema_id: 1, time, values: one } })
  agent.say({ sample: { schema_id: 2, time, values: [1, 2] } })
  await agent.settled()
  t.is(rig.rings.taken, 2)
  t.is(rig.rings.dropped, 5)
})

test('a schema that is larger than any machine’s ends the session, and says so', async (t) => {
  const rig = await Rig.start(t)
  const machine = await rig.machine()
  const agent = await rig.connect(machine)
  agent.say({ schema: { id: 1, metrics: Array.from({ length: 20_000 }, () => ({ name: 'm', kind: 1 as const })) } })
  t.like(await agent.end, { kind: 'invalid_argument', field: 'schema.metrics' })
})

test('the larger a message is, the more it counts as', (t) => {
  const empty = { message: 'heartbeat', heartbeat: 1 } as const
  t.is(costOf(message(empty)), 1)
  const values = Array.from({ length: 2560 }, () => 1)
  t.is(costOf(message({ message: 'sample', sample: { schema_id: 1, time, values } })), 11)
  const changed = Buffer.alloc(320)
  t.is(costOf(message({ message: 'changes', changes: { schema_id: 1, time, changed, values: [] } })), 11)
  t.is(costOf(message({ message: 'schema', schema: { id: 1, metrics: [] } })), 1)
})
