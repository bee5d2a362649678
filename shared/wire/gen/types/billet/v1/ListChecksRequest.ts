// Original file: proto/billet/v1/fleet_service.proto


export interface ListChecksRequest {
}

export interface ListChecksRequest__Output {
}
