// Original file: proto/billet/v1/machine_service.proto

import type { Certificate as _billet_v1_Certificate, Certificate__Output as _billet_v1_Certificate__Output } from '../../billet/v1/Certificate.ts';

export interface ListCertificatesResponse {
  'certificates'?: (_billet_v1_Certificate)[];
}

export interface ListCertificatesResponse__Output {
  'certificates': (_billet_v1_Certificate__Output)[];
}
