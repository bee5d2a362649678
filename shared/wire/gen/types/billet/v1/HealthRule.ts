// Original file: proto/billet/v1/health.proto

import type { HealthMeasure as _billet_v1_HealthMeasure, HealthMeasure__Output as _billet_v1_HealthMeasure__Output } from '../../billet/v1/HealthMeasure.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Severity as _billet_v1_Severity, Severity__Output as _billet_v1_Severity__Output } from '../../billet/v1/Severity.ts';
import type { HealthAction as _billet_v1_HealthAction, HealthAction__Output as _billet_v1_HealthAction__Output } from '../../billet/v1/HealthAction.ts';

export interface HealthRule {
  'id'?: (string);
  'metric'?: (string);
  'labels'?: ({[key: string]: string});
  'of'?: (string);
  'measure'?: (_billet_v1_HealthMeasure);
  'window'?: (_google_protobuf_Duration | null);
  'low'?: (boolean);
  'raise_at'?: (number | string);
  'clear_at'?: (number | string);
  'raise_after'?: (_google_protobuf_Duration | null);
  'clear_after'?: (_google_protobuf_Duration | null);
  'once_well'?: (boolean);
  'severity'?: (_billet_v1_Severity);
  'action'?: (_billet_v1_HealthAction);
  'unlimited'?: (boolean);
  'sentence'?: (string);
  'source'?: (string);
  'disputed'?: (string);
  'disabled'?: (boolean);
  'from_zero'?: (boolean);
}

export interface HealthRule__Output {
  'id': (string);
  'metric': (string);
  'labels': ({[key: string]: string});
  'of': (string);
  'measure': (_billet_v1_HealthMeasure__Output);
  'window': (_google_protobuf_Duration__Output | null);
  'low': (boolean);
  'raise_at': (number);
  'clear_at': (number);
  'raise_after': (_google_protobuf_Duration__Output | null);
  'clear_after': (_google_protobuf_Duration__Output | null);
  'once_well': (boolean);
  'severity': (_billet_v1_Severity__Output);
  'action': (_billet_v1_HealthAction__Output);
  'unlimited': (boolean);
  'sentence': (string);
  'source': (string);
  'disputed': (string);
  'disabled': (boolean);
  'from_zero': (boolean);
}
