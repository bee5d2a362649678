/**
 * Runs one benchmark: node bench/run.ts NAME [ARGS]. Without a name, says which there are.
 * Each is a file of this folder that runs when started, its first line of comment saying what it measures.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -'.ts'.length))
  .toSorted()

function purpose(name: string): string {
  const text = readFileSync(join(import.meta.dirname, `${name}.ts`), 'utf8')
  return /^(?:\/\/|\/\*\*?)\s*(?:\*\s)?(?<line>\S.*?)(?:\s*\*\/)?$/m.exec(text)?.groups?.['line'] ?? ''
}

const [name, ...rest] = process.argv.slice(2)
if (name !== undefined && names.includes(name)) {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`), ...rest], {
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
} else {
  if (name !== undefined) process.stderr.write(`bench: no benchmark is called ${JSON.stringify(name)}\n`)
  process.stdout.write('make bench NAME=<name> [ARGS="<options>"], where <name> is one of\n')
  for (const each of names) process.stdout.write(`  ${each.padEnd(12)} ${purpose(each)}\n`)
  process.exitCode = name === undefined ? 0 : 2
}
