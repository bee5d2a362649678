// Original file: proto/billet/v1/rollout.proto


export interface RolloutFailure {
  'machine'?: (string);
  'reason'?: (string);
}

export interface RolloutFailure__Output {
  'machine': (string);
  'reason': (string);
}
