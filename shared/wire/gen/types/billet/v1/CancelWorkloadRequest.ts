// Original file: proto/billet/v1/workload_service.proto


export interface CancelWorkloadRequest {
  'name'?: (string);
  'request_id'?: (string);
  'reason'?: (string);
}

export interface CancelWorkloadRequest__Output {
  'name': (string);
  'request_id': (string);
  'reason': (string);
}
