// Original file: proto/billet/v1/fleet_service.proto

import type { Long } from '@grpc/proto-loader';

export interface BootFile {
  'path'?: (string);
  'sha256'?: (string);
  'bytes'?: (number | string | Long);
}

export interface BootFile__Output {
  'path': (string);
  'sha256': (string);
  'bytes': (number);
}
