// Original file: proto/billet/v1/workload.proto


export interface GroupSize {
  'group'?: (string);
  'machine_count_least'?: (number);
  'machine_count'?: (number);
  'members'?: (number);
}

export interface GroupSize__Output {
  'group': (string);
  'machine_count_least': (number);
  'machine_count': (number);
  'members': (number);
}
