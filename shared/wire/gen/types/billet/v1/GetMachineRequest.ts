// Original file: proto/billet/v1/machine_service.proto


export interface GetMachineRequest {
  'name'?: (string);
}

export interface GetMachineRequest__Output {
  'name': (string);
}
