// Original file: proto/billet/v1/registration_service.proto


export interface GetRegistrationRequest {
  'name'?: (string);
}

export interface GetRegistrationRequest__Output {
  'name': (string);
}
