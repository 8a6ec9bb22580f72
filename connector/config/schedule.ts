/** What Airflow knows by name. */
const presets = ['@hourly', '@daily', '@weekly', '@monthly', '@quarterly', '@yearly']

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

interface Unit {
  readonly first: number
  readonly last: number
  readonly names: readonly string[]
}
const units: readonly Unit[] = [
  { first: 0, last: 59, names: [] },
  { first: 0, last: 23, names: [] },
  { first: 1, last: 31, names: [] },
  { first: 1, last: 12, names: months },
  { first: 0, last: 7, names: days },
]

/** Whether a text is `@daily` or one of its kind, or a cron expression of five fields. */
export function isSchedule(text: string): boolean {
  if (presets.includes(text)) return true
  const fields = text.trim().split(/\s+/)
  return (
    fields.length === units.length &&
    units.every((unit, i) => (fields[i] ?? '').split(',').every((item) => isItem(item, unit)))
  )
}

/** `*`, `5`, `1-5`, `mon-fri`, `*` or a range with a step. */
function isItem(item: string, unit: Unit): boolean {
  const match = /^(?:\*|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<step>\d+))?$/.exec(item)
  if (match === null) return false
  const { from, to, step } = match.groups ?? {}
  if (step !== undefined && (Number(step) < 1 || (from !== undefined && to === undefined))) return false
  if (from === undefined) return true
  const low = position(from, unit)
  const high = to === undefined ? low : position(to, unit)
  return low !== undefined && high !== undefined && low <= high
}

function position(text: string, unit: Unit): number | undefined {
  const named = unit.names.indexOf(text.toLowerCase())
  if (named >= 0) return named + unit.first
  const number = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN
  return number >= unit.first && number <= unit.last ? number : undefined
}
