// Original file: proto/billet/v1/machine_service.proto


export interface ListCertificatesRequest {
  'parent'?: (string);
}

export interface ListCertificatesRequest__Output {
  'parent': (string);
}
