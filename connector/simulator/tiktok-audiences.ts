import { audienceOf, type KeptAudience, KeptError } from './kept.ts'
import { Membership } from './membership.ts'
import { type Answer, type Audience, type Found, type Surroundings, sizeNow } from './platform.ts'
import { CODE, envelope, readIds, readNumber, refusal } from './tiktok-answers.ts'
import type { Mapping } from './tiktok-mapping.ts'

/** Longer names are cut to 67 characters and three dots (TikTok Ads reference, 2.3). */
const LONGEST_NAME = 70
/** Fewer matched people cannot be targeted (2.3). */
const VALID_FROM = 1_000

export interface TikTokAudiencesOptions {
  readonly listLagMs?: number
  readonly sizeAfterMs?: number
  readonly maxAudiences?: number
  readonly expiring?: boolean
}

/** The "Partner" audiences of all advertisers (2.3, 2.4). What is returned as a function changes something or answers. */
export class TikTokAudiences {
  readonly audiences = new Map<string, Audience>()
  readonly #options: TikTokAudiencesOptions
  readonly #around: Surroundings
  #lastId: number

  constructor(options: TikTokAudiencesOptions, around: Surroundings) {
    this.#options = options
    this.#around = around
    // Ids of an earlier simulator must not come back: a ledger that still names one would find a stranger's audience.
    this.#lastId = around.now()
  }

  /** Names are not unique: each call makes another audience (2.3). */
  create(advertiser: string, wanted: string, found: Found): () => Answer {
    if (wanted.trim() === '') throw refusal(CODE.badParameters, 'custom_audience_name: Not a valid name.')
    const letters = [...wanted]
    const name = letters.length > LONGEST_NAME ? `${letters.slice(0, LONGEST_NAME - 3).join('')}...` : wanted
    const most = this.#options.maxAudiences ?? 400
    const count = [...this.audiences.values()].filter((one) => one.account === advertiser && !one.deleted).length
    if (count >= most) throw refusal(CODE.badParameters, `There are ${most} custom audiences already.`)
    return () => {
      const now = this.#around.now()
      const id = `7${String(++this.#lastId).padStart(18, '0')}`
      const membership = new Membership(this.#around.directory)
      const times = { createdAt: now, updatedAt: now, changedAt: now }
      this.audiences.set(id, {
        id,
        account: advertiser,
        name,
        description: null,
        ...times,
        deleted: false,
        membership,
        size: null,
      })
      found.audience = id
      return envelope(CODE.ok, 'OK', { audience_id: id })
    }
  }

  adopt(kept: KeptAudience): void {
    if (!/^7000\d{15}$/.test(kept.id)) throw new KeptError('an id is none of TikTok Ads')
    this.#lastId = Math.max(this.#lastId, Number(kept.id.slice(1)))
    this.audiences.set(kept.id, audienceOf(kept, this.#around.directory))
  }

  remove(advertiser: string, id: string, found: Found): () => Answer {
    found.audience = id
    const audience = this.find([advertiser], id)
    return () => {
      audience.deleted = true
      audience.updatedAt = this.#around.now()
      return envelope(CODE.ok, 'OK', { audience_id: id })
    }
  }

  /** The audience, if it exists and belongs to one of the advertisers. */
  find(advertisers: readonly string[], id: string): Audience {
    const audience = this.audiences.get(id)
    if (audience === undefined || audience.deleted) throw refusal(CODE.noObject, 'The custom audience does not exist.')
    if (!advertisers.includes(audience.account)) {
      throw refusal(CODE.advertiserMismatch, 'The custom audience belongs to none of the advertisers.')
    }
    return audience
  }

  /** Applies the first `limit` rows. An audience that was deleted meanwhile stays as it was. */
  change(mapping: Mapping, limit: number): void {
    const now = this.#around.now()
    for (const row of mapping.rows.slice(0, Math.max(0, limit))) {
      for (const [id, entry] of row) {
        const audience = this.audiences.get(id)
        if (audience === undefined || audience.deleted) continue
        audience.membership[mapping.op](entry)
        audience.changedAt ??= now
      }
    }
  }

  list(advertiser: string, query: ReadonlyMap<string, string>): () => Answer {
    const ids = readIds(query.get('custom_audience_ids'), 'custom_audience_ids', 100)
    for (const id of ids ?? []) this.find([advertiser], id)
    const page = readNumber(query.get('page'), 'page', 1, 1_000_000)
    const pageSize = readNumber(query.get('page_size'), 'page_size', 10, 100)
    const visible = this.#around.now() - (this.#options.listLagMs ?? 0)
    const all = [...this.audiences.values()].filter(
      (audience) =>
        audience.account === advertiser &&
        !audience.deleted &&
        audience.createdAt <= visible &&
        (ids === undefined || ids.includes(audience.id)),
    )
    // The newest first.
    const list = all.reverse().slice((page - 1) * pageSize, page * pageSize)
    const page_info = {
      page,
      page_size: pageSize,
      total_number: all.length,
      total_page: Math.ceil(all.length / pageSize),
    }
    return () => envelope(CODE.ok, 'OK', { list: list.map((audience) => this.#print(audience)), page_info })
  }

  details(advertiser: string, query: ReadonlyMap<string, string>, found: Found): () => Answer {
    const ids = readIds(query.get('custom_audience_ids'), 'custom_audience_ids', 100)
    if (ids === undefined) throw refusal(CODE.badParameters, 'custom_audience_ids: Missing data for required field.')
    readNumber(query.get('history_size'), 'history_size', 10, 100)
    const audiences = ids.map((id) => this.find([advertiser], id))
    found.audience = ids[0] ?? null
    return () => {
      const list = audiences.map((audience) => {
        const { audience_type: type, ...details } = this.#print(audience)
        const history = { opt_time: time(audience.createdAt), action: 'Create', msg: '', editor: '', action_detail: '' }
        return {
          audience_details: { ...details, type, owner_id: audience.account, error_msg: '', msg: '' },
          audience_history: [history],
        }
      })
      return envelope(CODE.ok, 'OK', { list })
    }
  }

  #print(audience: Audience): Record<string, unknown> {
    const size = sizeNow(audience, this.#around.now(), this.#options.sizeAfterMs ?? 86_400_000)
    return {
      audience_id: audience.id,
      name: audience.name,
      audience_type: 'Partner',
      calculate_type: null,
      cover_num: size ?? 0,
      is_valid: (size ?? 0) >= VALID_FROM,
      is_expiring: this.#options.expiring ?? false,
      expired_time: null,
      create_time: time(audience.createdAt),
      shared: false,
      is_creator: true,
    }
  }
}

/** `2026-01-31 12:00:00`, UTC, of milliseconds since 1970. */
function time(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}
