// Bounded concurrency: works through many things, so many at a time. What one throws ends all, once those under way have
// ended.

export async function mapConcurrently<T, R>(
  items: readonly T[],
  { concurrency, work }: { readonly concurrency: number; readonly work: (item: T, index: number) => Promise<R> },
): Promise<readonly R[]> {
  const results = new Array<R>(items.length)
  const left = items.entries()
  let failed: { readonly error: unknown } | null = null
  const one = async () => {
    for (const [index, item] of left) {
      if (failed) return
      try {
        results[index] = await work(item, index)
      } catch (error) {
        failed ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, one))
  if (failed) throw (failed as { readonly error: unknown }).error
  return results
}
