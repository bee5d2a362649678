// Original file: proto/billet/v1/machine_service.proto


export interface LabelMachineRequest {
  'name'?: (string);
  'request_id'?: (string);
  'set'?: ({[key: string]: string});
  'remove'?: (string)[];
}

export interface LabelMachineRequest__Output {
  'name': (string);
  'request_id': (string);
  'set': ({[key: string]: string});
  'remove': (string)[];
}
