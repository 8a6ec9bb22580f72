import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { acting } from './ended.ts'
import { peakMb } from './process.ts'
import { everyone, Project, summaryOf } from './project.ts'

test.concurrent('a configuration that wants to hurt is 78 with one clear sentence, and its text is not shown', async () => {
  await using project = await Project.open(1)
  const file = join(project.folder, 'tidemark.yml')
  const bomb = [
    'a: &a [canary, canary, canary]',
    ...'bcdefghijklmnop'
      .split('')
      .map((to, i) => `${to}: &${to} [${Array(9).fill(`*${'abcdefghijklmnop'[i]}`).join(', ')}]`),
  ]
  const files: readonly (readonly [what: string, text: string | Buffer, says: RegExp])[] = [
    ['100 MB', Buffer.alloc(100_000_000, 'canary: 1\n'), /must be at most 1000000 bytes/],
    ['UTF-16', Buffer.from('\ufeffversion: 1\ncanary: 1', 'utf16le'), /is not UTF-8 text/],
    ['aliases that multiply', bomb.join('\n'), /aliases repeat more than 10000 values/],
    ['nesting', `version: 1\nx: ${'['.repeat(100_000)}canary`, /is nested too deeply/],
    ['a tab', 'version: 1\nwarehouse:\n\tcanary: 1', /line 3, column 1/],
  ]
  for (const [what, text, says] of files) {
    await writeFile(file, text)
    const { child, ended } = project.start('run', '--all')
    let most = 0
    const watch = setInterval(() => {
      if (child.exitCode === null) most = Math.max(most, peakMb(child.pid))
    }, 20)
    const end = await ended
    clearInterval(watch)
    expect({ what, code: end.code, small: most < 300 }).toEqual({ what, code: 78, small: true })
    expect(end.stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(summaryOf(end).error?.message).toMatch(says)
    expect(end.stdout + end.stderr).not.toMatch(acting)
    expect(end.stdout + end.stderr).not.toMatch(/canary, |canary: 1/)
  }
  // A variable is one text whatever it holds, and a byte order mark is no text.
  project.env = { ...project.env, TEXT: '"]: {\n- canary: [*a, {' }
  // biome-ignore lint/suspicious/noTemplateCurlyInString: ${NAME} is the file's own way to read the environment
  await project.write({ segments: everyone.replace('main.customers', '"${TEXT}"'), head: '\ufeffversion: 1' })
  const broken = await project.run('run', '--all')
  expect(broken.code).toBe(78)
  expect(summaryOf(broken).error?.message).toMatch(
    /has 1 problem:\n {2}line \d+: segments\.everyone\.relation: is no name of a relation; got the value of \$\{TEXT\} \(not shown\)/,
  )
  expect(broken.stdout + broken.stderr).not.toMatch(/canary/)
}, 120_000)
