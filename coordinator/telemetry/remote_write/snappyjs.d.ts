declare module 'snappyjs' {
  /** One block in Snappy's format, without the framing of streams. */
  export function compress(bytes: Uint8Array): Uint8Array
  export function uncompress(bytes: Uint8Array): Uint8Array
}
