// Original file: proto/billet/v1/power_service.proto


export interface SetBmcRequest {
  'name'?: (string);
  'request_id'?: (string);
  'url'?: (string);
  'user_name'?: (string);
  'password'?: (string);
  'fingerprint'?: (string);
  'ca'?: (string);
  'system'?: (string);
}

export interface SetBmcRequest__Output {
  'name': (string);
  'request_id': (string);
  'url': (string);
  'user_name': (string);
  'password': (string);
  'fingerprint': (string);
  'ca': (string);
  'system': (string);
}
