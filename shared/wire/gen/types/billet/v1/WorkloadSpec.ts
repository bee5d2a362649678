// Original file: proto/billet/v1/workload.proto

import type { Constraints as _billet_v1_Constraints, Constraints__Output as _billet_v1_Constraints__Output } from '../../billet/v1/Constraints.ts';
import type { Task as _billet_v1_Task, Task__Output as _billet_v1_Task__Output } from '../../billet/v1/Task.ts';
import type { AbsencePolicy as _billet_v1_AbsencePolicy, AbsencePolicy__Output as _billet_v1_AbsencePolicy__Output } from '../../billet/v1/AbsencePolicy.ts';
import type { RestartPolicy as _billet_v1_RestartPolicy, RestartPolicy__Output as _billet_v1_RestartPolicy__Output } from '../../billet/v1/RestartPolicy.ts';
import type { TimeLimit as _billet_v1_TimeLimit, TimeLimit__Output as _billet_v1_TimeLimit__Output } from '../../billet/v1/TimeLimit.ts';

export interface WorkloadSpec {
  'machine_count'?: (number);
  'constraints'?: (_billet_v1_Constraints | null);
  'task'?: (_billet_v1_Task | null);
  'priority'?: (number);
  'absence'?: (_billet_v1_AbsencePolicy | null);
  'restart'?: (_billet_v1_RestartPolicy | null);
  'time_limit'?: (_billet_v1_TimeLimit | null);
}

export interface WorkloadSpec__Output {
  'machine_count': (number);
  'constraints': (_billet_v1_Constraints__Output | null);
  'task': (_billet_v1_Task__Output | null);
  'priority': (number);
  'absence': (_billet_v1_AbsencePolicy__Output | null);
  'restart': (_billet_v1_RestartPolicy__Output | null);
  'time_limit': (_billet_v1_TimeLimit__Output | null);
}
