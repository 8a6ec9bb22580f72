import { statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { quote } from '../config/problems.ts'
import type { Kind } from './classify.ts'

/** A statement that may read files, and the folder where its relative paths begin. */
export interface Reading {
  readonly sql: string
  readonly folder: string
}

/**
 * How DuckDB says that it cannot read a file, and the file's name in it. That a pattern finds nothing it says of constants
 * of a statement or view only. All other names are shown where the statement itself has them: they can be those of files
 * of its own, or stand in a text that the user's SQL raises as an error.
 */
const messages: readonly (readonly [message: RegExp, kindOf: (file: string, reading: Reading) => Kind | null])[] = [
  [/^IO Error: No files found that match the pattern "(.*?)"(?=\n|$)/s, (...found) => missing(...found)],
  [
    /^IO Error: Cannot open file "(.*?)": Permission denied/s,
    (...found) => (isSaid(...found) ? locked(...found) : null),
  ],
  [/^Invalid Input Error: Error when sniffing file "(.*?)"\./s, (...found) => malformed(...found)],
  [/^Invalid Input Error: Malformed JSON in file "(.*?)", at /s, (...found) => malformed(...found)],
  [/^Invalid Input Error: File '(.*?)' too small to be/s, (...found) => malformed(...found)],
  [/^Invalid Input Error: No magic bytes found at end of file '(.*?)'/s, (...found) => malformed(...found)],
  [/^Invalid Input Error: \w+: could not read content of file '(.*?)' as /s, (...found) => malformed(...found)],
]

/** What is wrong with a file that the statement reads; null where DuckDB's message is about something else. */
export const fileProblem = (message: string, reading: Reading): Kind | null => {
  for (const [form, kindOf] of messages) {
    const [, file] = form.exec(message) ?? []
    if (file !== undefined) return kindOf(file, reading)
  }
  return null
}

const missing = (file: string, reading: Reading): Kind => {
  const [name, where] = placeOf(file, reading)
  if (/[*?[]/.test(file))
    return problem('no_such_file', `reads files by the name of ${name}, and there are none${where}`)
  const found = isRelative(file) || isAbsolute(file) ? lookAt(resolve(reading.folder, file)) : 'nothing'
  if (found === 'locked') return locked(file, reading)
  if (found === 'folder')
    return problem('no_such_file', `reads the file ${name}${where}, which is a folder with nothing to read in it`)
  return problem('no_such_file', `reads the file ${name}, and there is no such file${where}`)
}

const locked = (file: string, reading: Reading): Kind => {
  const [name, where] = placeOf(file, reading)
  const about = `reads the file ${name}${where}, which the user who runs Tidemark may not read`
  return ['permission', 'file_permission', `The SQL ${about}`, { about }]
}

const malformed = (file: string, reading: Reading): Kind => {
  const [name, where] = isSaid(file, reading) ? placeOf(file, reading) : ['whose name is not shown', '']
  return problem('file_format', `reads the file ${name}${where}, which is not what it is read as, or is damaged`)
}

/** Does the statement have it as a text or a name? */
const isSaid = (file: string, { sql }: Reading): boolean =>
  ["'", '"', '$'].some((mark) => sql.includes(`${mark}${file.replaceAll(mark, mark + mark)}${mark}`))

const problem = (code: string, about: string): Kind => ['statement', code, `The SQL ${about}`, { about }]

/** Characters: a path is of no use cut short. */
const longest = 1000

/** Its name as it is written, and the folder it is looked for in. An address may hold a token, a name a person's address. */
const placeOf = (file: string, { folder }: Reading): readonly [name: string, where: string] => [
  /:\/\/|\S@\S/.test(file) ? 'whose name is not shown' : quote(file, longest),
  isRelative(file) ? ` in the folder ${quote(folder, longest)}` : '',
]

/** `~` is the user's folder, and `file:` stands before a path from the root. */
const isRelative = (file: string): boolean => !isAbsolute(file) && !/^(~|file:)/.test(file)

const lookAt = (path: string): 'nothing' | 'folder' | 'locked' => {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'nothing'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'locked' : 'nothing'
  }
}
