// Original file: proto/billet/v1/workload.proto

import type { Constraints as _billet_v1_Constraints, Constraints__Output as _billet_v1_Constraints__Output } from '../../billet/v1/Constraints.ts';
import type { Arrangement as _billet_v1_Arrangement, Arrangement__Output as _billet_v1_Arrangement__Output } from '../../billet/v1/Arrangement.ts';
import type { Task as _billet_v1_Task, Task__Output as _billet_v1_Task__Output } from '../../billet/v1/Task.ts';

export interface Group {
  'name'?: (string);
  'machine_count'?: (number);
  'constraints'?: (_billet_v1_Constraints | null);
  'arrangement'?: (_billet_v1_Arrangement | null);
  'task'?: (_billet_v1_Task | null);
  'machine_count_least'?: (number);
}

export interface Group__Output {
  'name': (string);
  'machine_count': (number);
  'constraints': (_billet_v1_Constraints__Output | null);
  'arrangement': (_billet_v1_Arrangement__Output | null);
  'task': (_billet_v1_Task__Output | null);
  'machine_count_least': (number);
}
