// Original file: proto/billet/v1/registration.proto

export const RegistrationState = {
  REGISTRATION_STATE_UNSPECIFIED: 0,
  REGISTRATION_STATE_WAITING: 1,
  REGISTRATION_STATE_ENROLLED: 2,
} as const;

export type RegistrationState =
  | 'REGISTRATION_STATE_UNSPECIFIED'
  | 0
  | 'REGISTRATION_STATE_WAITING'
  | 1
  | 'REGISTRATION_STATE_ENROLLED'
  | 2

export type RegistrationState__Output = typeof RegistrationState[keyof typeof RegistrationState]
