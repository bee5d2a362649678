// Original file: proto/billet/v1/workload.proto


export interface TaskSecret {
  'name'?: (string);
  'content'?: (Buffer | Uint8Array | string);
}

export interface TaskSecret__Output {
  'name': (string);
  'content': (Buffer);
}
