/** Does `work` in a transaction that is never committed. Throws what `work` throws. */
export const undone = async (
  within: (work: () => Promise<void>) => Promise<void>,
  work: () => Promise<void>,
): Promise<void> => {
  const played = new Error('Played to the end, to be rolled back')
  try {
    await within(async () => {
      await work()
      throw played
    })
  } catch (error) {
    if (error !== played) throw error
  }
}
