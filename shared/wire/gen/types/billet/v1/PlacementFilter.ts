// Original file: proto/billet/v1/placement_service.proto


export interface PlacementFilter {
  'workload'?: (string);
  'machine'?: (string);
  'tenant'?: (string);
  'active_only'?: (boolean);
}

export interface PlacementFilter__Output {
  'workload': (string);
  'machine': (string);
  'tenant': (string);
  'active_only': (boolean);
}
