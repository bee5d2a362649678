// Original file: proto/billet/v1/workload.proto

import type { RestartWhen as _billet_v1_RestartWhen, RestartWhen__Output as _billet_v1_RestartWhen__Output } from '../../billet/v1/RestartWhen.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { RestartScope as _billet_v1_RestartScope, RestartScope__Output as _billet_v1_RestartScope__Output } from '../../billet/v1/RestartScope.ts';

export interface RestartPolicy {
  'when'?: (_billet_v1_RestartWhen);
  'attempts'?: (number);
  'window'?: (_google_protobuf_Duration | null);
  'backoff'?: (_google_protobuf_Duration | null);
  'scope'?: (_billet_v1_RestartScope);
}

export interface RestartPolicy__Output {
  'when': (_billet_v1_RestartWhen__Output);
  'attempts': (number);
  'window': (_google_protobuf_Duration__Output | null);
  'backoff': (_google_protobuf_Duration__Output | null);
  'scope': (_billet_v1_RestartScope__Output);
}
