// Original file: proto/billet/v1/reservation_service.proto


export interface ListReservationsRequest {
  'page_size'?: (number);
  'page_token'?: (string);
  'machine'?: (string);
  'tenant'?: (string);
  'show_over'?: (boolean);
}

export interface ListReservationsRequest__Output {
  'page_size': (number);
  'page_token': (string);
  'machine': (string);
  'tenant': (string);
  'show_over': (boolean);
}
