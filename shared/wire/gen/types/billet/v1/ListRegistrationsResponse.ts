// Original file: proto/billet/v1/registration_service.proto

import type { Registration as _billet_v1_Registration, Registration__Output as _billet_v1_Registration__Output } from '../../billet/v1/Registration.ts';

export interface ListRegistrationsResponse {
  'registrations'?: (_billet_v1_Registration)[];
  'next_page_token'?: (string);
}

export interface ListRegistrationsResponse__Output {
  'registrations': (_billet_v1_Registration__Output)[];
  'next_page_token': (string);
}
