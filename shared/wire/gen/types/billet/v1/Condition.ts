// Original file: proto/billet/v1/machine.proto

import type { Severity as _billet_v1_Severity, Severity__Output as _billet_v1_Severity__Output } from '../../billet/v1/Severity.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { HealthAction as _billet_v1_HealthAction, HealthAction__Output as _billet_v1_HealthAction__Output } from '../../billet/v1/HealthAction.ts';

export interface Condition {
  'id'?: (string);
  'severity'?: (_billet_v1_Severity);
  'reason'?: (string);
  'since_time'?: (_google_protobuf_Timestamp | null);
  'forbids_placement'?: (boolean);
  'action'?: (_billet_v1_HealthAction);
  'evidence'?: (string)[];
  'suspended'?: (boolean);
}

export interface Condition__Output {
  'id': (string);
  'severity': (_billet_v1_Severity__Output);
  'reason': (string);
  'since_time': (_google_protobuf_Timestamp__Output | null);
  'forbids_placement': (boolean);
  'action': (_billet_v1_HealthAction__Output);
  'evidence': (string)[];
  'suspended': (boolean);
}
