// Original file: proto/billet/v1/inventory.proto


export interface HardwareIdentity {
  'uuid'?: (string);
  'serial'?: (string);
  'board_serial'?: (string);
  'mac_addresses'?: (string)[];
}

export interface HardwareIdentity__Output {
  'uuid': (string);
  'serial': (string);
  'board_serial': (string);
  'mac_addresses': (string)[];
}
