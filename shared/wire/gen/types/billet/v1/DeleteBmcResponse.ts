// Original file: proto/billet/v1/power_service.proto


export interface DeleteBmcResponse {
}

export interface DeleteBmcResponse__Output {
}
