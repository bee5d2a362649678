// Original file: proto/billet/v1/agent_service.proto


export interface RenewCertificateResponse {
  'certificate'?: (string);
  'certificate_authorities'?: (string);
}

export interface RenewCertificateResponse__Output {
  'certificate': (string);
  'certificate_authorities': (string);
}
