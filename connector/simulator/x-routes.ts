import type { Op } from './platform.ts'

const ACCOUNT: Readonly<Record<string, Op | 'users'>> = { GET: 'get_account' }
const AUDIENCES: Readonly<Record<string, Op | 'users'>> = { GET: 'list_audiences', POST: 'create_audience' }
const AUDIENCE: Readonly<Record<string, Op | 'users'>> = {
  GET: 'get_audience',
  PUT: 'update_audience',
  DELETE: 'delete_audience',
}

/** Operations by method, or null where there is no such route; `segments` begin with the version. */
export function routeOf(segments: readonly string[]): Readonly<Record<string, Op | 'users'>> | null {
  const [, , account, collection, audience, users] = segments
  if (segments.some((segment) => segment === '')) return null
  if (account === undefined) return { GET: 'list_accounts' }
  if (collection === undefined) return ACCOUNT
  if (collection === 'authenticated_user_access') return audience === undefined ? { GET: 'get_access' } : null
  if (collection !== 'custom_audiences') return null
  if (audience === undefined) return AUDIENCES
  if (users === undefined) return AUDIENCE
  return users === 'users' ? { POST: 'users' } : null
}
