import { expect, test } from '@jest/globals'
import { selectActivations, UsageError } from '../../connector/config/load.ts'
import { load, tidemarkYml } from './configuration.ts'

test('activations by name, each once, in the order of the file', async () => {
  const configuration = await load(tidemarkYml())
  const names = (wanted: string[]) => selectActivations(configuration, wanted).map(({ name }) => name)
  expect(names([])).toEqual([])
  expect(names(['high_value.tiktok'])).toEqual(['high_value.tiktok'])
  expect(names(['high_value.tiktok', 'high_value.x', 'high_value.tiktok'])).toEqual([
    'high_value.x',
    'high_value.tiktok',
  ])
})

test('all unknown names at once, with the nearest', async () => {
  const configuration = await load(tidemarkYml())
  const select = () => selectActivations(configuration, ['hgih_value.x', 'high_value.x', 'q\u001b['])
  expect(select).toThrow(UsageError)
  expect(select).toThrow(
    'no activation is named "hgih_value.x": did you mean high_value.x?\n' +
      'no activation is named "q\\u001b[": known are high_value.x, high_value.tiktok',
  )
  expect(new UsageError('').exitCode).toBe(64)
})
