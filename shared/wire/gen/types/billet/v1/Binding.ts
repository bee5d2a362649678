// Original file: proto/billet/v1/placement_service.proto


export interface Binding {
  'workload'?: (string);
  'machines'?: (string)[];
}

export interface Binding__Output {
  'workload': (string);
  'machines': (string)[];
}
