import type { Fault } from '../destination/destination.ts'
import { printError } from './output.ts'

/** Tells a person that something at this address is waited for, in ms, and why. */
export type Waits = (address: string, ms: number, because: Fault) => void

/** Pauses grow from half a second to eight: they are one wait to whoever sits in front of it. */
const shortMs = 10_000

/** Each wait is told once for an address and a reason, and again where it gets long, and longer than what was told. */
export const openWaits = (print: (line: string) => void = printError): Waits => {
  const told = new Map<string, number>()
  return (address, ms, { code, message }) => {
    const key = `${code} ${address}`
    const before = told.get(key)
    if (before !== undefined && (ms < shortMs || ms <= before)) return
    told.set(key, ms)
    const more = ms < shortMs ? ', then longer' : ''
    print(`Waiting ${Math.ceil(ms / 1000)} s to ask again${more}: ${message}`)
  }
}
