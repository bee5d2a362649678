// Original file: proto/billet/v1/power.proto


export interface BmcSensor {
  'name'?: (string);
  'kind'?: (string);
  'reading'?: (number | string);
  'unit'?: (string);
  'health'?: (string);
}

export interface BmcSensor__Output {
  'name': (string);
  'kind': (string);
  'reading': (number);
  'unit': (string);
  'health': (string);
}
