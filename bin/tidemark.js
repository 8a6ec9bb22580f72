#!/usr/bin/env node
// In a checkout the sources run as they are; the published package has only what was built from them.
import { existsSync } from 'node:fs'

const source = new URL('../connector/cli.ts', import.meta.url)
await import(existsSync(source) ? source.href : new URL('../dist/connector/cli.js', import.meta.url).href)
