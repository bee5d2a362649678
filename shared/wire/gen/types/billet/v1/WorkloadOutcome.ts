// Original file: proto/billet/v1/workload_service.proto


export interface WorkloadOutcome {
  'workload'?: (string);
  'accepted'?: (boolean);
  'reason'?: (string);
  'message'?: (string);
}

export interface WorkloadOutcome__Output {
  'workload': (string);
  'accepted': (boolean);
  'reason': (string);
  'message': (string);
}
