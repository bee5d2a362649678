/** A file system that is mounted somewhere. */
export type Mount = { readonly device: string; readonly mountpoint: string; readonly fstype: string }

const MOUNTS_MAX = 32
const PATH_MAX = 200
/** Images that are full by nature. */
const IMAGES: ReadonlySet<string> = new Set(['squashfs', 'iso9660', 'erofs', 'cramfs', 'udf'])

/**
 * File systems on local block devices, each where it was mounted first: /proc/mounts names bind mounts too. What is
 * on the network is left out, since asking may take for ever, and so is what an automounter would have to mount.
 */
export function localMounts(text: string): readonly Mount[] {
  const found = new Map<string, Mount>()
  for (const line of text.split('\n')) {
    const [device = '', mountpoint = '', fstype = ''] = line.split(' ', 3).map(plain)
    const isLocal = device.startsWith('/dev/') && mountpoint.startsWith('/') && !IMAGES.has(fstype)
    if (!isLocal || mountpoint.length > PATH_MAX || device.length > PATH_MAX || fstype.length > 64) continue
    if (!found.has(device) && found.size < MOUNTS_MAX) found.set(device, { device, mountpoint, fstype })
  }
  return [...found.values()]
}

/** The kernel writes a space in a name as "\040". */
function plain(word: string): string {
  return word.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
