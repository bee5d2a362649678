// Original file: proto/billet/v1/inventory.proto

import type { Long } from '@grpc/proto-loader';

export interface Disk {
  'device'?: (string);
  'model'?: (string);
  'serial'?: (string);
  'size_bytes'?: (number | string | Long);
  'type'?: (string);
  'firmware'?: (string);
}

export interface Disk__Output {
  'device': (string);
  'model': (string);
  'serial': (string);
  'size_bytes': (number);
  'type': (string);
  'firmware': (string);
}
