// Original file: proto/billet/v1/workload.proto

import type { Long } from '@grpc/proto-loader';

export interface NetworkCheck {
  'bandwidth_least'?: (number | string | Long);
}

export interface NetworkCheck__Output {
  'bandwidth_least': (number);
}
