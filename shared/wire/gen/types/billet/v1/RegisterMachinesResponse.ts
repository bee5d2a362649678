// Original file: proto/billet/v1/registration_service.proto

import type { Registration as _billet_v1_Registration, Registration__Output as _billet_v1_Registration__Output } from '../../billet/v1/Registration.ts';

export interface RegisterMachinesResponse {
  'registrations'?: (_billet_v1_Registration)[];
}

export interface RegisterMachinesResponse__Output {
  'registrations': (_billet_v1_Registration__Output)[];
}
