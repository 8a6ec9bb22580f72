import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jestBeside } from '../jest.ts'

/** A piece of the source, and what stands there in a copy instead. */
export interface Replacement {
  readonly file: string
  /** Exactly once in the file. */
  readonly text: string
  readonly instead: string
}

export interface TestReport {
  readonly passed: readonly string[]
  readonly failed: readonly { readonly name: string; readonly message: string }[]
  /** What Jest said on standard error. */
  readonly words: string
}

const root = join(import.meta.dirname, '..', '..')

/** The source of a file with its piece replaced. Throws where the piece does not stand there exactly once. */
export const replaced = (source: string, { file, text, instead }: Replacement): string => {
  const times = source.split(text).length - 1
  if (times !== 1) throw new Error(`The text stands ${times} times in ${file}; bring the list up to date: ${text}`)
  return source.replace(text, () => instead)
}

export const sourceOf = (file: string): string => readFileSync(join(root, file), 'utf8')

/** A copy of the source in which something can be wrong for a while. */
export class SourceCopy {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tidemark-copy-'))

  constructor() {
    for (const name of ['sql', 'connector', 'bin', 'test', 'package.json', 'jest.config.json'])
      cpSync(join(root, name), join(this.#folder, name), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'))
  }

  /** What `work` finds while these pieces are replaced. */
  async with<T>(replacements: readonly Replacement[], work: () => Promise<T>): Promise<T> {
    try {
      for (const replacement of replacements) {
        const path = join(this.#folder, replacement.file)
        writeFileSync(path, replaced(readFileSync(path, 'utf8'), replacement))
      }
      return await work()
    } finally {
      for (const { file } of replacements) writeFileSync(join(this.#folder, file), sourceOf(file))
    }
  }

  /** Runs the tests of a file whose names match. Throws where they cannot start. */
  async test(file: string, pattern: string, environment: Readonly<Record<string, string>> = {}): Promise<TestReport> {
    const path = join(this.#folder, 'jest.json')
    // Several copies at work are slow, and slow is no failure.
    const words = await jestBeside([file, '-t', pattern, '--testTimeout=180000', '--json', `--outputFile=${path}`], {
      cwd: this.#folder,
      // Its own source, not the bundle of what it is a copy of.
      env: { ...process.env, TIDEMARK_TEST_CLI: undefined, ...environment },
    })
    const report = JSON.parse(readFileSync(path, 'utf8')) as JestReport
    if (report.numRuntimeErrorTestSuites > 0) throw new Error(`The tests could not start:\n${words}`)
    const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults)
    return {
      passed: tests.filter(({ status }) => status === 'passed').map(({ fullName }) => fullName),
      failed: tests
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages }) => ({ name: fullName, message: failureMessages.join('\n') })),
      words,
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

interface JestReport {
  readonly numRuntimeErrorTestSuites: number
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}
