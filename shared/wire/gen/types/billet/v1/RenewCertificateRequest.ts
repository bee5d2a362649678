// Original file: proto/billet/v1/agent_service.proto


export interface RenewCertificateRequest {
  'certificate_request'?: (string);
}

export interface RenewCertificateRequest__Output {
  'certificate_request': (string);
}
