import test from 'ava'
import { parsePriorityClasses, readPriorityClasses } from '../../coordinator/priority_classes.ts'
import { must } from '../fixtures.ts'

const refusal = (text: string): string => {
  const classes = parsePriorityClasses(text)
  return classes.ok ? '' : classes.error
}

const one = (more: string): string => `[[class]]\nname = "urgent"\npriority = 100\n${more}\n`

test('classes are read, the highest first, with what is usual where nothing is said', (t) => {
  const text = `
[[class]]
name = "batch"
priority = -100
default = true
comment = "what may wait"
${one('preempts = true')}`
  t.deepEqual(must(parsePriorityClasses(text)), [
    { name: 'urgent', priority: 100, isDefault: false, preempts: true, comment: '' },
    { name: 'batch', priority: -100, isDefault: true, preempts: false, comment: 'what may wait' },
  ])
  t.deepEqual(must(readPriorityClasses('')), [])
})

test('what is wrong is said with the class and the field', (t) => {
  t.regex(refusal('[[class]'), /^is not TOML: line 1, column/)
  t.regex(refusal('[[rule]]'), /^class: /)
  t.regex(refusal('[[class]]\nname = "urgent"'), /^class\.0\.priority: /)
  t.regex(refusal(one('color = "red"')), /^class\.0\.color: /)
  t.is(
    refusal('[[class]]\nname = "1"\npriority = 1'),
    'class.0.name: expected 1 to 63 of a-z, 0-9 and inner hyphens, a letter first',
  )
  t.is(refusal('[[class]]\nname = "none"\npriority = 1'), 'class.0.name: expected another name: none asks for no class')
  for (const priority of ['1.5', '1001', '-1001']) {
    t.is(
      refusal(`[[class]]\nname = "a"\npriority = ${priority}`),
      'class.0.priority: expected a whole number from -1000 to 1000',
    )
  }
  t.is(refusal(one('') + one('')), 'class urgent: is there twice')
  const two = `${one('default = true')}[[class]]\nname = "a"\npriority = 1\ndefault = true`
  t.is(refusal(two), 'class a: default: expected one default, and urgent is it')
  const many = Array.from({ length: 101 }, (_, index) => `[[class]]\nname = "c${index}"\npriority = 1\n`).join('')
  t.regex(refusal(many), /^class: /)
  const read = readPriorityClasses('/nonexistent/classes.toml')
  t.regex(read.ok ? '' : read.error, /^priority_classes: \/nonexistent\/classes\.toml cannot be read: /)
})
