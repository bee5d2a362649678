// Original file: proto/billet/v1/rollout_service.proto


export interface CancelRolloutRequest {
  'name'?: (string);
  'request_id'?: (string);
}

export interface CancelRolloutRequest__Output {
  'name': (string);
  'request_id': (string);
}
