import { describe, expect, test } from '@jest/globals'
import { exits, RunStopped } from '../../connector/activation/stop.ts'
import { stopOf } from '../../connector/activation/stop-of.ts'
import { WarehouseError, type WarehouseFault } from '../../connector/warehouse/warehouse.ts'

describe('a run that stopped', () => {
  test.each([
    [exits.guarded, 'guarded'],
    [exits.aborted, 'aborted'],
    [exits.tryAgain, 'failed'],
    [exits.permission, 'failed'],
  ] as const)('with %i is %s, unless it is said otherwise', (exit, status) => {
    expect(new RunStopped(exit, 'code', 'message')).toMatchObject({
      exit,
      status,
      code: 'code',
      message: 'message',
      name: 'RunStopped',
    })
    expect(new RunStopped(exit, 'code', 'message', 'partial').status).toBe('partial')
  })
})

describe('why a run stopped, whatever was thrown', () => {
  test('stays as it is where it is said already', () => {
    const stopped = new RunStopped(exits.tryAgain, 'lease_held', 'held')
    expect(stopOf(stopped)).toBe(stopped)
  })

  test.each<[WarehouseFault, number, RegExp]>([
    ['later', 75, /Run again later\.$/],
    ['permission', 77, /Ask for the missing permission\.$/],
    ['configuration', 78, /validate --warehouse/],
    ['bug', 70, /report this\.$/],
  ])('an error of the warehouse: %s', (fault, exit, way) => {
    const stop = stopOf(new WarehouseError(fault, 'its_code', 'settle', 'It said so.'))
    expect(stop).toMatchObject({ exit, code: 'its_code', message: expect.stringMatching(/^It said so\. /) })
    expect(stop.message).toMatch(way)
  })

  test('anything else is a bug: its kind and where, never its words', () => {
    const error = new TypeError('jane@example.com')
    error.stack =
      'TypeError: jane@example.com\n    at node:internal/x.js:1\n    at /somewhere/connector/activation/run.ts:12:3\n    at sql/a.ts:4'
    const stop = stopOf(error)
    expect(stop).toMatchObject({ exit: 70, code: 'bug', status: 'failed' })
    expect(stop.message).toContain('(TypeError in connector/activation/run.ts:12)')
    expect(stop.message).not.toContain('jane')
    error.stack = 'TypeError: x\n    at node:internal/x.js:1'
    expect(stopOf(error).message).toContain('(TypeError)')
    expect(stopOf('jane@example.com').message).toContain('(string)')
    Object.defineProperty(error, 'stack', { value: undefined })
    expect(stopOf(error).message).toContain('(TypeError)')
  })
})
