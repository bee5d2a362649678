// Original file: proto/billet/v1/tenant_service.proto


export interface ListTenantsRequest {
  'page_size'?: (number);
  'page_token'?: (string);
}

export interface ListTenantsRequest__Output {
  'page_size': (number);
  'page_token': (string);
}
