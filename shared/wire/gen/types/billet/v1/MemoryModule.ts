// Original file: proto/billet/v1/inventory.proto

import type { Long } from '@grpc/proto-loader';

export interface MemoryModule {
  'slot'?: (string);
  'size_bytes'?: (number | string | Long);
  'type'?: (string);
  'speed_mts'?: (number);
  'manufacturer'?: (string);
  'serial'?: (string);
}

export interface MemoryModule__Output {
  'slot': (string);
  'size_bytes': (number);
  'type': (string);
  'speed_mts': (number);
  'manufacturer': (string);
  'serial': (string);
}
