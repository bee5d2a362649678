/** By their characters, whatever the language: the same on every machine. */
export const compareTexts = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)
