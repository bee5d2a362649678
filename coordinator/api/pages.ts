import { type BilletError, invalidField } from '../../shared/model/errors.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { count, decode } from '../../shared/wire/check.ts'
import { digestOf } from './caller.ts'
import type { TableName, Tables, Versioned } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'

const PAGE = 100
const PAGE_MAX = 1000

export type PageRequest = { readonly page_size: number; readonly page_token: string }
export type Page<Record> = { readonly items: readonly Versioned<Record>[]; readonly next: string }

/**
 * A page of a table in the order of keys. The token says after which key the next begins, and for which filter:
 * a token of another filter is refused, since it would skip what the other filter had passed over.
 */
export function page<Name extends TableName>(
  view: FleetView,
  table: Name,
  request: PageRequest,
  filter: unknown,
  matches: (record: Tables[Name]) => boolean,
): Result<Page<Tables[Name]>, BilletError> {
  const size = decode(() => count('page_size', request.page_size, 0, PAGE_MAX))
  if (!size.ok) return size
  const digest = digestOf(filter).slice(0, 10)
  const after = request.page_token === '' ? ok('') : keyOf(request.page_token, digest)
  if (!after.ok) return after
  const limit = size.value === 0 ? PAGE : size.value
  // One more than asked for tells whether there is a next page.
  const found = view.table(table).page(after.value, limit + 1, matches)
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const more = found.length > limit && last !== undefined
  return ok({ items, next: more ? Buffer.from(`${digest} ${keyOfRecord(last.record)}`).toString('base64url') : '' })
}

function keyOf(token: string, digest: string): Result<string, BilletError> {
  const [of, key, ...rest] = Buffer.from(token, 'base64url').toString().split(' ')
  if (of === digest && key !== undefined && rest.length === 0) return ok(key)
  return refuse(invalidField('page_token', 'expected the next_page_token of a page of this very list and filter'))
}

function keyOfRecord(record: object): string {
  if ('id' in record && typeof record.id === 'string') return record.id
  if ('name' in record && typeof record.name === 'string') return record.name
  throw new Error('this table has no pages')
}
