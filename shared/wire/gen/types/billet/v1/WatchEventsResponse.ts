// Original file: proto/billet/v1/event_service.proto

import type { Event as _billet_v1_Event, Event__Output as _billet_v1_Event__Output } from '../../billet/v1/Event.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchEventsResponse {
  'recorded'?: (_billet_v1_Event | null);
  'synced'?: (boolean);
  'progress'?: (boolean);
  'revision'?: (number | string | Long);
  'event'?: "recorded"|"synced"|"progress";
}

export interface WatchEventsResponse__Output {
  'recorded'?: (_billet_v1_Event__Output | null);
  'synced'?: (boolean);
  'progress'?: (boolean);
  'revision': (number);
  'event'?: "recorded"|"synced"|"progress";
}
