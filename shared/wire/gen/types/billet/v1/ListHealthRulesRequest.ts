// Original file: proto/billet/v1/fleet_service.proto


export interface ListHealthRulesRequest {
}

export interface ListHealthRulesRequest__Output {
}
