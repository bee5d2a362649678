// Original file: proto/billet/v1/event_service.proto

import type { Event as _billet_v1_Event, Event__Output as _billet_v1_Event__Output } from '../../billet/v1/Event.ts';

export interface ListEventsResponse {
  'events'?: (_billet_v1_Event)[];
  'next_page_token'?: (string);
}

export interface ListEventsResponse__Output {
  'events': (_billet_v1_Event__Output)[];
  'next_page_token': (string);
}
