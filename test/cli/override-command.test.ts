import { expect, test } from '@jest/globals'
import { overrideCommand } from '../../connector/commands/override-command.ts'

const plain = { file: '/etc/tidemark.yml', full: false, retryRefused: false, runKey: 'manual/1' }

test.each([
  [{}, 'tidemark run vip.x --override-guards --config /etc/tidemark.yml'],
  [{ full: true }, 'tidemark run vip.x --override-guards --full --config /etc/tidemark.yml'],
  [{ retryRefused: true }, 'tidemark run vip.x --override-guards --retry-refused --config /etc/tidemark.yml'],
  [{ runKey: '2026-11-30' }, 'tidemark run vip.x --override-guards --run-key=2026-11-30 --config /etc/tidemark.yml'],
  [
    { runKey: "it's $HOME" },
    "tidemark run vip.x --override-guards --run-key='it'\\''s $HOME' --config /etc/tidemark.yml",
  ],
  [{ file: '/my shop/t.yml' }, "tidemark run vip.x --override-guards --config '/my shop/t.yml'"],
])('of a run like %j', (more, command) => expect(overrideCommand('vip.x', { ...plain, ...more })).toBe(command))
