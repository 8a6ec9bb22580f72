const stop = async (): Promise<void> => {
  await (globalThis as { readonly stopWarehouses?: () => Promise<void> }).stopWarehouses?.()
}
export default stop
