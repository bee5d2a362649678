// Original file: proto/billet/v1/placement_service.proto


export interface GetPlacementRequest {
  'name'?: (string);
}

export interface GetPlacementRequest__Output {
  'name': (string);
}
