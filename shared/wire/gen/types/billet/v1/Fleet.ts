// Original file: proto/billet/v1/fleet.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Halt as _billet_v1_Halt, Halt__Output as _billet_v1_Halt__Output } from '../../billet/v1/Halt.ts';
import type { Finding as _billet_v1_Finding, Finding__Output as _billet_v1_Finding__Output } from '../../billet/v1/Finding.ts';
import type { Long } from '@grpc/proto-loader';

export interface Fleet {
  'cluster'?: (string);
  'term'?: (number | string | Long);
  'term_time'?: (_google_protobuf_Timestamp | null);
  'learning_time'?: (_google_protobuf_Timestamp | null);
  'halt'?: (_billet_v1_Halt | null);
  'machine_counts'?: ({[key: string]: number});
  'machines_away'?: (number);
  'findings'?: (_billet_v1_Finding)[];
  'revision'?: (number | string | Long);
}

export interface Fleet__Output {
  'cluster': (string);
  'term': (number);
  'term_time': (_google_protobuf_Timestamp__Output | null);
  'learning_time': (_google_protobuf_Timestamp__Output | null);
  'halt': (_billet_v1_Halt__Output | null);
  'machine_counts': ({[key: string]: number});
  'machines_away': (number);
  'findings': (_billet_v1_Finding__Output)[];
  'revision': (number);
}
