// Original file: proto/billet/v1/machine_service.proto


export interface RevalidateMachineRequest {
  'name'?: (string);
  'request_id'?: (string);
}

export interface RevalidateMachineRequest__Output {
  'name': (string);
  'request_id': (string);
}
