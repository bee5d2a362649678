// Original file: proto/billet/v1/workload.proto

import type { Preference as _billet_v1_Preference, Preference__Output as _billet_v1_Preference__Output } from '../../billet/v1/Preference.ts';
import type { Long } from '@grpc/proto-loader';

export interface Constraints {
  'hardware_class'?: (string);
  'labels'?: ({[key: string]: string});
  'gpus_min'?: (number);
  'memory_bytes_min'?: (number | string | Long);
  'machines'?: (string)[];
  'excluded_machines'?: (string)[];
  'require'?: (string);
  'prefer'?: (_billet_v1_Preference)[];
}

export interface Constraints__Output {
  'hardware_class': (string);
  'labels': ({[key: string]: string});
  'gpus_min': (number);
  'memory_bytes_min': (number);
  'machines': (string)[];
  'excluded_machines': (string)[];
  'require': (string);
  'prefer': (_billet_v1_Preference__Output)[];
}
