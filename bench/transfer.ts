import type { Account, Call, Destination, OutgoingBatch, RowLayout } from '../connector/destination/destination.ts'
import type { Channel } from '../connector/http/channel.ts'
import type { Engine } from './engine.ts'

/**
 * What delivery costs without us: the bodies of a first sync, made beforehand from what the floor left, posted to an
 * audience that is as new as the one of the run will be. Returns milliseconds.
 */
export async function transfer(
  engine: Engine,
  { layout }: Destination,
  account: Account,
  channel: Channel,
  /** Identifier types of the e-mail address and the phone number. */
  fields: readonly string[],
  count: number,
): Promise<number> {
  const call = async <T>(what: Call<T>): Promise<T> => {
    const result = await channel.call(what, { mayStart: () => true })
    if (result.kind !== 'done') throw new Error(`A transfer ended as ${result.kind} (${result.lastCode})`)
    return result.value
  }
  const { audienceId } = await call(account.createAudience({ name: 'transfer', description: null }))
  const bodies = await outgoing(engine, fields, {
    count,
    audienceId,
    layout: layout(audienceId, { combinedRows: false }),
  })
  const startedAt = performance.now()
  await Promise.all(bodies.map((batch) => call(account.send(batch))))
  return performance.now() - startedAt
}

async function outgoing(
  engine: Engine,
  fields: readonly string[],
  { count, audienceId, layout }: { readonly count: number; readonly audienceId: string; readonly layout: RowLayout },
): Promise<readonly OutgoingBatch[]> {
  const perMember = layout.rowPer === 'member'
  const lane = perMember ? `'all'` : 'field'
  const [email = '', phone = ''] = fields
  const cell = (type: string): string => {
    const fence = layout.types[type] ?? { open: '', close: '' }
    return `'${fence.open}${layout.value.open}' || ${engine.hex('digest')} || '${layout.value.close}${fence.close}'`
  }
  const result = await engine.rows(`
    with ids as (select member_key, case field when 'email' then '${email}' else '${phone}' end as field,
      case field when 'email' then ${cell(email)} else ${cell(phone)} end as cell from floor_identifiers),
    lines as (select ${lane} as lane, member_key, '${layout.row.open}' || string_agg(cell, ',') || '${layout.row.close}' as line from ids group by 1, 2),
    numbered as (select *, row_number() over (order by lane, member_key) - 1 as n, count(*) over () as lines from lines)
    select lane, string_agg(line, ',') as rows, count(*) as n from numbered group by lane, floor(n * ${count} / lines)`)
  return result.map(({ lane, rows, n }) => ({
    op: 'add',
    audienceId,
    types: perMember ? fields : [String(lane)],
    rows: String(rows),
    rowCount: Number(n),
  }))
}
