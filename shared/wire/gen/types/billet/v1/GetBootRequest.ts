// Original file: proto/billet/v1/fleet_service.proto


export interface GetBootRequest {
}

export interface GetBootRequest__Output {
}
