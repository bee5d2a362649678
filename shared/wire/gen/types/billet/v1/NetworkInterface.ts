// Original file: proto/billet/v1/inventory.proto


export interface NetworkInterface {
  'device'?: (string);
  'mac_address'?: (string);
  'speed_mbps'?: (number);
  'addresses'?: (string)[];
  'kind'?: (string);
}

export interface NetworkInterface__Output {
  'device': (string);
  'mac_address': (string);
  'speed_mbps': (number);
  'addresses': (string)[];
  'kind': (string);
}
