// Original file: proto/billet/v1/machine_service.proto


export interface ListCheckResultsRequest {
  'parent'?: (string);
}

export interface ListCheckResultsRequest__Output {
  'parent': (string);
}
