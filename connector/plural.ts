/** A count with its noun: `1 request`, `2 requests`. `many`: of a noun that does not just take an s. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** `1,289 people` */
export const people = (count: number): string => (count === 1 ? '1 person' : `${count.toLocaleString('en')} people`)
