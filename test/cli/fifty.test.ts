import { expect, test } from '@jest/globals'
import { identifiers, onX } from './interrupted.ts'
import { digestsOf, Project, summaryOf } from './project.ts'

/** Starts of one activation at the same moment. */
const starts = 50

test('fifty starts at once over one file: one does the work, the others end with 75 or find nothing to do', async () => {
  // Fifty processes on two cores leave the platform, which answers from here, without its turn for more than 20 s.
  await using project = await Project.open(60, {
    head: 'version: 1\nrun: { lease_seconds: 300 }',
    segments: onX,
    request: '{ timeout_ms: 120000, max_bytes: 1200 }',
  })
  const ended = await Promise.all(Array.from({ length: starts }, () => project.run('run', '--all')))
  const worked = ended.filter(({ code }) => code === 0)
  const added = worked.map((end) => summaryOf(end).activations[0]).filter((a) => a?.members_added !== 0)
  expect(added).toMatchObject([{ members_added: 60, identifiers_added: 120, identifiers_resent: 0 }])
  for (const end of ended.filter(({ code }) => code !== 0)) {
    const [activation] = summaryOf(end).activations
    expect({ code: end.code, error: activation?.error?.code }).toEqual({ code: 75, error: expect.any(String) })
    expect(['warehouse_locked', 'lease_held']).toContain(activation?.error?.code)
  }
  // Nobody was sent twice, and no two of them were at work at the same time.
  expect(project.x.summary().ops).toMatchObject({ create_audience: { requests: 1 }, add: { identifiers: 120 } })
  expect(identifiers(project)).toEqual(digestsOf(1, 60, ['email', 'phone_number']))
  const runs = await project.query('select count(*)::int as n from tidemark.runs')
  expect(runs).toEqual([{ n: worked.length }])
  const overlaps = await project.query(
    'select a.run_id from tidemark.runs a join tidemark.runs b on a.run_id < b.run_id and a.started_at < b.finished_at and b.started_at < a.finished_at',
  )
  expect(overlaps).toEqual([])
}, 300_000)
