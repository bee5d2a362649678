import * as v from 'valibot'
import {
  CLASS_NAME_EXPECTED,
  NO_CLASS,
  PRIORITY_CLASSES_MOST,
  PRIORITY_MOST,
  type PriorityClass,
  isClassName,
} from '../shared/model/priority.ts'
import { type Result, ok, refuse } from '../shared/model/result.ts'
import { parseSiteFile, readSiteFile } from './site_file.ts'

const COMMENT_MOST = 200

const SAID = v.strictObject({
  name: v.pipe(
    v.string(),
    v.check(isClassName, CLASS_NAME_EXPECTED),
    v.check((name) => name !== NO_CLASS, `expected another name: ${NO_CLASS} asks for no class`),
  ),
  priority: v.pipe(
    v.number(),
    v.check(
      (priority) => Number.isSafeInteger(priority) && Math.abs(priority) <= PRIORITY_MOST,
      `expected a whole number from -${PRIORITY_MOST} to ${PRIORITY_MOST}`,
    ),
  ),
  default: v.optional(v.boolean(), false),
  preempts: v.optional(v.boolean(), false),
  comment: v.optional(v.pipe(v.string(), v.maxLength(COMMENT_MOST)), ''),
})

const FILE = v.strictObject({ class: v.pipe(v.array(SAID), v.maxLength(PRIORITY_CLASSES_MOST)) })

/** The classes of a site's file, the highest first; the refusal names the file, the class and the field. */
export const readPriorityClasses = (path: string): Result<readonly PriorityClass[], string> =>
  readSiteFile('priority_classes', path, parsePriorityClasses)

export function parsePriorityClasses(text: string): Result<readonly PriorityClass[], string> {
  const file = parseSiteFile(text, FILE)
  if (!file.ok) return file
  const classes: PriorityClass[] = []
  for (const { default: isDefault, ...said } of file.value.class) {
    if (classes.some(({ name }) => name === said.name)) return refuse(`class ${said.name}: is there twice`)
    const other = isDefault ? classes.find((one) => one.isDefault) : undefined
    if (other !== undefined) return refuse(`class ${said.name}: default: expected one default, and ${other.name} is it`)
    classes.push({ ...said, isDefault })
  }
  return ok(classes.toSorted((left, right) => right.priority - left.priority))
}
