// Original file: proto/billet/v1/rollout_service.proto


export interface CreateRolloutRequest {
  'manifest'?: (string);
  'signature'?: (string);
  'url'?: (string);
  'machines'?: (string)[];
  'at_once'?: (number);
  'pause_after'?: (number);
  'request_id'?: (string);
}

export interface CreateRolloutRequest__Output {
  'manifest': (string);
  'signature': (string);
  'url': (string);
  'machines': (string)[];
  'at_once': (number);
  'pause_after': (number);
  'request_id': (string);
}
