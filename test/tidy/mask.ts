/**
 * TypeScript with everything that is not code blanked out: the inside of comments, strings, templates and regular
 * expressions becomes spaces, their quotes and every line break stay. Offsets are those of the original text.
 */
export function mask(text: string): string {
  const out = text.split('')
  const state: Scan = { text, out, offset: 0, templates: [] }
  while (state.offset < text.length) step(state)
  return out.join('')
}

type Scan = {
  readonly text: string
  readonly out: string[]
  offset: number
  /** For each template that is open: how many braces are open in its present substitution. */
  readonly templates: number[]
}

function step(scan: Scan): void {
  const { text, offset } = scan
  const here = text.charAt(offset)
  if (text.startsWith('//', offset)) return blank(scan, endOfLine(text, offset))
  if (text.startsWith('/*', offset)) return blank(scan, after(text, '*/', offset + 2))
  if (here === "'" || here === '"') return quoted(scan, here)
  if (here === '`') return template(scan)
  if (here === '/' && startsExpression(scan)) return regularExpression(scan)
  if (here === '{' && scan.templates.length > 0) bump(scan, 1)
  if (here === '}' && scan.templates.length > 0) {
    if (scan.templates.at(-1) === 0) {
      scan.templates.pop()
      return template(scan)
    }
    bump(scan, -1)
  }
  scan.offset += 1
}

function bump(scan: Scan, by: number): void {
  scan.templates.push((scan.templates.pop() ?? 0) + by)
}

function blank(scan: Scan, end: number): void {
  for (let index = scan.offset; index < end; index += 1) if (scan.out[index] !== '\n') scan.out[index] = ' '
  scan.offset = end
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  return end === -1 ? text.length : end
}

function after(text: string, mark: string, offset: number): number {
  const end = text.indexOf(mark, offset)
  return end === -1 ? text.length : end + mark.length
}

function quoted(scan: Scan, quote: string): void {
  let end = scan.offset + 1
  while (end < scan.text.length && scan.text.charAt(end) !== quote && scan.text.charAt(end) !== '\n') {
    end += scan.text.charAt(end) === '\\' ? 2 : 1
  }
  scan.offset += 1
  blank(scan, end)
  scan.offset = end + 1
}

/** From a backquote, or from the brace that ends a substitution, to the next substitution or the closing backquote. */
function template(scan: Scan): void {
  let end = scan.offset + 1
  while (end < scan.text.length && scan.text.charAt(end) !== '`' && !scan.text.startsWith('${', end)) {
    end += scan.text.charAt(end) === '\\' ? 2 : 1
  }
  scan.offset += 1
  blank(scan, Math.min(end, scan.text.length))
  if (scan.text.startsWith('${', end)) {
    scan.templates.push(0)
    scan.offset = end + 2
  } else {
    scan.offset = end + 1
  }
}

/** Whether a slash here begins a regular expression: it does where no value has just ended. */
function startsExpression(scan: Scan): boolean {
  const before = scan.out
    .slice(Math.max(0, scan.offset - 200), scan.offset)
    .join('')
    .trimEnd()
  if (/(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield)$/.test(before)) return true
  return !/[\w$)\]}'"`]$/.test(before)
}

function regularExpression(scan: Scan): void {
  let end = scan.offset + 1
  let inClass = false
  while (end < scan.text.length && scan.text.charAt(end) !== '\n') {
    const here = scan.text.charAt(end)
    if (here === '/' && !inClass) break
    if (here === '[') inClass = true
    if (here === ']') inClass = false
    end += here === '\\' ? 2 : 1
  }
  scan.offset += 1
  blank(scan, end)
  scan.offset = end + 1
}
