import { audienceOf, type KeptAudience, KeptError } from './kept.ts'
import { Membership } from './membership.ts'
import { type Answer, type Audience, type Refused, type Surroundings, sizeNow } from './platform.ts'
import {
  type Found,
  invalid,
  type Parameters,
  page,
  readParameters,
  refusal,
  said,
  seconds,
  startsWith,
  yesOrNo,
} from './x-answers.ts'

export interface XAudiencesOptions {
  readonly listLagMs?: number
  readonly sizeAfterMs?: number
  readonly notFoundCode?: string
}

const NAME_TAKEN = 'Entity already exists CustomAudience'
const TARGETABLE_FROM = 100

/** The custom audiences of all accounts (X Ads reference, 1.3). What is returned as a function changes something or answers. */
export class XAudiences {
  readonly audiences = new Map<string, Audience>()
  readonly #around: Surroundings
  readonly #options: XAudiencesOptions
  #lastId: number

  constructor(options: XAudiencesOptions, around: Surroundings) {
    this.#options = options
    this.#around = around
    // Ids of an earlier simulator must not come back: a ledger that still names one would find a stranger's audience.
    this.#lastId = Math.floor(around.now() / 1000)
  }

  list(query: Parameters, account: string, found: Found): () => Answer {
    const known = [
      'count',
      'cursor',
      'permission_scope',
      'q',
      'sort_by',
      'custom_audience_ids',
      'with_deleted',
      'with_total_count',
    ]
    const parameters = readParameters(query, known, found)
    const scope = parameters.get('permission_scope') ?? 'OWNER'
    if (scope !== 'OWNER' && scope !== 'SHARED') throw invalid('permission_scope', found)
    const prefix = parameters.get('q')
    if (prefix !== undefined && (prefix === '' || prefix.length > 255)) throw invalid('q', found)
    const ids = parameters.get('custom_audience_ids')?.split(',')
    if (ids !== undefined && ids.length > 200) throw invalid('custom_audience_ids', found)
    const withDeleted = yesOrNo(parameters, 'with_deleted', found)
    const visible = this.#around.now() - (this.#options.listLagMs ?? 0)
    const audiences = [...this.audiences.values()].filter(
      (audience) =>
        scope === 'OWNER' &&
        audience.account === account &&
        audience.createdAt <= visible &&
        (withDeleted || !audience.deleted) &&
        (ids === undefined || ids.includes(audience.id)) &&
        startsWith(audience.name, prefix),
    )
    return page(
      parameters,
      found,
      audiences.map((audience) => this.print(audience)),
    )
  }

  create(parameters: Parameters, account: string, found: Found): () => Answer {
    const name = parameters.get('name')
    if (name === undefined) throw refusal(400, 'MISSING_PARAMETER', 'name is required', found, { parameter: 'name' })
    this.#checkName(name, account, undefined, found)
    return () => {
      // Once more: a create that a fault lets act late may come after another one.
      const taken = this.#nameTaken(name, account, undefined, found)
      if (taken !== null) return taken.answer
      const now = this.#around.now()
      const audience: Audience = {
        id: (++this.#lastId).toString(36),
        account,
        name,
        description: parameters.get('description') || null,
        createdAt: now,
        updatedAt: now,
        deleted: false,
        membership: new Membership(this.#around.directory),
        changedAt: now,
        size: null,
      }
      this.audiences.set(audience.id, audience)
      found.audience = audience.id
      return said(found, this.print(audience))
    }
  }

  adopt(kept: KeptAudience): void {
    const number = /^[0-9a-z]{1,10}$/.test(kept.id) ? Number.parseInt(kept.id, 36) : Number.NaN
    if (Number.isNaN(number)) throw new KeptError('an id is none of X Ads')
    this.#lastId = Math.max(this.#lastId, number)
    this.audiences.set(kept.id, audienceOf(kept, this.#around.directory))
  }

  update(parameters: Parameters, account: string, audienceId: string | undefined, found: Found): () => Answer {
    const audience = this.find(account, audienceId, found)
    if (parameters.size === 0) throw refusal(400, 'MISSING_PARAMETER', 'name or description is required', found)
    const name = parameters.get('name')
    const description = parameters.get('description')
    if (name !== undefined) this.#checkName(name, account, audience, found)
    return () => {
      const taken = name === undefined ? null : this.#nameTaken(name, account, audience, found)
      if (taken !== null) return taken.answer
      if (name !== undefined) audience.name = name
      // An empty value unsets an optional field (1.0).
      if (description !== undefined) audience.description = description || null
      audience.updatedAt = this.#around.now()
      return said(found, this.print(audience))
    }
  }

  get(parameters: Parameters, account: string, id: string | undefined, found: Found): () => Answer {
    const audience = this.find(account, id, found, yesOrNo(parameters, 'with_deleted', found))
    return () => said(found, this.print(audience))
  }

  /** Soft: the object comes back with deleted:true (1.0). */
  remove(account: string, id: string | undefined, found: Found): () => Answer {
    const audience = this.find(account, id, found)
    return () => {
      audience.deleted = true
      audience.updatedAt = this.#around.now()
      return said(found, this.print(audience))
    }
  }

  /** The audience with this id, or 404, which is what X says of an audience (but 403 of an account). */
  find(account: string, id: string | undefined, found: Found, withDeleted = false): Audience {
    const audience = this.audiences.get(id ?? '')
    if (audience === undefined || audience.account !== account || (audience.deleted && !withDeleted)) {
      const code = this.#options.notFoundCode ?? 'TAILORED_AUDIENCE_NOT_FOUND'
      throw refusal(404, code, 'The custom audience was not found', found, { parameter: 'custom_audience_id' })
    }
    return audience
  }

  /** The longest name is not published; the search parameter ends at 255 (1.3). */
  #checkName(name: string, account: string, self: Audience | undefined, found: Found): void {
    if (name.trim() === '' || name.length > 255) throw invalid('name', found)
    const taken = this.#nameTaken(name, account, self, found)
    if (taken !== null) throw taken
  }

  /** Names of deleted audiences stay reserved (1.3). */
  #nameTaken(name: string, account: string, self: Audience | undefined, found: Found): Refused | null {
    for (const other of this.audiences.values()) {
      if (other !== self && other.account === account && other.name === name) {
        return refusal(400, 'INVALID_PARAMETER', NAME_TAKEN, found, { parameter: 'name' })
      }
    }
    return null
  }

  print(audience: Audience): Record<string, unknown> {
    const size = sizeNow(audience, this.#around.now(), this.#options.sizeAfterMs ?? 21_600_000)
    const reasons = [...(size === null ? ['PROCESSING'] : []), ...((size ?? 0) < TARGETABLE_FROM ? ['TOO_SMALL'] : [])]
    return {
      id: audience.id,
      name: audience.name,
      description: audience.description,
      audience_type: 'CRM',
      audience_size: size,
      targetable: reasons.length === 0,
      targetable_types: ['CRM', 'EXCLUDED_CRM'],
      reasons_not_targetable: reasons,
      permission_level: 'READ_WRITE',
      owner_account_id: audience.account,
      partner_source: 'OTHER',
      created_at: seconds(audience.createdAt),
      updated_at: seconds(audience.updatedAt),
      deleted: audience.deleted,
    }
  }
}
