import { open } from 'node:fs/promises'
import { ConfigurationError } from './problems.ts'

const maxFileBytes = 1_000_000

/**
 * The whole text of a configuration file.
 * @throws ConfigurationError where it cannot be read, is too large, or is no UTF-8.
 */
export async function readText(file: string): Promise<string> {
  const wrongFile = (wrong: string, got: string, wayOut: string) =>
    new ConfigurationError(file, [{ path: '(the whole file)', wrong, got, wayOut }])
  const bytes = await readBytes(file).catch((error: NodeJS.ErrnoException) => {
    const wayOut = 'write one (see the README) or name it with --config FILE'
    if (error.code === 'ENOENT') throw wrongFile('is not there', 'no file', wayOut)
    throw wrongFile('cannot be read', error.code ?? 'an error', 'make it readable or name another with --config FILE')
  })
  if (bytes.length > maxFileBytes)
    throw wrongFile(`must be at most ${maxFileBytes} bytes`, 'more', 'leave out what is not configuration')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw wrongFile('is not UTF-8 text', 'other bytes', 'save it as UTF-8')
  }
}

/** One byte more than allowed at most, however long the file: it may be a device that never ends. */
async function readBytes(file: string): Promise<Uint8Array> {
  const handle = await open(file)
  try {
    const buffer = new Uint8Array(maxFileBytes + 1)
    let length = 0
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length)
      length += bytesRead
      if (bytesRead === 0 || length === buffer.length) return buffer.subarray(0, length)
    }
  } finally {
    await handle.close()
  }
}
