// Original file: proto/billet/v1/workload.proto


export interface TaskFile {
  'path'?: (string);
  'content'?: (Buffer | Uint8Array | string);
  'mode'?: (number);
}

export interface TaskFile__Output {
  'path': (string);
  'content': (Buffer);
  'mode': (number);
}
