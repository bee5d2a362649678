// Original file: proto/billet/v1/machine.proto

import type { Long } from '@grpc/proto-loader';

export interface Erasure {
  'device'?: (string);
  'serial'?: (string);
  'size_bytes'?: (number | string | Long);
  'method'?: (string);
  'category'?: (string);
  'sample_count'?: (number);
}

export interface Erasure__Output {
  'device': (string);
  'serial': (string);
  'size_bytes': (number);
  'method': (string);
  'category': (string);
  'sample_count': (number);
}
