// Original file: proto/billet/v1/registration_service.proto

import type { RegistrationState as _billet_v1_RegistrationState, RegistrationState__Output as _billet_v1_RegistrationState__Output } from '../../billet/v1/RegistrationState.ts';

export interface ListRegistrationsRequest {
  'page_size'?: (number);
  'page_token'?: (string);
  'state'?: (_billet_v1_RegistrationState);
}

export interface ListRegistrationsRequest__Output {
  'page_size': (number);
  'page_token': (string);
  'state': (_billet_v1_RegistrationState__Output);
}
