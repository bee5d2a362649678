// Original file: proto/billet/v1/registration.proto


export interface RegisteredHardware {
  'uuid'?: (string);
  'serial'?: (string);
  'mac_addresses'?: (string)[];
}

export interface RegisteredHardware__Output {
  'uuid': (string);
  'serial': (string);
  'mac_addresses': (string)[];
}
