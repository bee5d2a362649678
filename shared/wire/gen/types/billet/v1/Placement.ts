// Original file: proto/billet/v1/placement.proto

import type { PlacementPhase as _billet_v1_PlacementPhase, PlacementPhase__Output as _billet_v1_PlacementPhase__Output } from '../../billet/v1/PlacementPhase.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface Placement {
  'name'?: (string);
  'workload'?: (string);
  'tenant'?: (string);
  'machine'?: (string);
  'hostname'?: (string);
  'address'?: (string);
  'rank'?: (number);
  'world_size'?: (number);
  'epoch'?: (number | string | Long);
  'phase'?: (_billet_v1_PlacementPhase);
  'phase_reason'?: (string);
  'exit_code'?: (number);
  'create_time'?: (_google_protobuf_Timestamp | null);
  'start_time'?: (_google_protobuf_Timestamp | null);
  'end_time'?: (_google_protobuf_Timestamp | null);
  'revision'?: (number | string | Long);
}

export interface Placement__Output {
  'name': (string);
  'workload': (string);
  'tenant': (string);
  'machine': (string);
  'hostname': (string);
  'address': (string);
  'rank': (number);
  'world_size': (number);
  'epoch': (number);
  'phase': (_billet_v1_PlacementPhase__Output);
  'phase_reason': (string);
  'exit_code': (number);
  'create_time': (_google_protobuf_Timestamp__Output | null);
  'start_time': (_google_protobuf_Timestamp__Output | null);
  'end_time': (_google_protobuf_Timestamp__Output | null);
  'revision': (number);
}
