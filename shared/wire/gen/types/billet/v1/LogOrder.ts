// Original file: proto/billet/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

export interface LogOrder {
  'reader'?: (number | string | Long);
  'placement'?: (string);
  'follow'?: (boolean);
  'tail_bytes'?: (number | string | Long);
  'window_bytes'?: (number | string | Long);
}

export interface LogOrder__Output {
  'reader': (number);
  'placement': (string);
  'follow': (boolean);
  'tail_bytes': (number);
  'window_bytes': (number);
}
