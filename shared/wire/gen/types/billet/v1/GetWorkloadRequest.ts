// Original file: proto/billet/v1/workload_service.proto


export interface GetWorkloadRequest {
  'name'?: (string);
}

export interface GetWorkloadRequest__Output {
  'name': (string);
}
