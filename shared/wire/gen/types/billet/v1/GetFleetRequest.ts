// Original file: proto/billet/v1/fleet_service.proto


export interface GetFleetRequest {
}

export interface GetFleetRequest__Output {
}
