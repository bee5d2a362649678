// Original file: proto/billet/v1/rollout_service.proto


export interface ResumeRolloutRequest {
  'name'?: (string);
  'request_id'?: (string);
}

export interface ResumeRolloutRequest__Output {
  'name': (string);
  'request_id': (string);
}
