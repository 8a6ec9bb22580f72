import type { Call, DestinationSettings } from './destination.ts'

/** How a person lets a developer app act for them: what a destination says of it. */
export interface Consent {
  /** Credentials of the developer app, which are there before anybody consents. */
  readonly needs: readonly string[]
  /** Credentials that consent brings. */
  readonly brings: readonly string[]
  /** What whoever agreed is shown, or finds in the address they are led to: `PIN`. */
  readonly asks: string
  /** The page to visit; where the platform makes one for each consent, the call for it. */
  begin(app: ConsentRequest): Call<ConsentPage> | ConsentPage
  /** Exchanges what was shown for credentials: good for once, so never to be repeated blindly. */
  finish(app: ConsentRequest, page: ConsentPage, shown: string): Call<Consented>
}

/** Settings of which only `needs` must be there among the credentials. */
export interface ConsentRequest extends DestinationSettings {
  /** Where the platform leads to afterwards, for platforms that want to be told. */
  readonly redirectUri?: string
  /** Comes back with the answer, which so belongs to this request. */
  readonly state: string
}

export interface ConsentPage {
  readonly address: string
  /** What `finish` needs again; secret. */
  readonly kept: Readonly<Record<string, string>>
}

export interface Consented {
  /** By the names of `brings`. */
  readonly credentials: Readonly<Record<string, string>>
  /** Whose consent it is, for a person: `user @shop`, `advertisers 7…`. */
  readonly whose: string
}
