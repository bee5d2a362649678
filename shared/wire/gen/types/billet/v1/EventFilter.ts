// Original file: proto/billet/v1/event_service.proto


export interface EventFilter {
  'machine'?: (string);
  'workload'?: (string);
}

export interface EventFilter__Output {
  'machine': (string);
  'workload': (string);
}
