// Original file: proto/billet/v1/event_service.proto

import type { EventFilter as _billet_v1_EventFilter, EventFilter__Output as _billet_v1_EventFilter__Output } from '../../billet/v1/EventFilter.ts';

export interface ListEventsRequest {
  'page_size'?: (number);
  'page_token'?: (string);
  'filter'?: (_billet_v1_EventFilter | null);
}

export interface ListEventsRequest__Output {
  'page_size': (number);
  'page_token': (string);
  'filter': (_billet_v1_EventFilter__Output | null);
}
