// Original file: proto/billet/v1/token_service.proto

import type { JoinToken as _billet_v1_JoinToken, JoinToken__Output as _billet_v1_JoinToken__Output } from '../../billet/v1/JoinToken.ts';

export interface ListTokensResponse {
  'tokens'?: (_billet_v1_JoinToken)[];
  'next_page_token'?: (string);
}

export interface ListTokensResponse__Output {
  'tokens': (_billet_v1_JoinToken__Output)[];
  'next_page_token': (string);
}
