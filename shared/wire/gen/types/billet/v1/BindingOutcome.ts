// Original file: proto/billet/v1/placement_service.proto


export interface BindingOutcome {
  'workload'?: (string);
  'accepted'?: (boolean);
  'reason'?: (string);
  'message'?: (string);
  'machines'?: ({[key: string]: string});
}

export interface BindingOutcome__Output {
  'workload': (string);
  'accepted': (boolean);
  'reason': (string);
  'message': (string);
  'machines': ({[key: string]: string});
}
