// Original file: proto/billet/v1/rollout_service.proto


export interface ListRolloutsRequest {
}

export interface ListRolloutsRequest__Output {
}
