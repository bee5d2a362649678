// Original file: proto/billet/v1/workload.proto


export interface Preference {
  'expression'?: (string);
  'weight'?: (number);
}

export interface Preference__Output {
  'expression': (string);
  'weight': (number);
}
