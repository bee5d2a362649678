// Original file: proto/billet/v1/machine.proto

export const HealthAction = {
  HEALTH_ACTION_UNSPECIFIED: 0,
  HEALTH_ACTION_NOTE: 1,
  HEALTH_ACTION_CORDON: 2,
  HEALTH_ACTION_QUARANTINE: 3,
  HEALTH_ACTION_REPLACE: 4,
  HEALTH_ACTION_POWER_CYCLE: 5,
} as const;

export type HealthAction =
  | 'HEALTH_ACTION_UNSPECIFIED'
  | 0
  | 'HEALTH_ACTION_NOTE'
  | 1
  | 'HEALTH_ACTION_CORDON'
  | 2
  | 'HEALTH_ACTION_QUARANTINE'
  | 3
  | 'HEALTH_ACTION_REPLACE'
  | 4
  | 'HEALTH_ACTION_POWER_CYCLE'
  | 5

export type HealthAction__Output = typeof HealthAction[keyof typeof HealthAction]
