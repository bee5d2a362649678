// Original file: proto/billet/v1/power.proto

export const PowerState = {
  POWER_STATE_UNSPECIFIED: 0,
  POWER_STATE_ON: 1,
  POWER_STATE_OFF: 2,
  POWER_STATE_POWERING_ON: 3,
  POWER_STATE_POWERING_OFF: 4,
  POWER_STATE_PAUSED: 5,
} as const;

export type PowerState =
  | 'POWER_STATE_UNSPECIFIED'
  | 0
  | 'POWER_STATE_ON'
  | 1
  | 'POWER_STATE_OFF'
  | 2
  | 'POWER_STATE_POWERING_ON'
  | 3
  | 'POWER_STATE_POWERING_OFF'
  | 4
  | 'POWER_STATE_PAUSED'
  | 5

export type PowerState__Output = typeof PowerState[keyof typeof PowerState]
