// Original file: proto/billet/v1/workload.proto

import type { Constraints as _billet_v1_Constraints, Constraints__Output as _billet_v1_Constraints__Output } from '../../billet/v1/Constraints.ts';
import type { Task as _billet_v1_Task, Task__Output as _billet_v1_Task__Output } from '../../billet/v1/Task.ts';
import type { AbsencePolicy as _billet_v1_AbsencePolicy, AbsencePolicy__Output as _billet_v1_AbsencePolicy__Output } from '../../billet/v1/AbsencePolicy.ts';
import type { RestartPolicy as _billet_v1_RestartPolicy, RestartPolicy__Output as _billet_v1_RestartPolicy__Output } from '../../billet/v1/RestartPolicy.ts';
import type { TimeLimit as _billet_v1_TimeLimit, TimeLimit__Output as _billet_v1_TimeLimit__Output } from '../../billet/v1/TimeLimit.ts';
import type { Arrangement as _billet_v1_Arrangement, Arrangement__Output as _billet_v1_Arrangement__Output } from '../../billet/v1/Arrangement.ts';
import type { Group as _billet_v1_Group, Group__Output as _billet_v1_Group__Output } from '../../billet/v1/Group.ts';
import type { Dependency as _billet_v1_Dependency, Dependency__Output as _billet_v1_Dependency__Output } from '../../billet/v1/Dependency.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Preemption as _billet_v1_Preemption, Preemption__Output as _billet_v1_Preemption__Output } from '../../billet/v1/Preemption.ts';
import type { WorkloadArray as _billet_v1_WorkloadArray, WorkloadArray__Output as _billet_v1_WorkloadArray__Output } from '../../billet/v1/WorkloadArray.ts';
import type { NetworkCheck as _billet_v1_NetworkCheck, NetworkCheck__Output as _billet_v1_NetworkCheck__Output } from '../../billet/v1/NetworkCheck.ts';

export interface WorkloadSpec {
  'machine_count'?: (number);
  'constraints'?: (_billet_v1_Constraints | null);
  'task'?: (_billet_v1_Task | null);
  'priority'?: (number);
  'absence'?: (_billet_v1_AbsencePolicy | null);
  'restart'?: (_billet_v1_RestartPolicy | null);
  'time_limit'?: (_billet_v1_TimeLimit | null);
  'arrangement'?: (_billet_v1_Arrangement | null);
  'groups'?: (_billet_v1_Group)[];
  'dependencies'?: (_billet_v1_Dependency)[];
  'start_after_time'?: (_google_protobuf_Timestamp | null);
  'preemption'?: (_billet_v1_Preemption | null);
  'scheduler'?: (string);
  'array'?: (_billet_v1_WorkloadArray | null);
  'reservation'?: (string);
  'no_borrow'?: (boolean);
  'machine_count_least'?: (number);
  'priority_class'?: (string);
  'network_check'?: (_billet_v1_NetworkCheck | null);
}

export interface WorkloadSpec__Output {
  'machine_count': (number);
  'constraints': (_billet_v1_Constraints__Output | null);
  'task': (_billet_v1_Task__Output | null);
  'priority': (number);
  'absence': (_billet_v1_AbsencePolicy__Output | null);
  'restart': (_billet_v1_RestartPolicy__Output | null);
  'time_limit': (_billet_v1_TimeLimit__Output | null);
  'arrangement': (_billet_v1_Arrangement__Output | null);
  'groups': (_billet_v1_Group__Output)[];
  'dependencies': (_billet_v1_Dependency__Output)[];
  'start_after_time': (_google_protobuf_Timestamp__Output | null);
  'preemption': (_billet_v1_Preemption__Output | null);
  'scheduler': (string);
  'array': (_billet_v1_WorkloadArray__Output | null);
  'reservation': (string);
  'no_borrow': (boolean);
  'machine_count_least': (number);
  'priority_class': (string);
  'network_check': (_billet_v1_NetworkCheck__Output | null);
}
