// Original file: proto/billet/v1/workload.proto

import type { Long } from '@grpc/proto-loader';

export interface TaskLimits {
  'memory_bytes'?: (number | string | Long);
  'cpu_cores'?: (number | string);
  'pids'?: (number);
  'open_files'?: (number);
}

export interface TaskLimits__Output {
  'memory_bytes': (number);
  'cpu_cores': (number);
  'pids': (number);
  'open_files': (number);
}
