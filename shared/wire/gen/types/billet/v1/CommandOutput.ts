// Original file: proto/billet/v1/command_service.proto

import type { OutputStream as _billet_v1_OutputStream, OutputStream__Output as _billet_v1_OutputStream__Output } from '../../billet/v1/OutputStream.ts';

export interface CommandOutput {
  'machine'?: (string);
  'stream'?: (_billet_v1_OutputStream);
  'data'?: (Buffer | Uint8Array | string);
}

export interface CommandOutput__Output {
  'machine': (string);
  'stream': (_billet_v1_OutputStream__Output);
  'data': (Buffer);
}
