// Original file: proto/billet/v1/reservation_service.proto


export interface DeleteReservationRequest {
  'name'?: (string);
  'request_id'?: (string);
}

export interface DeleteReservationRequest__Output {
  'name': (string);
  'request_id': (string);
}
