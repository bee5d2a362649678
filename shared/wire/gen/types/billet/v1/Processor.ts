// Original file: proto/billet/v1/inventory.proto


export interface Processor {
  'model'?: (string);
  'sockets'?: (number);
  'cores'?: (number);
  'threads'?: (number);
}

export interface Processor__Output {
  'model': (string);
  'sockets': (number);
  'cores': (number);
  'threads': (number);
}
