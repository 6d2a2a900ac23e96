// What an option that may be repeated becomes.

export function repeated(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value]
}
