// Original file: proto/billet/v1/workload_service.proto


export interface ResizeWorkloadRequest {
  'name'?: (string);
  'group'?: (string);
  'machine_count'?: (number);
  'machine_count_least'?: (number);
  'request_id'?: (string);
}

export interface ResizeWorkloadRequest__Output {
  'name': (string);
  'group': (string);
  'machine_count': (number);
  'machine_count_least': (number);
  'request_id': (string);
}
