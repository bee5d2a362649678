// Original file: proto/billet/v1/machine.proto


export interface HandBackStep {
  'id'?: (string);
  'passed'?: (boolean);
  'detail'?: (string);
  'duration_ms'?: (number | string);
}

export interface HandBackStep__Output {
  'id': (string);
  'passed': (boolean);
  'detail': (string);
  'duration_ms': (number);
}
