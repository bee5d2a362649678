// Original file: proto/billet/v1/workload_service.proto

import type { Long } from '@grpc/proto-loader';

export interface ReadLogsRequest {
  'name'?: (string);
  'ranks'?: (number)[];
  'follow'?: (boolean);
  'tail_bytes'?: (number | string | Long);
}

export interface ReadLogsRequest__Output {
  'name': (string);
  'ranks': (number)[];
  'follow': (boolean);
  'tail_bytes': (number);
}
