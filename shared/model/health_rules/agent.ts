import type { HealthRule } from '../health.ts'
import { minutes, seconds } from '../time.ts'
import { WRONG, rule } from './rule.ts'

/** What stands between the agent and its work. Its figures are no telemetry: the agent knows them of itself. */
export const agentRules: readonly HealthRule[] = [
  rule({
    id: 'state-not-writable',
    metric: 'billet_state_write_failed',
    ...WRONG,
    severity: 'critical',
    action: 'cordon',
    // Nothing can be started there, whatever the rest of the fleet does.
    limited: false,
    sentence: 'the agent cannot write below its state directory: {detail}',
    source: 'the last write below the state directory',
  }),
  rule({
    id: 'gpu-missing',
    metric: 'billet_gpus_missing',
    ...WRONG,
    // The driver needs up to a minute for its first answer where nobody keeps it loaded.
    raiseAfter: minutes(2),
    severity: 'critical',
    action: 'cordon',
    sentence: '{detail}',
    source: 'GPUs that answer, against those that the machine has on record; Azure check_gpu_count, GCM gpu_num',
  }),
  rule({
    id: 'gpu-unknown',
    metric: 'billet_gpus_extra',
    ...WRONG,
    raiseAfter: minutes(2),
    severity: 'warning',
    action: 'cordon',
    sentence: '{detail}',
    source: 'GPUs that answer, against those that the machine has on record',
  }),
  rule({
    id: 'clock-differs',
    metric: 'billet_clock_apart_seconds',
    raiseAt: 5,
    clearAt: 2,
    raiseAfter: seconds(30),
    severity: 'warning',
    action: 'note',
    sentence: "the clock is {detail} the coordinator's",
    source: 'the coordinator’s clock at the beginning of the session',
  }),
  rule({
    id: 'agent-not-root',
    metric: 'billet_agent_unprivileged',
    ...WRONG,
    severity: 'warning',
    // So that an unprivileged user can try things out; tasks then run as that user.
    action: 'note',
    sentence: 'the agent does not run as root: tasks run as its own user, and tenants are not kept apart',
    source: 'the agent’s user id',
  }),
  rule({
    id: 'cgroup-not-writable',
    metric: 'billet_cgroup_missing',
    ...WRONG,
    severity: 'warning',
    action: 'note',
    sentence: 'tasks run without limits or accounting, since {detail}',
    source: 'the cgroup v2 mount',
  }),
]
