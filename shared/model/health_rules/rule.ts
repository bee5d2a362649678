import { isCheckFinding } from '../check.ts'
import { type HealthRule, sentenceWords } from '../health.ts'
import { hours, milliseconds, seconds } from '../time.ts'

const PLAIN = {
  labels: {},
  of: '',
  measure: 'value',
  window: milliseconds(0),
  bad: 'high',
  raiseAfter: milliseconds(0),
  clearAfter: milliseconds(0),
  fromZero: false,
  onceWell: false,
  limited: true,
  disputed: '',
  enabled: true,
} as const satisfies Partial<HealthRule>

type Told = 'id' | 'metric' | 'raiseAt' | 'clearAt' | 'severity' | 'action' | 'sentence' | 'source'

/** A rule, of which only what is out of the ordinary need be said. */
export const rule = (said: Pick<HealthRule, Told> & Partial<HealthRule>): HealthRule => ({ ...PLAIN, ...said })

/** For a number that is 1 where something is wrong and 0 where it is not. */
export const WRONG = { raiseAt: 1, clearAt: 0 } as const

const WORDS = sentenceWords.join('|')
const UNKNOWN_WORD = new RegExp(`\\{(?!(?:${WORDS})\\})[^}]*\\}`)
const ID = /^[a-z][a-z0-9-]{0,63}$/
const METRIC = /^[A-Za-z_:][A-Za-z0-9_:]{0,199}$/
const LABELS_MAX = 8
const STARS_MAX = 4
const TEXT_MAX = 500
const HOLD_MAX = hours(7 * 24)

type Fault = { readonly field: keyof HealthRule; readonly expected: string }

/** What is wrong with a rule of somebody else's, or null. */
export function faultOf(one: HealthRule): Fault | null {
  return faultOfNames(one) ?? faultOfNumbers(one)
}

function faultOfNames({ id, metric, of, labels, sentence, source, disputed }: HealthRule): Fault | null {
  if (!ID.test(id)) return { field: 'id', expected: 'up to 64 small letters, digits and "-", a letter first' }
  if (isCheckFinding(id)) return { field: 'id', expected: 'one that begins otherwise: findings of checks begin so' }
  if (!METRIC.test(metric)) return { field: 'metric', expected: 'the name of a metric' }
  if (of !== '' && !METRIC.test(of)) return { field: 'of', expected: 'the name of a metric' }
  const patterns = Object.values(labels)
  const isLong = patterns.some((text) => text.length > 200 || text.split('*').length > STARS_MAX + 1)
  if (patterns.length > LABELS_MAX || isLong) {
    return { field: 'labels', expected: `at most ${LABELS_MAX}, each of at most 200 signs and ${STARS_MAX} stars` }
  }
  if (sentence === '' || sentence.length > TEXT_MAX || UNKNOWN_WORD.test(sentence)) {
    const known = sentenceWords.map((word) => `{${word}}`).join(', ')
    return { field: 'sentence', expected: `1 to ${TEXT_MAX} signs, and in curly brackets only ${known}` }
  }
  const longest = Math.max(source.length, disputed.length)
  return longest > TEXT_MAX ? { field: 'source', expected: `at most ${TEXT_MAX} signs` } : null
}

function faultOfNumbers({ measure, window, bad, raiseAt, clearAt, raiseAfter, clearAfter }: HealthRule): Fault | null {
  if (!Number.isFinite(raiseAt)) return { field: 'raiseAt', expected: 'a number' }
  const isReached = bad === 'high' ? clearAt <= raiseAt : clearAt >= raiseAt
  if (!Number.isFinite(clearAt) || !isReached) {
    const side = bad === 'high' ? 'most' : 'least'
    return { field: 'clearAt', expected: `a number of at ${side} the one at which the finding is made, ${raiseAt}` }
  }
  const isWindowed = measure !== 'value'
  if (isWindowed ? window < seconds(1) || window > HOLD_MAX : window !== 0) {
    const expected = isWindowed ? 'from 1 s to 7 days' : 'none, where the value itself is looked at'
    return { field: 'window', expected }
  }
  if (raiseAfter > hours(24)) return { field: 'raiseAfter', expected: 'at most 24 hours' }
  return clearAfter > HOLD_MAX ? { field: 'clearAfter', expected: 'at most 7 days' } : null
}
