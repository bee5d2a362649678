// Original file: proto/billet/v1/workload.proto


export interface Arrangement {
  'pack_level'?: (string);
  'pack_required'?: (boolean);
  'spread_level'?: (string);
  'spread_most'?: (number);
  'same_class'?: (boolean);
}

export interface Arrangement__Output {
  'pack_level': (string);
  'pack_required': (boolean);
  'spread_level': (string);
  'spread_most': (number);
  'same_class': (boolean);
}
