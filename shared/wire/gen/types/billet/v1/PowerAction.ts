// Original file: proto/billet/v1/power.proto

export const PowerAction = {
  POWER_ACTION_UNSPECIFIED: 0,
  POWER_ACTION_ON: 1,
  POWER_ACTION_OFF: 2,
  POWER_ACTION_GRACEFUL: 3,
  POWER_ACTION_CYCLE: 4,
} as const;

export type PowerAction =
  | 'POWER_ACTION_UNSPECIFIED'
  | 0
  | 'POWER_ACTION_ON'
  | 1
  | 'POWER_ACTION_OFF'
  | 2
  | 'POWER_ACTION_GRACEFUL'
  | 3
  | 'POWER_ACTION_CYCLE'
  | 4

export type PowerAction__Output = typeof PowerAction[keyof typeof PowerAction]
