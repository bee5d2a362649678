// Original file: proto/billet/v1/workload.proto

import type { TaskFile as _billet_v1_TaskFile, TaskFile__Output as _billet_v1_TaskFile__Output } from '../../billet/v1/TaskFile.ts';
import type { TaskSecret as _billet_v1_TaskSecret, TaskSecret__Output as _billet_v1_TaskSecret__Output } from '../../billet/v1/TaskSecret.ts';
import type { TaskLimits as _billet_v1_TaskLimits, TaskLimits__Output as _billet_v1_TaskLimits__Output } from '../../billet/v1/TaskLimits.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface Task {
  'argv'?: (string)[];
  'env'?: ({[key: string]: string});
  'cwd'?: (string);
  'files'?: (_billet_v1_TaskFile)[];
  'secrets'?: (_billet_v1_TaskSecret)[];
  'limits'?: (_billet_v1_TaskLimits | null);
  'stop_signal'?: (string);
  'stop_grace'?: (_google_protobuf_Duration | null);
  'run_as'?: (string);
  'resize_signal'?: (string);
}

export interface Task__Output {
  'argv': (string)[];
  'env': ({[key: string]: string});
  'cwd': (string);
  'files': (_billet_v1_TaskFile__Output)[];
  'secrets': (_billet_v1_TaskSecret__Output)[];
  'limits': (_billet_v1_TaskLimits__Output | null);
  'stop_signal': (string);
  'stop_grace': (_google_protobuf_Duration__Output | null);
  'run_as': (string);
  'resize_signal': (string);
}
