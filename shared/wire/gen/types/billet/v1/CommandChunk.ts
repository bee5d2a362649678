// Original file: proto/billet/v1/agent.proto

import type { OutputStream as _billet_v1_OutputStream, OutputStream__Output as _billet_v1_OutputStream__Output } from '../../billet/v1/OutputStream.ts';
import type { Long } from '@grpc/proto-loader';

export interface CommandChunk {
  'command'?: (string);
  'stream'?: (_billet_v1_OutputStream);
  'data'?: (Buffer | Uint8Array | string);
  'offset'?: (number | string | Long);
}

export interface CommandChunk__Output {
  'command': (string);
  'stream': (_billet_v1_OutputStream__Output);
  'data': (Buffer);
  'offset': (number);
}
