import type { Entry } from './membership.ts'
import { isRecord } from './platform.ts'
import { CODE, readText, refusal } from './tiktok-answers.ts'

/** The body of `POST /segment/mapping/` (TikTok Ads reference, 2.3), checked. */

export interface MappingLimits {
  readonly maxRows: number
  readonly acceptMixedSchema: boolean
  readonly acceptEmailSha512: boolean
  readonly quoteValues: boolean
}

export interface Mapping {
  readonly op: 'add' | 'remove'
  readonly advertisers: readonly string[]
  /** One per row: what it gives to each audience. */
  readonly rows: readonly ReadonlyMap<string, Entry>[]
  readonly identifiers: number
}

const FORMS: Readonly<Record<string, RegExp>> = {
  IDFA_MD5: /^[0-9a-f]{32}$/,
  AAID_MD5: /^[0-9a-f]{32}$/,
  IDFA_SHA256: /^[0-9a-f]{64}$/,
  AAID_SHA256: /^[0-9a-f]{64}$/,
  EMAIL_SHA256: /^[0-9a-f]{64}$/,
  PHONE_SHA256: /^[0-9a-f]{64}$/,
  EMAIL_SHA512: /^[0-9a-f]{128}$/,
}

export const MAPPING_KEYS: readonly string[] = ['advertiser_ids', 'action', 'id_schema', 'batch_data']

/** Advertisers and action, which are looked at before the rows. */
export function readMappingHead(body: Record<string, unknown>): Pick<Mapping, 'op' | 'advertisers'> {
  const { advertiser_ids: advertisers, action = 'add' } = body
  if (action !== 'add' && action !== 'delete') throw refusal(CODE.badParameters, 'action: Must be one of: add, delete.')
  if (!Array.isArray(advertisers) || advertisers.length === 0) {
    throw refusal(CODE.badParameters, 'advertiser_ids: Not a valid list.')
  }
  return {
    op: action === 'add' ? 'add' : 'remove',
    advertisers: advertisers.map((id) => readText(id, 'advertiser_ids')),
  }
}

/** The rows. `checkAudience` throws when an audience is none of the advertisers'; `refused`: digests a fault refuses. */
export function readMapping(
  body: Record<string, unknown>,
  head: Pick<Mapping, 'op' | 'advertisers'>,
  limits: MappingLimits,
  checkAudience: (id: string) => void,
  refused: ReadonlySet<string>,
): Mapping {
  const schema = readSchema(body.id_schema, limits)
  const batch = body.batch_data
  if (!Array.isArray(batch) || batch.length === 0) throw refusal(CODE.badParameters, 'batch_data: Not a valid list.')
  if (batch.length > limits.maxRows) {
    throw refusal(CODE.badBatchSize, `batch_data: Longer than maximum length ${limits.maxRows}.`)
  }
  const known = new Set<string>()
  let identifiers = 0
  const rows = batch.map((row: unknown) => {
    // Positional: one cell per entry of the schema, `{}` where the person has no such identifier.
    if (!Array.isArray(row) || row.length !== schema.length) {
      throw refusal(CODE.badParameters, `batch_data: A row must have ${schema.length} cells, as id_schema has.`)
    }
    const given = new Map<string, string[]>()
    row.forEach((cell: unknown, n) => {
      const type = schema[n] as string
      const read = readCell(cell, type, limits)
      if (read === null) return
      if (refused.has(read.id))
        throw refusal(CODE.badParameters, quoted('batch_data: An id is not valid.', read.id, limits))
      identifiers++
      for (const audience of read.audiences) {
        if (!known.has(audience)) {
          checkAudience(audience)
          known.add(audience)
        }
        const entry = given.get(audience)
        if (entry === undefined) given.set(audience, [type, read.id])
        else entry.push(type, read.id)
      }
    })
    if (given.size === 0) throw refusal(CODE.badParameters, 'batch_data: A row has no id.')
    return given
  })
  return { ...head, rows, identifiers }
}

/** Types in upper case; lower case is taken too, twice the same is not. */
function readSchema(input: unknown, limits: MappingLimits): string[] {
  if (!Array.isArray(input) || input.length === 0) throw refusal(CODE.badParameters, 'id_schema: Not a valid list.')
  const schema = input.map((type) => readText(type, 'id_schema').toUpperCase())
  for (const type of schema) {
    if (!Object.hasOwn(FORMS, type) || (type === 'EMAIL_SHA512' && !limits.acceptEmailSha512)) {
      throw refusal(CODE.badParameters, 'id_schema: An id type is not supported.')
    }
  }
  if (new Set(schema).size < schema.length) throw refusal(CODE.badParameters, 'id_schema: An id type stands twice.')
  const mixed = schema.some((type) => type.startsWith('EMAIL_')) && schema.includes('PHONE_SHA256')
  // Known to fail on their side; with which code is not known.
  if (mixed && !limits.acceptMixedSchema)
    throw refusal(CODE.badParameters, 'id_schema: Emails and phones cannot be mixed.')
  return schema
}

function readCell(cell: unknown, type: string, limits: MappingLimits): { id: string; audiences: string[] } | null {
  if (!isRecord(cell)) throw refusal(CODE.badParameters, 'batch_data: A cell must be an object.')
  const keys = Object.keys(cell)
  if (keys.length === 0) return null
  const { id, audience_ids: audiences } = cell
  if (keys.length !== 2 || typeof id !== 'string' || id === '' || !Array.isArray(audiences) || audiences.length === 0) {
    throw refusal(CODE.badParameters, 'batch_data: A cell must be {} or hold id and audience_ids.')
  }
  if (!FORMS[type]?.test(id))
    throw refusal(CODE.notHashed, quoted(`batch_data: An id is not ${type} in lower case.`, id, limits))
  return { id, audiences: audiences.map((audience) => readText(audience, 'audience_ids')) }
}

function quoted(message: string, value: string, limits: MappingLimits): string {
  return limits.quoteValues ? `${message} Got: ${value}` : message
}
