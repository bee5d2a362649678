declare const BILLET_VERSION: string | undefined
declare const BILLET_COMMIT: string | undefined

// Both are put in when the binaries are built; run from source there is neither.
const built = typeof BILLET_VERSION === 'undefined' ? 'source' : BILLET_VERSION
const commit = typeof BILLET_COMMIT === 'undefined' ? '' : BILLET_COMMIT

/** What this program calls itself: `0.1.0 (9f3c2ab81d04)`, or `source` where it runs unbuilt. */
export const version = commit === '' ? built : `${built} (${commit})`
