import type { Activation } from '../../connector/config/activation.ts'
import { namingOf } from '../../connector/config/names.ts'
import {
  TIKTOK_SIMULATOR_ADVERTISER,
  TIKTOK_SIMULATOR_CREDENTIALS,
  X_SIMULATOR_ACCOUNT,
  X_SIMULATOR_CREDENTIALS,
} from '../../connector/simulator/simulator.ts'
import { underTest } from '../warehouse/under-test.ts'
import { type Mapping, type Platform, usual, type Writing } from './people.ts'

export interface Setting {
  readonly platform: Platform
  readonly writing: Writing
  /** So low that a few members make several batches. */
  readonly maxBytes: number
  readonly maxRows: number
  /** Also the number of batches under one mark. */
  readonly concurrency: number
  /** For so long a request without an answer may still be applied. */
  readonly quietMs?: number
  /** True: opening the warehouse proves that no other runner lives, as with a DuckDB file. False: only leases tell. */
  readonly alone?: boolean
  /** Of runs that are processes, where it is another than the usual one. */
  readonly leaseSeconds?: number
  /** Each run is the real command line in a process of its own, over a DuckDB file. */
  readonly processes?: boolean
  /** False: DuckDB plans as it reads, which is a third faster where tables are tiny. */
  readonly optimised: boolean
}

/** What DuckDB can do without. */
export const optimisers =
  'expression_rewriter,filter_pullup,filter_pushdown,cte_filter_pusher,regex_range,in_clause,join_order,deliminator,unnest_rewriter,unused_columns,statistics_propagation,common_subexpressions,common_aggregate,column_lifetime,top_n,build_side_probe_side,compressed_materialization,duplicate_groups,reorder_filter,join_filter_pushdown,materialized_cte,sum_rewriter,late_materialization,cte_inlining,common_subplan'

const shortQuietMs = 120
/** Late requests are applied after so long; a run takes longer, so only quiet times within one depend on it. */
export const lateMs = 40

const accounts = {
  x_ads: {
    accountId: X_SIMULATOR_ACCOUNT,
    credentials: {
      consumer_key: X_SIMULATOR_CREDENTIALS.consumerKey,
      consumer_secret: X_SIMULATOR_CREDENTIALS.consumerSecret,
      access_token: X_SIMULATOR_CREDENTIALS.accessToken,
      access_token_secret: X_SIMULATOR_CREDENTIALS.accessTokenSecret,
    },
    phone: 'phone_number',
  },
  tiktok_ads: {
    accountId: TIKTOK_SIMULATOR_ADVERTISER,
    credentials: { access_token: TIKTOK_SIMULATOR_CREDENTIALS.accessToken },
    phone: 'phone',
  },
} as const

/** As it is called where `people` was made without quotes. */
const named = namingOf(underTest).fold

/** One activation of the table `people`, all guards off. */
export const activationOf = (setting: Setting, baseUrl: string, mapping: Mapping = usual): Activation => {
  const { platform, writing, maxBytes, maxRows, concurrency, quietMs = shortQuietMs } = setting
  const format = writing === 'clear' ? 'auto' : 'sha256'
  const email = { field: 'email', column: named(mapping.emails === 'moved' ? 'address' : 'email'), format } as const
  const { phone, ...account } = accounts[platform]
  return {
    name: `people.${platform}`,
    segment: {
      name: 'people',
      source: { relation: [named('people')] },
      where: [],
      description: null,
      memberKey: { column: named('member'), hash: false },
    },
    destination: {
      name: platform,
      type: platform,
      ...account,
      baseUrl,
      own: {},
      // Marks cover 30 s of paced requests; the channel of a world is not paced.
      requestsPerSecond: 1 / 30,
      request: { timeoutMs: 5000, quietMs, combinedRows: false, maxBytes, maxRows, concurrency },
    },
    audience: { name: 'People', description: null, adopt: false },
    fields: [
      ...(mapping.emails === 'unmapped' ? [] : [email]),
      { field: phone, column: named('phone'), format, defaultCountry: mapping.country },
    ],
    schedule: null,
    guards: {
      maxRemovedShare: 1,
      maxTouchedShare: 1,
      maxRejectedShare: 1,
      maxNullKeyShare: 1,
      minMembers: 0,
      allowEmpty: true,
    },
    quarantineDays: 30,
    airflow: {},
    configHash: '0'.repeat(64),
  }
}
