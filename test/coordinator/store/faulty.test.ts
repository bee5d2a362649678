import test from 'ava'
import { FaultyStore } from '../../../coordinator/store/faulty.ts'
import { memoryStore } from '../../../coordinator/store/memory.ts'
import { set, value } from './contract.ts'

test('commits fail as planned', async (t) => {
  const store = new FaultyStore(memoryStore(), {
    commit(number) {
      if (number === 2) return { kind: 'unavailable' }
      if (number === 3) return { kind: 'answer_lost' }
      if (number === 4) return { kind: 'conflict', key: 'leader' }
      return { kind: 'none' }
    },
    read: (number) => number === 1,
  })
  const kinds: string[] = []
  for (const text of ['1', '2', '3', '4', '5']) {
    const result = await store.commit({ guard: [], writes: [set(`k${text}`, text)] })
    kinds.push(result.ok ? `revision ${result.value}` : result.error.kind)
  }
  t.deepEqual(kinds, ['revision 1', 'unavailable', 'unavailable', 'conflict', 'revision 3'])
  const refused = await store.read('')
  t.is(refused.ok ? 'ok' : refused.error.kind, 'unavailable')
  // The third was written although its answer got lost; the second and the fourth were not.
  t.deepEqual(
    value(t, await store.read('')).entries.map((entry) => entry.key),
    ['k1', 'k3', 'k5'],
  )
})
