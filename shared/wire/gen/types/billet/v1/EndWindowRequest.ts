// Original file: proto/billet/v1/reservation_service.proto


export interface EndWindowRequest {
  'name'?: (string);
  'request_id'?: (string);
}

export interface EndWindowRequest__Output {
  'name': (string);
  'request_id': (string);
}
