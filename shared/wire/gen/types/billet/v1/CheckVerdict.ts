// Original file: proto/billet/v1/check.proto

export const CheckVerdict = {
  CHECK_VERDICT_UNSPECIFIED: 0,
  CHECK_VERDICT_WELL: 1,
  CHECK_VERDICT_WORSE: 2,
  CHECK_VERDICT_FAILED: 3,
  CHECK_VERDICT_UNKNOWN: 4,
} as const;

export type CheckVerdict =
  | 'CHECK_VERDICT_UNSPECIFIED'
  | 0
  | 'CHECK_VERDICT_WELL'
  | 1
  | 'CHECK_VERDICT_WORSE'
  | 2
  | 'CHECK_VERDICT_FAILED'
  | 3
  | 'CHECK_VERDICT_UNKNOWN'
  | 4

export type CheckVerdict__Output = typeof CheckVerdict[keyof typeof CheckVerdict]
