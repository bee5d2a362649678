// Original file: proto/billet/v1/workload.proto

import type { Constraints as _billet_v1_Constraints, Constraints__Output as _billet_v1_Constraints__Output } from '../../billet/v1/Constraints.ts';
import type { Task as _billet_v1_Task, Task__Output as _billet_v1_Task__Output } from '../../billet/v1/Task.ts';

export interface WorkloadSpec {
  'machine_count'?: (number);
  'constraints'?: (_billet_v1_Constraints | null);
  'task'?: (_billet_v1_Task | null);
  'priority'?: (number);
}

export interface WorkloadSpec__Output {
  'machine_count': (number);
  'constraints': (_billet_v1_Constraints__Output | null);
  'task': (_billet_v1_Task__Output | null);
  'priority': (number);
}
