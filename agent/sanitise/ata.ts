/** Set for the time of a security erase alone, which takes it away; known, so that a drive is never lost to it. */
export const ATA_PASSWORD = 'billet'

/** By what an ATA drive says that it can be erased. */
export type AtaAbilities = {
  readonly sanitizeCrypto: boolean
  readonly sanitizeBlock: boolean
  readonly sanitizeOverwrite: boolean
  readonly securityEnhanced: boolean
  readonly security: boolean
  /** How long its security erase may take, as it says itself; 0 where it does not say. */
  readonly minutes: number
  /** By a password: nothing of it can be read or written. */
  readonly locked: boolean
}

/** Reads what `hdparm -I` prints. A drive that the firmware has frozen takes no security command. */
export function ataAbilities(text: string): AtaAbilities {
  const lines = text.split('\n').map((line) => line.trim().replaceAll(/\s+/g, ' '))
  const has = (feature: string): boolean => lines.includes(`* ${feature}`)
  const security = lines.indexOf('Security:')
  const told = security === -1 ? [] : lines.slice(security, security + 12)
  const open = told.includes('supported') && told.includes('not frozen') && told.includes('not enabled')
  const minutes = told.flatMap((line) => [...line.matchAll(/(\d+)min for/g)].map(([, count]) => Number(count)))
  const sanitize = has('SANITIZE feature set')
  return {
    sanitizeCrypto: sanitize && has('CRYPTO_SCRAMBLE_EXT command'),
    sanitizeBlock: sanitize && has('BLOCK_ERASE_EXT command'),
    sanitizeOverwrite: sanitize && has('OVERWRITE_EXT command'),
    securityEnhanced: open && told.includes('supported: enhanced erase'),
    security: open,
    minutes: Math.max(0, ...minutes),
    locked: told.includes('locked'),
  }
}
