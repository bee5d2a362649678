// Original file: proto/billet/v1/command.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Long } from '@grpc/proto-loader';

export interface CommandSpec {
  'argv'?: (string)[];
  'shell'?: (boolean);
  'run_as'?: (string);
  'cwd'?: (string);
  'env'?: ({[key: string]: string});
  'stdin'?: (Buffer | Uint8Array | string);
  'timeout'?: (_google_protobuf_Duration | null);
  'output_bytes_max'?: (number | string | Long);
}

export interface CommandSpec__Output {
  'argv': (string)[];
  'shell': (boolean);
  'run_as': (string);
  'cwd': (string);
  'env': ({[key: string]: string});
  'stdin': (Buffer);
  'timeout': (_google_protobuf_Duration__Output | null);
  'output_bytes_max': (number);
}
