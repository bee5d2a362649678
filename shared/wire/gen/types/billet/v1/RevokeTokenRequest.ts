// Original file: proto/billet/v1/token_service.proto


export interface RevokeTokenRequest {
  'name'?: (string);
  'request_id'?: (string);
}

export interface RevokeTokenRequest__Output {
  'name': (string);
  'request_id': (string);
}
