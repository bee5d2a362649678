// Original file: proto/billet/v1/tenant.proto


export interface Quota {
  'hardware_class'?: (string);
  'limit'?: (number);
  'guaranteed'?: (number);
  'unlimited'?: (boolean);
}

export interface Quota__Output {
  'hardware_class': (string);
  'limit': (number);
  'guaranteed': (number);
  'unlimited': (boolean);
}
