// Original file: proto/billet/v1/enrolment_service.proto

import type { HardwareIdentity as _billet_v1_HardwareIdentity, HardwareIdentity__Output as _billet_v1_HardwareIdentity__Output } from '../../billet/v1/HardwareIdentity.ts';

export interface EnrolRequest {
  'token'?: (string);
  'certificate_request'?: (string);
  'hardware'?: (_billet_v1_HardwareIdentity | null);
  'hostname'?: (string);
}

export interface EnrolRequest__Output {
  'token': (string);
  'certificate_request': (string);
  'hardware': (_billet_v1_HardwareIdentity__Output | null);
  'hostname': (string);
}
