// Original file: proto/billet/v1/workload.proto


export interface WorkloadArray {
  'size'?: (number);
  'most_at_once'?: (number);
}

export interface WorkloadArray__Output {
  'size': (number);
  'most_at_once': (number);
}
