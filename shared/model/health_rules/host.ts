import type { HealthRule } from '../health.ts'
import { minutes, seconds } from '../time.ts'
import { WRONG, rule } from './rule.ts'

/** Of a file system that nobody can write, or that is elsewhere, the room says nothing of the machine. */
const OTHERS_OR_FIXED = '!squashfs|iso9660|erofs|cramfs|udf|nfs*|cifs|smb*|ceph|lustre|fuse*|9p'

const full = (
  id: string,
  [raiseAt, clearAt]: readonly [number, number],
  about: Pick<HealthRule, 'metric' | 'of' | 'severity' | 'action'>,
): HealthRule => {
  const what = about.metric.endsWith('files_free') ? 'inodes' : 'room'
  return rule({
    id,
    labels: { fstype: OTHERS_OR_FIXED, mountpoint: '!/boot*' },
    bad: 'low',
    raiseAt,
    clearAt,
    sentence: `{percent} of the ${what} is left on {device}`,
    source: 'GCM warns at 80 % and fails at 85 %, imbue fails at 95 %',
    ...about,
  })
}

const BYTES = { metric: 'node_filesystem_avail_bytes', of: 'node_filesystem_size_bytes' } as const
const INODES = { metric: 'node_filesystem_files_free', of: 'node_filesystem_files' } as const
const NEARLY = { severity: 'warning', action: 'note' } as const
const ALL = { severity: 'critical', action: 'cordon' } as const

/** Memory, file systems and services. */
export const hostRules: readonly HealthRule[] = [
  rule({
    id: 'memory-nearly-exhausted',
    metric: 'node_memory_MemAvailable_bytes',
    of: 'node_memory_MemTotal_bytes',
    bad: 'low',
    raiseAt: 0.03,
    clearAt: 0.07,
    raiseAfter: seconds(30),
    severity: 'warning',
    // A tenant may use the whole machine; that it does is no reason against the next one.
    action: 'note',
    sentence: '{percent} of the memory is left',
    source: 'common practice',
  }),
  full('filesystem-nearly-full', [0.1, 0.13], { ...BYTES, ...NEARLY }),
  full('filesystem-full', [0.02, 0.04], { ...BYTES, ...ALL }),
  full('filesystem-inodes-nearly-used', [0.1, 0.13], { ...INODES, ...NEARLY }),
  full('filesystem-inodes-used', [0.02, 0.04], { ...INODES, ...ALL }),
  rule({
    id: 'filesystem-read-only',
    metric: 'node_filesystem_readonly',
    labels: { fstype: OTHERS_OR_FIXED },
    ...WRONG,
    onceWell: true,
    severity: 'critical',
    action: 'cordon',
    limited: false,
    clearAfter: minutes(1),
    sentence: '{device} is read-only',
    source: 'a file system that met an error turns read-only',
  }),
  rule({
    id: 'unit-failed',
    metric: 'node_systemd_unit_state',
    labels: { state: 'failed' },
    ...WRONG,
    ...NEARLY,
    sentence: 'a unit of systemd has failed: {device}',
    source: 'systemctl --failed; node_exporter’s alerts have it too',
    disputed: 'machines that work for years with a unit that fails are common: a site switches it off, or names units',
  }),
]
