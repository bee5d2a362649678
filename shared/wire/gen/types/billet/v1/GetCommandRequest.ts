// Original file: proto/billet/v1/command_service.proto


export interface GetCommandRequest {
  'name'?: (string);
}

export interface GetCommandRequest__Output {
  'name': (string);
}
