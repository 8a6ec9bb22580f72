#!/usr/bin/env node
// In a checkout the sources run as they are; the published package has only what was built from them.
import { existsSync } from 'node:fs'

const source = new URL('../connector/cli.ts', import.meta.url)
const checkout = existsSync(source)
if (Number.parseInt(process.versions.node, 10) < 22) {
  const wayOut = checkout ? 'start it with node_modules/.bin/node bin/tidemark.js' : 'install Node 22 or newer'
  process.stderr.write(`Tidemark needs Node 22 or newer (this is ${process.versions.node}): ${wayOut}.\n`)
  process.exitCode = 64
} else await import(checkout ? source.href : new URL('../dist/connector/cli.js', import.meta.url).href)
