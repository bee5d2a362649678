// Makes the single executables: node build.mjs [all | native | x64 | arm64]
import process from 'node:process'
import { build } from './build/binaries.ts'

await build(process.argv[2] ?? 'all')
