import { access, open } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { ConfigurationError, quote } from './problems.ts'

const maxFileBytes = 1_000_000

/**
 * The whole text of a configuration file.
 * @throws ConfigurationError where it cannot be read, is too large, or is no UTF-8.
 */
export async function readText(file: string): Promise<string> {
  const wrongFile = (wrong: string, got: string, wayOut: string) =>
    new ConfigurationError(file, [{ path: '(the whole file)', wrong, got, wayOut }])
  const bytes = await readBytes(file).catch(async (error: NodeJS.ErrnoException) => {
    const path = quote(resolve(file), 500)
    if (error.code === 'ENOENT') throw wrongFile('is not there', `no file ${path}`, await wayToFile(file))
    if (error.code === 'EISDIR')
      throw wrongFile('is a folder', `the folder ${path}`, `name the file in it with --config FILE`)
    const wayOut = 'make it readable for this user, or name another with --config FILE'
    throw wrongFile('cannot be read', `${error.code ?? 'an error'} for ${path}`, wayOut)
  })
  if (bytes.length > maxFileBytes)
    throw wrongFile(`must be at most ${maxFileBytes} bytes`, 'more', 'leave out what is not configuration')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw wrongFile('is not UTF-8 text', 'other bytes', 'save it as UTF-8')
  }
}

/** What is there under the other ending is not read unasked: two files would be two truths. */
async function wayToFile(file: string): Promise<string> {
  const ending = extname(file)
  const other = `${file.slice(0, file.length - ending.length)}${ending === '.yml' ? '.yaml' : '.yml'}`
  const isThere =
    ['.yml', '.yaml'].includes(ending) &&
    (await access(other).then(
      () => true,
      () => false,
    ))
  return isThere
    ? `there is ${quote(other)}: name it with --config ${other}, or rename it`
    : 'write one (see the README), go to its folder, or name it with --config FILE'
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
