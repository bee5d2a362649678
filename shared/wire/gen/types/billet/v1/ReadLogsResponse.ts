// Original file: proto/billet/v1/workload_service.proto

import type { OutputStream as _billet_v1_OutputStream, OutputStream__Output as _billet_v1_OutputStream__Output } from '../../billet/v1/OutputStream.ts';
import type { Long } from '@grpc/proto-loader';

export interface ReadLogsResponse {
  'rank'?: (number);
  'stream'?: (_billet_v1_OutputStream);
  'data'?: (Buffer | Uint8Array | string);
  'offset'?: (number | string | Long);
  'skipped_bytes'?: (number | string | Long);
  'placement'?: (string);
}

export interface ReadLogsResponse__Output {
  'rank': (number);
  'stream': (_billet_v1_OutputStream__Output);
  'data': (Buffer);
  'offset': (number);
  'skipped_bytes': (number);
  'placement': (string);
}
