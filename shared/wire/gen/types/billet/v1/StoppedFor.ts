// Original file: proto/billet/v1/workload_service.proto


export interface StoppedFor {
  'workload'?: (string);
  'tenant'?: (string);
  'machine_count'?: (number);
  'reason'?: (string);
}

export interface StoppedFor__Output {
  'workload': (string);
  'tenant': (string);
  'machine_count': (number);
  'reason': (string);
}
