// Original file: proto/billet/v1/machine_service.proto


export interface ListKernelEventsRequest {
  'parent'?: (string);
}

export interface ListKernelEventsRequest__Output {
  'parent': (string);
}
