// Original file: proto/billet/v1/fleet_service.proto


export interface ListPriorityClassesRequest {
}

export interface ListPriorityClassesRequest__Output {
}
