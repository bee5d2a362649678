// Original file: proto/billet/v1/agent.proto

import type { Task as _billet_v1_Task, Task__Output as _billet_v1_Task__Output } from '../../billet/v1/Task.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { TimeLimit as _billet_v1_TimeLimit, TimeLimit__Output as _billet_v1_TimeLimit__Output } from '../../billet/v1/TimeLimit.ts';
import type { AssignmentMember as _billet_v1_AssignmentMember, AssignmentMember__Output as _billet_v1_AssignmentMember__Output } from '../../billet/v1/AssignmentMember.ts';
import type { NetworkCheck as _billet_v1_NetworkCheck, NetworkCheck__Output as _billet_v1_NetworkCheck__Output } from '../../billet/v1/NetworkCheck.ts';
import type { Long } from '@grpc/proto-loader';

export interface Assignment {
  'placement'?: (string);
  'workload'?: (string);
  'tenant'?: (string);
  'tenant_number'?: (number);
  'rank'?: (number);
  'peers'?: (string)[];
  'task'?: (_billet_v1_Task | null);
  'lease'?: (_google_protobuf_Duration | null);
  'time_limit'?: (_billet_v1_TimeLimit | null);
  'array_index'?: (number);
  'array_size'?: (number);
  'members'?: (_billet_v1_AssignmentMember)[];
  'generation'?: (number | string | Long);
  'network_check'?: (_billet_v1_NetworkCheck | null);
}

export interface Assignment__Output {
  'placement': (string);
  'workload': (string);
  'tenant': (string);
  'tenant_number': (number);
  'rank': (number);
  'peers': (string)[];
  'task': (_billet_v1_Task__Output | null);
  'lease': (_google_protobuf_Duration__Output | null);
  'time_limit': (_billet_v1_TimeLimit__Output | null);
  'array_index': (number);
  'array_size': (number);
  'members': (_billet_v1_AssignmentMember__Output)[];
  'generation': (number);
  'network_check': (_billet_v1_NetworkCheck__Output | null);
}
