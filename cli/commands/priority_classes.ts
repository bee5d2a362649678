import type { PriorityClass__Output } from '../../shared/wire/gen/types/billet/v1/PriorityClass.ts'
import { CLASS_NAME_EXPECTED, PRIORITY_MOST, isClassName } from '../../shared/model/priority.ts'
import { services } from '../../shared/wire/load.ts'
import { usage } from '../errors.ts'
import { plain } from '../render.ts'
import { type OutputOption, type Register, parseCount, printAll, withOutput } from './shared.ts'

const { FleetService } = services

/** A priority as a number, or as the class whose number it is. */
export type Priority = { readonly priority: number; readonly priority_class: string }

/** "urgent" or "100". */
export function parsePriority(option: string): (text: string) => Priority {
  return (text) => {
    if (isClassName(text)) return { priority: 0, priority_class: text }
    if (/^[-+]?\d/.test(text)) {
      return { priority: parseCount(option, -PRIORITY_MOST, PRIORITY_MOST)(text), priority_class: '' }
    }
    throw usage(
      `${option}: expected a whole number from -${PRIORITY_MOST} to ${PRIORITY_MOST}, or a class's name ` +
        `(${CLASS_NAME_EXPECTED.replace('expected ', '')}), got ${JSON.stringify(text.slice(0, 80))}.`,
    )
  }
}

/** "100", or "100 (urgent)" where a class said so. */
export const priorityShown = ({ priority, priority_class: name }: Priority): string =>
  name === '' ? `${priority}` : `${priority} (${plain(name)})`

const HEADER = ['CLASS', 'PRIORITY', 'DEFAULT', 'PREEMPTS', 'COMMENT']

const row = (one: PriorityClass__Output): readonly string[] => [
  plain(one.name),
  `${one.priority}`,
  one.default ? 'yes' : '-',
  one.preempts ? 'yes' : '-',
  plain(one.comment),
]

export const registerPriorityClasses: Register = (program, session) => {
  const group = program
    .command('priority-classes')
    .alias('priority-class')
    .description('priorities that have names, for --priority')
  const listing = group.command('list', { isDefault: true }).description('list them, the highest first')
  withOutput(listing).action(async (options: OutputOption) => {
    const { classes } = await session.api().call(FleetService.ListPriorityClasses, {})
    printAll(session, classes, options, HEADER, row)
  })
}
