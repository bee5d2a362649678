import test from 'ava'
import { MemoryDatabase } from '../../../coordinator/store/memory.ts'
import { type Opened, set, testContract, value } from './contract.ts'

testContract(test, 'memory', {
  async open(options) {
    const database = new MemoryDatabase(options)
    const opened: Opened = {
      store: database.open(),
      async reopen() {
        await opened.store.close()
        opened.store = database.open()
      },
      dispose: () => opened.store.close(),
    }
    return opened
  },
})

test('memory: several stores on one database see one another', async (t) => {
  const database = new MemoryDatabase()
  const [one, two] = [database.open(), database.open()]
  value(t, await one.commit({ guard: [], writes: [set('a', '1')] }))
  await one.close()
  t.is(value(t, await two.read('a')).entries.length, 1)
})
