/** Chance that falls the same way every time: two demos with as many customers are the same demo. */
export interface Dice {
  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number
  chance(share: number): boolean
  pick<T>(list: readonly [T, ...T[]]): T
  /** So many random digits. */
  digits(count: number): string
}

/** Mulberry32: 32 bits of state, which is plenty for making up customers and nothing else. */
export const loadedDice = (seed: number): Dice => {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    chance: (share) => next() < share,
    pick: (list) => list[below(list.length)] ?? list[0],
    digits: (count) => Array.from({ length: count }, () => below(10)).join(''),
  }
}
