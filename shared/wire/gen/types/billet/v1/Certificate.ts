// Original file: proto/billet/v1/certificate.proto

import type { Long } from '@grpc/proto-loader';

export interface Certificate {
  'machine'?: (string);
  'sequence'?: (number | string | Long);
  'statement'?: (string);
  'signature'?: (Buffer | Uint8Array | string);
  'certificate'?: (string);
  'digest'?: (string);
}

export interface Certificate__Output {
  'machine': (string);
  'sequence': (number);
  'statement': (string);
  'signature': (Buffer);
  'certificate': (string);
  'digest': (string);
}
