/** The program that makes one check: what measures is in the memory of that process alone. */
export async function main(argv: readonly string[]): Promise<number> {
  const { measureOnce } = await import('../checks/own/main.ts')
  return measureOnce(argv)
}
