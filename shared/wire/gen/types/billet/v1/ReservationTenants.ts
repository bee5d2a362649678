// Original file: proto/billet/v1/reservation_service.proto


export interface ReservationTenants {
  'tenants'?: (string)[];
}

export interface ReservationTenants__Output {
  'tenants': (string)[];
}
