import { describe, expect, test } from '@jest/globals'
import { classified } from '../../connector/warehouse/duckdb-errors.ts'

const kindOf = async (message: string) => {
  const work = () => Promise.reject(new Error(message))
  const error = await classified('settle', work).catch((thrown: unknown) => thrown)
  return error as { readonly fault: string; readonly code: string; readonly message: string }
}

/** As DuckDB 1.5.5 said them on a volume of 3 MB, or of a folder that may not be written. */
describe('a disk that is full is no conflict with another transaction', () => {
  test.each([
    ['IO Error: Could not write file "/nowhere/x.duckdb": No space left on device'],
    [
      'TransactionContext Error: Failed to commit: Could not write file "/nowhere/x.duckdb.wal": No space left on device',
    ],
    ['IO Error: Could not write file "/nowhere/x.duckdb": Disk quota exceeded'],
  ])('%s', async (message) => {
    expect(await kindOf(message)).toMatchObject({
      fault: 'later',
      code: 'warehouse_disk',
      message: 'The disk of the DuckDB file is full (folder /nowhere); make room on it, in step "settle".',
    })
  })

  test('the folder is told with the room that it has', async () => {
    const { message } = await kindOf('IO Error: Could not write file "/x.duckdb": No space left on device')
    expect(message).toMatch(/full \(folder \/: \d+ MB free\); make room/)
  })

  test('temporary files have a disk of their own', async () => {
    const said =
      'Out of Memory Error: failed to offload data block of size 160.0 KiB (2.6 MiB/2.6 MiB used).\nThis limit'
    expect(await kindOf(said)).toMatchObject({ fault: 'later', code: 'warehouse_disk' })
    expect((await kindOf('Out of Memory Error: could not allocate block')).code).toBe('warehouse_memory')
  })

  test('neither is a disk that fails, or a folder that may not be written', async () => {
    const failed = 'TransactionContext Error: Failed to commit: '
    expect(await kindOf(`${failed}Could not write file "/nowhere/x.duckdb.wal": Input/output error`)).toMatchObject({
      fault: 'later',
      code: 'warehouse_disk',
      message: 'The DuckDB file cannot be written (folder /nowhere), in step "settle".',
    })
    expect(await kindOf(`${failed}Cannot open file "/nowhere/x.duckdb.wal": Permission denied`)).toMatchObject({
      fault: 'permission',
      code: 'warehouse_permission',
      message: 'The folder of the DuckDB file may not be written (folder /nowhere), in step "settle".',
    })
  })

  test('a conflict still is one, and what a value says counts for nothing', async () => {
    expect((await kindOf('TransactionContext Error: Conflict on update!')).code).toBe('warehouse_conflict')
    const value = `Conversion Error: Could not convert string 'IO Error: No space left on device' to INT32`
    expect((await kindOf(value)).code).toBe('sql_value')
    expect((await kindOf(`Invalid Input Error: IO Error: Could not write file "/x": No space left`)).code).toBe(
      'sql_value',
    )
  })
})
