// Original file: proto/billet/v1/machine.proto

import type { HandBackStep as _billet_v1_HandBackStep, HandBackStep__Output as _billet_v1_HandBackStep__Output } from '../../billet/v1/HandBackStep.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface HandBackReport {
  'epoch'?: (number | string | Long);
  'clean'?: (boolean);
  'steps'?: (_billet_v1_HandBackStep)[];
  'create_time'?: (_google_protobuf_Timestamp | null);
  'tried'?: (number | string | Long);
}

export interface HandBackReport__Output {
  'epoch': (number);
  'clean': (boolean);
  'steps': (_billet_v1_HandBackStep__Output)[];
  'create_time': (_google_protobuf_Timestamp__Output | null);
  'tried': (number);
}
