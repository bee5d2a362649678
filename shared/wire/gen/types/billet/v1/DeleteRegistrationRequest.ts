// Original file: proto/billet/v1/registration_service.proto


export interface DeleteRegistrationRequest {
  'name'?: (string);
  'request_id'?: (string);
}

export interface DeleteRegistrationRequest__Output {
  'name': (string);
  'request_id': (string);
}
