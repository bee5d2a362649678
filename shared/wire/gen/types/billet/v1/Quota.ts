// Original file: proto/billet/v1/tenant.proto


export interface Quota {
  'hardware_class'?: (string);
  'limit'?: (number);
}

export interface Quota__Output {
  'hardware_class': (string);
  'limit': (number);
}
