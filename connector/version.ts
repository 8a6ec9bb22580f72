import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The version in package.json, which lies one folder up in a checkout, two in the built package, and beside a bundle. */
export const connectorVersion = (): string => {
  const file = [
    join(import.meta.dirname, 'package.json'),
    join(import.meta.dirname, '..', 'package.json'),
    join(import.meta.dirname, '..', '..', 'package.json'),
  ].find((path) => existsSync(path))
  return file ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : 'unknown'
}
