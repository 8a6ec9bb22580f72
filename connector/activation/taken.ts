import { counted } from '../plural.ts'
import type { Sent } from './apart.ts'
import { fewIdentifiers } from './bisect.ts'
import type { RunRequest } from './context.ts'
import type { Batch } from './cut.ts'

/** What a run finds out about what its platform takes, so that it need not be refused for it again and again. */
export class Taken {
  /** More rows in a request are known to be too many. */
  mostRows = Number.POSITIVE_INFINITY
  readonly #request: Pick<RunRequest, 'activation' | 'destination' | 'log'>
  readonly #refusedTypes = new Set<string>()
  readonly #acceptedTypes = new Set<string | null>()

  constructor(request: Pick<RunRequest, 'activation' | 'destination' | 'log'>) {
    this.#request = request
  }

  /** False where the platform was found to take nothing of the batch's type. */
  takes({ type }: Pick<Batch, 'type'>): boolean {
    return type === null || !this.#refusedTypes.has(type)
  }

  /** Something was accepted in this run. */
  takesAnything(): boolean {
    return this.#acceptedTypes.size > 0
  }

  /** Something of this type was. */
  takesOf(type: string): boolean {
    return this.#acceptedTypes.has(type)
  }

  learn({ type, identifiers }: Pick<Batch, 'type' | 'identifiers'>, { blames, mostRows, accepted }: Sent): void {
    if (accepted) this.#acceptedTypes.add(type)
    // A few refused values do not say that much of a type.
    if (blames === 'type' && type !== null && identifiers > fewIdentifiers) this.#refuses(type)
    if (mostRows !== undefined && mostRows < this.mostRows) this.#takesAtMost(mostRows)
  }

  #refuses(type: string): void {
    if (this.#refusedTypes.has(type)) return
    this.#refusedTypes.add(type)
    const { activation, destination, log } = this.#request
    log.warn('unsupported_type', {
      activation: activation.name,
      message: `${destination.title} takes no identifiers of the type ${type}: they are rejected as unsupported_by_platform.`,
    })
  }

  #takesAtMost(rows: number): void {
    this.mostRows = rows
    const { activation, destination, log } = this.#request
    log.warn('requests_too_large', {
      activation: activation.name,
      rows,
      message: `${destination.title} refuses requests of this size; going on with ${counted(rows, 'row')} at most. Set request.max_rows of destinations.${activation.destination.name} to ${rows}.`,
    })
  }
}
