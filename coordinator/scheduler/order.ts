/** A text that sorts as people count: rack 9 before rack 10. Different texts have different keys. */
export function naturalKey(text: string): string {
  const padded = text.replaceAll(/\d+/g, (digits) => {
    const number = digits.replace(/^0+(?=\d)/, '')
    return String.fromCharCode(58 + Math.min(number.length, 60)) + number
  })
  return `${padded}\u0001${text}`
}
