import { simulatorCredentials } from '../commands/simulate.ts'
import { TIKTOK_SIMULATOR_ADVERTISER, X_SIMULATOR_ACCOUNT } from '../simulator/simulator.ts'
import { countries } from './handwriting.ts'
import type { Shop } from './shop.ts'

/** The files that the demo leaves to be read. */

export interface Text {
  /** How many customers there are, which decides whether TikTok would take an audience so small. */
  readonly customers: number
  readonly shop: Shop
}

const phones = countries
  .map((country) => `\n          - { column: phone_${country.toLowerCase()}, default_country: ${country} }`)
  .join('')

export const configurationText = ({
  customers,
  shop,
}: Text): string => `# Two segments on two platforms, made by \`tidemark demo\`. Secrets and addresses come from the environment.
version: 1
${shop.configuration}
destinations:
  x:
    type: x_ads
    account_id: ${X_SIMULATOR_ACCOUNT}
    base_url: "\${X_ADS_URL}"               # a simulator; without this line X itself is called
    credentials:
      consumer_key: "\${X_CONSUMER_KEY}"
      consumer_secret: "\${X_CONSUMER_SECRET}"
      access_token: "\${X_ACCESS_TOKEN}"
      access_token_secret: "\${X_ACCESS_TOKEN_SECRET}"
    request:
      timeout_ms: 1000                     # of a simulator next door; X and TikTok get a minute by default
      quiet_ms: 2000                       # how long a request without an answer may still be applied
      max_bytes: 250000                    # small requests, so that there are several; X takes 5,000,000
    defaults:
      fields:
        email: email
        phone_number:${phones}
  tiktok:
    type: tiktok_ads
    advertiser_id: "${TIKTOK_SIMULATOR_ADVERTISER}"
    base_url: "\${TIKTOK_ADS_URL}"
    credentials: { access_token: "\${TIKTOK_ACCESS_TOKEN}" }
    request: { timeout_ms: 1000, quiet_ms: 2000, max_rows: 500 }
    defaults:
      fields:
        email: email
        phone:${phones}${customers < 10_000 ? '\n      guards: { min_members: 100 }         # TikTok targets from 1,000 up, which few customers do not reach' : ''}
segments:
  high_value:
    relation: ${shop.prefix}customers_by_country
    where:
      - { column: lifetime_value, at_least: 500 }
      - { column: country, in: [FR, DE] }
    description: Customers in France and Germany worth 500 and more
    member_key: customer_id
    activate: [x, tiktok]
  newsletter:
    relation: ${shop.prefix}customers_by_country
    where: [{ column: newsletter, equals: true }]
    description: Everybody who takes the newsletter
    member_key: customer_id
    activate: [x, tiktok]
`

/** The ports are those of `tidemark simulate` without options. */
export const environmentText = (): string => `# To be read by a shell: . ./environment
export X_ADS_URL=http://127.0.0.1:8080
export TIKTOK_ADS_URL=http://127.0.0.1:8081
${Object.entries(simulatorCredentials)
  .map(([name, value]) => `export ${name}=${value}`)
  .join('\n')}
`

const runsQuery = ({ settings }: Shop): string =>
  `select activation, run_key, status, members_added, members_removed, identifiers_resent, api_calls, duration_ms from ${settings.schema}.runs order by started_at`

export const commandsText = ({ shop }: Text): string => `# The demo's folder

- ${shop.place}: the table \`customers\`, a view over it; and what Tidemark keeps: schema \`${shop.settings.schema}\` for
  everybody, \`${shop.settings.schema}_state\` for itself
- \`tidemark.yml\`: two segments, each on X and on TikTok
- \`environment\`: what the configuration reads with \`\${…}\`
- \`sql.mjs\`: a small SQL shell
- \`platforms.json\`: what the simulated platforms held at the end

## Look around

    . ./environment
    npx tidemark status
    node sql.mjs "${runsQuery(shop)}"
    node sql.mjs "select field, reason, count(*) as members from ${shop.settings.schema}.current_rejections group by field, reason order by field, reason"

No platform is needed for that, nor to see what a change would do:

    node sql.mjs "update ${shop.prefix}customers set newsletter = false where customer_id % 50 = 1"
    npx tidemark plan --all

## Run it yourself

The simulators ended with the demo; what they held is in \`platforms.json\`. They go on from it, and keep their state
there. In a second terminal, in this folder:

    npx tidemark simulate --state platforms.json

(Where ports 8080 and 8081 are taken: choose others with \`--x-port\` and \`--tiktok-port\`, and change \`environment\`.)
And here:

    node sql.mjs "update ${shop.prefix}customers set newsletter = not newsletter where customer_id % 100 = 50"
    npx tidemark run --all

What the platforms hold and were asked is shown at http://127.0.0.1:8080/. Without \`--state\` they have never heard of the
audiences: a run that has something to send stops with exit 78, as it does where somebody deleted an audience on the real
platform.
`
