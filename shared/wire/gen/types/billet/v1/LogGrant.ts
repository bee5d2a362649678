// Original file: proto/billet/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

export interface LogGrant {
  'reader'?: (number | string | Long);
  'bytes'?: (number | string | Long);
}

export interface LogGrant__Output {
  'reader': (number);
  'bytes': (number);
}
