import {
  CHECK_BOUNDS,
  type CheckOrder,
  type CheckOutcome,
  type CheckResult,
  isCheckName,
} from '../../shared/model/check.ts'

/** What a program of checks wrote, and how it ended. */
export type ProgramEnd = { readonly stdout: string; readonly failure: string | null }

type Found = Pick<CheckResult, 'measure' | 'device' | 'outcome'>

/** The results in what a program wrote; each names the program's check. One at least. */
export function resultsOf({ id, output }: Pick<CheckOrder, 'id' | 'output'>, ended: ProgramEnd): readonly Found[] {
  switch (output) {
    case 'lines':
      return ofLines(id, ended)
    case 'dcgm':
      return ofReport(ended)
  }
}

const whole = (outcome: CheckOutcome): Found => ({ measure: '', device: '', outcome })
const failed = (reason: string): CheckOutcome => ({ kind: 'failed', reason: reason.slice(0, CHECK_BOUNDS.reason) })
const skipped = (reason: string): CheckOutcome => ({ kind: 'skipped', reason: reason.slice(0, CHECK_BOUNDS.reason) })

/** One JSON object in each line; other lines are the program's own talk. */
function ofLines(id: string, { stdout, failure }: ProgramEnd): readonly Found[] {
  const found: Found[] = []
  for (const line of stdout.split('\n')) {
    if (!line.trimStart().startsWith('{')) continue
    const one = ofLine(id, line)
    found.push(typeof one === 'string' ? whole(failed(`its output cannot be read: ${one}`)) : one)
  }
  if (failure !== null) found.push(whole(failed(failure)))
  if (found.length === 0) found.push(whole(failed('it said nothing: a line such as {"check": "...", "value": 1}')))
  return distinct(found)
}

/** The result, or what is wrong with the line. */
function ofLine(id: string, line: string): Found | string {
  const said = parseObject(line)
  if (said === null) return `${JSON.stringify(line.slice(0, 80))} is no JSON object`
  const { check = id, device = '' } = said
  if (typeof check !== 'string' || !isCheckName(check)) return 'check: expected a name of letters, digits and "._:-"'
  if (typeof device !== 'string' || !isCheckName(device)) return 'device: expected a name of letters, digits and "._:-"'
  const outcome = outcomeOf(said)
  return typeof outcome === 'string' ? outcome : { measure: check === id ? '' : check, device, outcome }
}

function outcomeOf({ value, unit = '', failure, skipped: why, passed }: JsonObject): CheckOutcome | string {
  if (typeof failure === 'string') return failed(failure)
  if (typeof why === 'string') return skipped(why)
  if (passed === true) return { kind: 'passed' }
  if (passed === false) return failed('the program says that it did not pass')
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'value: expected a number'
  if (typeof unit !== 'string' || unit.length > CHECK_BOUNDS.unit) {
    return `unit: expected at most ${CHECK_BOUNDS.unit} signs`
  }
  return { kind: 'measured', value, unit }
}

/** `dcgmi diag -j`, whose form has no published schema: every test in it, wherever it stands. */
function ofReport({ stdout, failure }: ProgramEnd): readonly Found[] {
  const report = parseObject(stdout.slice(stdout.indexOf('{')))
  const tests = report === null ? [] : testsIn(report, 0)
  // Without a report nothing is known of the GPUs: its daemon may not run.
  if (tests.length === 0) return [whole(skipped(`there is no report: ${failure ?? 'it names no test'}`))]
  return distinct(tests.map(ofTest))
}

function testsIn(value: unknown, depth: number): readonly JsonObject[] {
  if (depth > 6 || typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap((one) => testsIn(one, depth + 1))
  if ('name' in value && ('results' in value || 'test_summary' in value)) return [{ ...value }]
  return Object.values(value).flatMap((one) => testsIn(one, depth + 1))
}

function ofTest({ name, results, test_summary: summary }: JsonObject): Found {
  const measure = nameOf(typeof name === 'string' ? name : '')
  const parts: readonly unknown[] = Array.isArray(results) ? results : []
  const all = [...parts, summary].filter(isObject)
  const bad = all.filter(({ status }) => typeof status === 'string' && /^fail/i.test(status))
  if (bad.length > 0) return { measure, device: '', outcome: failed(bad.map(wordsOf).join('; ')) }
  const isRun = all.some(({ status }) => typeof status === 'string' && /^(pass|warn)/i.test(status))
  return { measure, device: '', outcome: isRun ? { kind: 'passed' } : skipped('it was not run') }
}

function wordsOf(result: JsonObject): string {
  const where = result.gpu_id ?? result.gpu_ids ?? result.entity_id
  const said = [result.warnings, result.warning, result.info].flatMap((one) => texts(one, 0)).join(' ')
  return `${typeof where === 'string' || typeof where === 'number' ? `GPU ${where}: ` : ''}${said || 'failed'}`
}

function texts(value: unknown, depth: number): readonly string[] {
  if (typeof value === 'string') return [value]
  if (depth > 3 || typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap((one) => texts(one, depth + 1))
}

const nameOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, CHECK_BOUNDS.name)

/** The last word on each thing: what was said twice counts once. */
function distinct(found: readonly Found[]): readonly Found[] {
  return [...new Map(found.map((one) => [`${one.measure} ${one.device}`, one])).values()]
}

type JsonObject = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}
