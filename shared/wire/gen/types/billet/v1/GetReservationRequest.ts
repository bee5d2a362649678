// Original file: proto/billet/v1/reservation_service.proto


export interface GetReservationRequest {
  'name'?: (string);
}

export interface GetReservationRequest__Output {
  'name': (string);
}
