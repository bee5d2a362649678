// Original file: proto/billet/v1/event_service.proto

import type { EventFilter as _billet_v1_EventFilter, EventFilter__Output as _billet_v1_EventFilter__Output } from '../../billet/v1/EventFilter.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchEventsRequest {
  'after_revision'?: (number | string | Long);
  'filter'?: (_billet_v1_EventFilter | null);
}

export interface WatchEventsRequest__Output {
  'after_revision': (number);
  'filter': (_billet_v1_EventFilter__Output | null);
}
