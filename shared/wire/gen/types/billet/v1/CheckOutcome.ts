// Original file: proto/billet/v1/check.proto

export const CheckOutcome = {
  CHECK_OUTCOME_UNSPECIFIED: 0,
  CHECK_OUTCOME_MEASURED: 1,
  CHECK_OUTCOME_PASSED: 2,
  CHECK_OUTCOME_FAILED: 3,
  CHECK_OUTCOME_SKIPPED: 4,
} as const;

export type CheckOutcome =
  | 'CHECK_OUTCOME_UNSPECIFIED'
  | 0
  | 'CHECK_OUTCOME_MEASURED'
  | 1
  | 'CHECK_OUTCOME_PASSED'
  | 2
  | 'CHECK_OUTCOME_FAILED'
  | 3
  | 'CHECK_OUTCOME_SKIPPED'
  | 4

export type CheckOutcome__Output = typeof CheckOutcome[keyof typeof CheckOutcome]
