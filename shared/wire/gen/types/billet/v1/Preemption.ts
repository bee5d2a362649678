// Original file: proto/billet/v1/workload.proto


export interface Preemption {
  'preempts'?: (boolean);
  'preemptible'?: (boolean);
}

export interface Preemption__Output {
  'preempts': (boolean);
  'preemptible': (boolean);
}
