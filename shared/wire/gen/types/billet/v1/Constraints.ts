// Original file: proto/billet/v1/workload.proto

import type { Long } from '@grpc/proto-loader';

export interface Constraints {
  'hardware_class'?: (string);
  'labels'?: ({[key: string]: string});
  'gpus_min'?: (number);
  'memory_bytes_min'?: (number | string | Long);
  'machines'?: (string)[];
}

export interface Constraints__Output {
  'hardware_class': (string);
  'labels': ({[key: string]: string});
  'gpus_min': (number);
  'memory_bytes_min': (number);
  'machines': (string)[];
}
