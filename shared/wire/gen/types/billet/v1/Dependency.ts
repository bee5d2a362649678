// Original file: proto/billet/v1/workload.proto

import type { DependencyCondition as _billet_v1_DependencyCondition, DependencyCondition__Output as _billet_v1_DependencyCondition__Output } from '../../billet/v1/DependencyCondition.ts';

export interface Dependency {
  'workload'?: (string);
  'condition'?: (_billet_v1_DependencyCondition);
}

export interface Dependency__Output {
  'workload': (string);
  'condition': (_billet_v1_DependencyCondition__Output);
}
