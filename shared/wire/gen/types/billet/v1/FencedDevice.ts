// Original file: proto/billet/v1/machine.proto


export interface FencedDevice {
  'device'?: (string);
  'serial'?: (string);
  'reason'?: (string);
}

export interface FencedDevice__Output {
  'device': (string);
  'serial': (string);
  'reason': (string);
}
