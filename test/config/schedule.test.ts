import { expect, test } from '@jest/globals'
import { isSchedule } from '../../connector/config/schedule.ts'

test.each(['@hourly', '@daily', '@weekly', '@monthly', '@quarterly', '@yearly'])('%s', (text) => {
  expect(isSchedule(text)).toBe(true)
})

test.each([
  '* * * * *',
  '0 */6 * * *',
  '*/15 */1 * * *',
  '59 23 31 12 7',
  '0,30 8-18/2 1-7 jan,JUL mon-fri',
  '0 0 1 1-jan 0',
  ' 0  0 1 1 0 ',
])('%j', (text) => {
  expect(isSchedule(text)).toBe(true)
})

test.each([
  '',
  '@reboot',
  '@Daily',
  'daily',
  '* * * *',
  '* * * * * *',
  '60 * * * *',
  '005 * * * *',
  '* 24 * * *',
  '* * 0 * *',
  '* * 32 * *',
  '* * * 0 *',
  '* * * 13 *',
  '* * * * 8',
  '*/0 * * * *',
  '5/10 * * * *',
  '5-1 * * * *',
  '1- * * * *',
  '1,,2 * * * *',
  'mon * * * *',
  '* * * foo *',
  '-1 * * * *',
])('not %j', (text) => {
  expect(isSchedule(text)).toBe(false)
})
