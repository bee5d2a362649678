// Original file: proto/billet/v1/machine_service.proto


export interface CheckMachineRequest {
  'name'?: (string);
  'request_id'?: (string);
  'checks'?: (string)[];
}

export interface CheckMachineRequest__Output {
  'name': (string);
  'request_id': (string);
  'checks': (string)[];
}
