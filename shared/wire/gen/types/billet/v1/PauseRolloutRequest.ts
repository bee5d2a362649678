// Original file: proto/billet/v1/rollout_service.proto


export interface PauseRolloutRequest {
  'name'?: (string);
  'request_id'?: (string);
}

export interface PauseRolloutRequest__Output {
  'name': (string);
  'request_id': (string);
}
