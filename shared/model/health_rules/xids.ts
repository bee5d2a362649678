import type { HealthAction, HealthRule, Severity } from '../health.ts'
import { hours, minutes } from '../time.ts'
import { rule } from './rule.ts'

type Xid = {
  readonly xids: string
  readonly id: string
  readonly meaning: string
  readonly severity: Severity
  readonly action: HealthAction
  readonly source: string
  readonly disputed?: string
}

const CATALOGUE = 'NVIDIA Xid catalogue'

/** Errors that the NVIDIA driver tells of, by number. */
const XIDS: readonly Xid[] = [
  {
    xids: '79',
    id: 'gpu-fell-off-the-bus',
    meaning: 'it fell off the bus',
    severity: 'critical',
    // Nothing that runs there can go on.
    action: 'replace',
    source: `${CATALOGUE}: RESTART_BM; gpud, Azure, imbue and Meta fail the machine`,
  },
  {
    xids: '48|62|64|95|119|120|140|143',
    id: 'gpu-xid-fatal',
    meaning: 'it needs a reset, or is broken (double-bit error, halt, failed remap, uncontained error, GSP)',
    severity: 'critical',
    action: 'quarantine',
    source: `${CATALOGUE}: RESET_GPU; gpud, Azure and imbue fail the machine`,
    disputed: 'Azure does not list 95 and 140',
  },
  {
    xids: '46|151|155|156|158',
    id: 'gpu-xid-reset',
    meaning: 'it needs a reset (timeout, key rotation, NVLink software or retirement)',
    severity: 'warning',
    action: 'quarantine',
    source: `${CATALOGUE}: RESET_GPU, of 151 RESTART_VM; gpud reboots`,
  },
  {
    xids: '74|136|144|145|146|147|148|149|150',
    id: 'gpu-xid-nvlink',
    meaning: 'an NVLink failed',
    severity: 'critical',
    action: 'quarantine',
    source: `${CATALOGUE}: WORKFLOW_NVLINK_ERR, WORKFLOW_NVLINK5_ERR; gpud, Azure and imbue fail the machine for 74`,
    disputed: 'gpud only warns of 136, and judges 144 to 150 by their subcodes',
  },
  {
    xids: '63',
    id: 'gpu-xid-row-remapped',
    meaning: 'a row is remapped at its next reset',
    severity: 'warning',
    action: 'note',
    source: `${CATALOGUE}: IGNORE; Meta takes it for harmless`,
    disputed: 'gpud, Azure and imbue fail the machine',
  },
  {
    xids: '92|94|109|154',
    id: 'gpu-xid-warning',
    meaning: 'errors that it dealt with (corrected ones in number, contained, a late switch, another recovery action)',
    severity: 'warning',
    action: 'note',
    source: `${CATALOGUE}: IGNORE or RESTART_APP; what needs a reset is found by other rules`,
    disputed: 'Azure and imbue fail the machine for 92; imbue and Meta for 94',
  },
  {
    xids: '13|31|43|45',
    id: 'gpu-xid-program',
    meaning: 'a program on it failed',
    severity: 'info',
    action: 'note',
    source: `${CATALOGUE}: RESTART_APP or IGNORE; Meta takes them for harmless`,
  },
]

export const xidRules: readonly HealthRule[] = XIDS.map(({ xids, meaning, disputed = '', ...about }) =>
  rule({
    ...about,
    metric: 'billet_gpu_xid_errors_total',
    labels: { xid: xids },
    measure: 'increase',
    fromZero: true,
    window: about.severity === 'info' ? minutes(10) : hours(24),
    raiseAt: 1,
    clearAt: 0,
    sentence: `{device}: ${meaning}`,
    disputed,
  }),
)
