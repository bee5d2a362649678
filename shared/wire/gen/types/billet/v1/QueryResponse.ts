// Original file: proto/billet/v1/telemetry_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { TelemetrySeries as _billet_v1_TelemetrySeries, TelemetrySeries__Output as _billet_v1_TelemetrySeries__Output } from '../../billet/v1/TelemetrySeries.ts';

export interface QueryResponse {
  'start_time'?: (_google_protobuf_Timestamp | null);
  'step'?: (_google_protobuf_Duration | null);
  'series'?: (_billet_v1_TelemetrySeries)[];
  'machine_count'?: (number);
  'machine_count_with_data'?: (number);
}

export interface QueryResponse__Output {
  'start_time': (_google_protobuf_Timestamp__Output | null);
  'step': (_google_protobuf_Duration__Output | null);
  'series': (_billet_v1_TelemetrySeries__Output)[];
  'machine_count': (number);
  'machine_count_with_data': (number);
}
