// Original file: proto/billet/v1/tenant.proto


export interface MaxPriority {
  'priority'?: (number);
  'priority_class'?: (string);
  'unlimited'?: (boolean);
}

export interface MaxPriority__Output {
  'priority': (number);
  'priority_class': (string);
  'unlimited': (boolean);
}
