// Original file: proto/billet/v1/command_service.proto


export interface CancelCommandRequest {
  'name'?: (string);
  'request_id'?: (string);
}

export interface CancelCommandRequest__Output {
  'name': (string);
  'request_id': (string);
}
