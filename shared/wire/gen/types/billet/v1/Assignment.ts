// Original file: proto/billet/v1/agent.proto

import type { Task as _billet_v1_Task, Task__Output as _billet_v1_Task__Output } from '../../billet/v1/Task.ts';

export interface Assignment {
  'placement'?: (string);
  'workload'?: (string);
  'tenant'?: (string);
  'tenant_number'?: (number);
  'rank'?: (number);
  'peers'?: (string)[];
  'task'?: (_billet_v1_Task | null);
}

export interface Assignment__Output {
  'placement': (string);
  'workload': (string);
  'tenant': (string);
  'tenant_number': (number);
  'rank': (number);
  'peers': (string)[];
  'task': (_billet_v1_Task__Output | null);
}
