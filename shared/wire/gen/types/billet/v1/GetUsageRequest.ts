// Original file: proto/billet/v1/usage_service.proto


export interface GetUsageRequest {
  'tenant'?: (string);
  'start_date'?: (string);
  'end_date'?: (string);
  'daily'?: (boolean);
}

export interface GetUsageRequest__Output {
  'tenant': (string);
  'start_date': (string);
  'end_date': (string);
  'daily': (boolean);
}
