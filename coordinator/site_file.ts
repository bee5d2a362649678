import { readFileSync } from 'node:fs'
import { TomlError, parse as parseToml } from 'smol-toml'
import * as v from 'valibot'
import { type Result, ok, refuse } from '../shared/model/result.ts'

/** What a site says in a file of its own, none where no path is given; the refusal names the option and the file. */
export function readSiteFile<Item>(
  option: string,
  path: string,
  parse: (text: string) => Result<readonly Item[], string>,
): Result<readonly Item[], string> {
  if (path === '') return ok([])
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return refuse(`${option}: ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  const parsed = parse(text)
  return parsed.ok ? parsed : refuse(`${option}: ${path}: ${parsed.error}`)
}

/** TOML of this form; the refusal names the place and what was expected there. */
export function parseSiteFile<File>(text: string, form: v.GenericSchema<unknown, File>): Result<File, string> {
  let table: unknown
  try {
    table = parseToml(text)
  } catch (error) {
    const where = error instanceof TomlError ? `line ${error.line}, column ${error.column}: ` : ''
    return refuse(`is not TOML: ${where}${(error instanceof Error ? error.message : String(error)).split('\n')[0]}`)
  }
  const parsed = v.safeParse(form, table)
  if (parsed.success) return ok(parsed.output)
  const [issue] = parsed.issues
  return refuse(`${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`)
}
