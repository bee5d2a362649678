// Original file: proto/billet/v1/command_service.proto


export interface ListCommandsRequest {
  'page_size'?: (number);
  'page_token'?: (string);
}

export interface ListCommandsRequest__Output {
  'page_size': (number);
  'page_token': (string);
}
