// Original file: proto/billet/v1/inventory.proto

import type { Long } from '@grpc/proto-loader';

export interface Gpu {
  'index'?: (number);
  'vendor'?: (string);
  'model'?: (string);
  'uuid'?: (string);
  'memory_bytes'?: (number | string | Long);
  'serial'?: (string);
  'driver'?: (string);
}

export interface Gpu__Output {
  'index': (number);
  'vendor': (string);
  'model': (string);
  'uuid': (string);
  'memory_bytes': (number);
  'serial': (string);
  'driver': (string);
}
