/** What a person sees while a run works; on a pipe it is nothing. */
export interface Progress {
  /** A new step begins: `Comparing the segment with the ledger`. */
  step(text: string): void
  /** Of the requests of this run, so many are answered. */
  requests(done: number, of: number): void
  end(): void
}

export const noProgress: Progress = { step: () => undefined, requests: () => undefined, end: () => undefined }
