// Original file: proto/billet/v1/agent.proto


export interface AssignmentMember {
  'rank'?: (number);
  'address'?: (string);
  'group'?: (string);
}

export interface AssignmentMember__Output {
  'rank': (number);
  'address': (string);
  'group': (string);
}
