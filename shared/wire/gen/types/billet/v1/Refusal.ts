// Original file: proto/billet/v1/workload.proto


export interface Refusal {
  'reason'?: (string);
  'message'?: (string);
  'machine_count'?: (number);
  'machines'?: (string)[];
}

export interface Refusal__Output {
  'reason': (string);
  'message': (string);
  'machine_count': (number);
  'machines': (string)[];
}
