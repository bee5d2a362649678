import process from 'node:process'
import { version } from '../shared/version.ts'

process.stdout.write(`billet ${version}\n`)
