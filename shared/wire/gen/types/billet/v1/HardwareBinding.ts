// Original file: proto/billet/v1/token.proto


export interface HardwareBinding {
  'uuid'?: (string);
  'serial'?: (string);
  'mac_address'?: (string);
}

export interface HardwareBinding__Output {
  'uuid': (string);
  'serial': (string);
  'mac_address': (string);
}
