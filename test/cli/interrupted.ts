import { type Ended, type Started, until } from './process.ts'
import { everyone, type Project } from './project.ts'

/** What tests share that stop a run on X in mid-delivery. */

export const onX = everyone.replace(/activate: .*/, 'activate: [x]')
/** Many small requests, so that something is always in flight. */
export const small = '{ timeout_ms: 3000, quiet_ms: 3000, max_bytes: 1200, concurrency: 2 }'
export const slowAdds = (ms: number) => ({
  match: { op: 'add' as const },
  times: 'always' as const,
  fault: { kind: 'latency' as const, ms },
})

/** What the platform has, `field digest`. */
export const identifiers = (project: Project): string[] => {
  const [audience] = project.x.audiences()
  return audience ? [...project.x.identifiers(audience.id)].sort() : []
}
export const adds = (project: Project): number => project.x.requests.filter((r) => r.op === 'add').length

/** A run that was asked to end while it adds. */
export const interrupted = async (
  project: Project,
  how: (child: ReturnType<Project['start']>['child']) => void,
  ...options: readonly string[]
): Promise<Ended> => {
  const { child, ended } = project.start('run', '--all', ...options)
  await until('three adds', () => adds(project) >= 3)
  how(child)
  return ended
}

/** A run that is asked to end as soon as something is so; `toldMs`: how long it took from then on. */
export const askedToEnd = async (
  { child, ended }: Started,
  what: string,
  isSo: (stderr: string) => boolean,
  how: (child: Started['child']) => void = (asked) => asked.kill('SIGTERM'),
): Promise<Ended & { readonly toldMs: number }> => {
  let stderr = ''
  child.stderr.on('data', (text: string) => {
    stderr += text
  })
  await until(what, () => isSo(stderr))
  const toldAt = performance.now()
  how(child)
  return { ...(await ended), toldMs: performance.now() - toldAt }
}
