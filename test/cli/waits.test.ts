import { expect, test } from '@jest/globals'
import { openWaits } from '../../connector/commands/waits.ts'
import type { Fault } from '../../connector/destination/destination.ts'
import { closedPort } from '../http/server.ts'
import { Project } from './project.ts'

const [x, tiktok] = ['https://ads-api.x.com', 'https://business-api.tiktok.com']
const because = (code: string, who: string): Fault => ({
  code,
  message: `${who} said ${code}.`,
  next: 'retry',
  applied: 'no',
})

test('a wait is told once for an address and a reason, and again where it gets long', () => {
  const lines: string[] = []
  const waits = openWaits((line) => lines.push(line))
  waits(x, 700, because('503', 'One'))
  waits(x, 800, because('503', 'Another account'))
  waits(x, 4000, because('503', 'One'))
  waits(tiktok, 700, because('503', 'TikTok'))
  waits(x, 700, because('429', 'One'))
  waits(x, 30_000, because('503', 'One'))
  waits(x, 30_000, because('503', 'Another account'))
  waits(x, 31_000, because('503', 'One'))
  expect(lines).toEqual([
    'Waiting 1 s to ask again, then longer: One said 503.',
    'Waiting 1 s to ask again, then longer: TikTok said 503.',
    'Waiting 1 s to ask again, then longer: One said 429.',
    'Waiting 30 s to ask again: One said 503.',
    'Waiting 31 s to ask again: One said 503.',
  ])
})

test('doctor tells a platform that two destinations do not reach once', async () => {
  const down = `http://127.0.0.1:${await closedPort()}`
  await using project = await Project.open(1, { xUrl: down, tiktokUrl: down })
  const { code, stderr } = await project.run('doctor')
  expect(code).toBe(75)
  const host = down.slice('http://'.length)
  expect(stderr).toBe(
    `Waiting 1 s to ask again, then longer: No answer: ${host} could not be reached (ECONNREFUSED); nothing was sent. Check the network and \`base_url\` if this goes on.\n`,
  )
}, 60_000)
