import { compareTexts } from '../../../shared/model/texts.ts'
import test from 'ava'
import * as fc from 'fast-check'
import { Heap } from '../../../coordinator/scheduler/heap.ts'
import { naturalKey } from '../../../coordinator/scheduler/order.ts'
import { SortedList } from '../../../coordinator/scheduler/sorted_list.ts'
import { always } from './passes.ts'

const byNumber = (left: number, right: number): number => left - right

test('a sorted list: comes and goes', (t) => {
  const list = new SortedList<number>(byNumber)
  t.is(list.first(), undefined)
  t.deepEqual(
    [5, 1, 3, 5].map((value) => list.add(value)),
    [true, true, true, false],
  )
  t.deepEqual([...list], [1, 3, 5])
  t.is(list.first(), 1)
  t.is(list.at(2), 5)
  t.is(list.at(3), undefined)
  t.deepEqual([...list.from((value) => value < 2)], [3, 5])
  t.deepEqual([...list.from((value) => value < 6)], [])
  t.deepEqual(
    [4, 3].map((value) => list.remove(value)),
    [false, true],
  )
  t.is(list.size, 2)
})

type Step = { readonly isAdded: boolean; readonly from: number; readonly count: number; readonly by: number }

const step: fc.Arbitrary<Step> = fc.record({
  isAdded: fc.boolean(),
  from: fc.integer({ min: 0, max: 3000 }),
  // Runs of values: chunks are of 512, and only long lists are split.
  count: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 100, max: 900 })),
  by: fc.constantFrom(1, -1, 3, 7),
})

test('a sorted list is as a sorted array', (t) => {
  const asks = fc.array(fc.integer({ min: -2, max: 4000 }), { maxLength: 8 })
  always(fc.tuple(fc.array(step, { maxLength: 12, size: 'max' }), asks), 400, ([steps, asked]) => {
    const list = new SortedList<number>(byNumber)
    const plain = new Set<number>()
    for (const { isAdded, from, count, by } of steps) {
      for (let index = 0; index < count; index += 1) {
        const value = from + index * by
        const isNew = isAdded !== plain.has(value)
        if ((isAdded ? list.add(value) : list.remove(value)) !== isNew) throw new Error(`${value} was ${isNew}`)
        if (isAdded) plain.add(value)
        else plain.delete(value)
      }
    }
    const sorted = [...plain].toSorted(byNumber)
    const isAlike = asked.every((ask) => {
      const rest = sorted.filter((value) => value >= ask)
      return [...list.from((value) => value < ask)].join() === rest.join()
    })
    const isAt = asked.every((ask) => list.at(Math.max(0, ask)) === sorted[Math.max(0, ask)])
    return (
      isAlike && isAt && [...list].join() === sorted.join() && list.size === plain.size && list.first() === sorted[0]
    )
  })
  t.pass()
})

test('a heap gives the least first, whatever is put in between', (t) => {
  const number = fc.integer({ min: -50, max: 50 })
  always(fc.array(fc.option(number, { nil: null, freq: 2 }), { maxLength: 60, size: 'max' }), 1000, (steps) => {
    const heap = new Heap<number>(byNumber)
    let plain: number[] = []
    for (const value of [...steps, ...steps.map(() => null)]) {
      if (value !== null) {
        heap.push(value)
        plain = [...plain, value].toSorted(byNumber)
      } else if (heap.pop() !== plain.shift()) return false
      if (heap.size !== plain.length) return false
    }
    return true
  })
  t.pass()
})

test('texts sort as people count', (t) => {
  const byKey = (left: string, right: string): number => compareTexts(naturalKey(left), naturalKey(right))
  const sorted = ['', '7', '10', 'r1', 'r2', 'r9', 'r10', 'r10a', 'r10b2', 'r10b10', 'r11', 'r100', 's']
  t.deepEqual(sorted.toReversed().toSorted(byKey), sorted)
  t.not(naturalKey('r10'), naturalKey('r010'))
})

test('keys of texts: numbers in order, and different texts apart', (t) => {
  const number = fc.bigInt({ min: 0n, max: 10n ** 30n })
  always(fc.tuple(fc.constantFrom('', 'r', 'row-'), number, number, fc.constantFrom('', 'x')), 1000, (drawn) => {
    const [head, one, other, tail] = drawn
    const [left, right] = [`${head}${one}${tail}`, `${head}${other}${tail}`]
    const order = compareTexts(naturalKey(left), naturalKey(right))
    return order === (one < other ? -1 : one > other ? 1 : 0)
  })
  const text = fc.stringMatching(/^[a-z0-9.-]{0,12}$/)
  always(fc.tuple(text, text), 1000, ([left, right]) => (naturalKey(left) === naturalKey(right)) === (left === right))
  t.pass()
})
