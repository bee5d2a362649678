// Original file: proto/billet/v1/token_service.proto

import type { JoinToken as _billet_v1_JoinToken, JoinToken__Output as _billet_v1_JoinToken__Output } from '../../billet/v1/JoinToken.ts';

export interface CreateTokenResponse {
  'token'?: (_billet_v1_JoinToken | null);
  'secret'?: (string);
}

export interface CreateTokenResponse__Output {
  'token': (_billet_v1_JoinToken__Output | null);
  'secret': (string);
}
