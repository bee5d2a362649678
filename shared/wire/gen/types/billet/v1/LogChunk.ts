// Original file: proto/billet/v1/agent.proto

import type { OutputStream as _billet_v1_OutputStream, OutputStream__Output as _billet_v1_OutputStream__Output } from '../../billet/v1/OutputStream.ts';
import type { Long } from '@grpc/proto-loader';

export interface LogChunk {
  'reader'?: (number | string | Long);
  'stream'?: (_billet_v1_OutputStream);
  'data'?: (Buffer | Uint8Array | string);
  'offset'?: (number | string | Long);
  'skipped_bytes'?: (number | string | Long);
  'end'?: (boolean);
  'error'?: (string);
}

export interface LogChunk__Output {
  'reader': (number);
  'stream': (_billet_v1_OutputStream__Output);
  'data': (Buffer);
  'offset': (number);
  'skipped_bytes': (number);
  'end': (boolean);
  'error': (string);
}
