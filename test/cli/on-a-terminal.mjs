import { WriteStream } from 'node:tty'

/** Loaded before the program: its streams say that they are a terminal, and are the pipes of the test. */
const { clearLine, cursorTo, moveCursor, getColorDepth, hasColors } = WriteStream.prototype
for (const stream of [process.stdin, process.stdout, process.stderr])
  Object.assign(stream, {
    isTTY: true,
    columns: Number(process.env.TEST_COLUMNS ?? 120),
    clearLine,
    cursorTo,
    moveCursor,
    getColorDepth,
    hasColors,
  })
