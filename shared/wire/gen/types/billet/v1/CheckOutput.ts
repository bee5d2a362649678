// Original file: proto/billet/v1/check.proto

export const CheckOutput = {
  CHECK_OUTPUT_UNSPECIFIED: 0,
  CHECK_OUTPUT_LINES: 1,
  CHECK_OUTPUT_DCGM: 2,
} as const;

export type CheckOutput =
  | 'CHECK_OUTPUT_UNSPECIFIED'
  | 0
  | 'CHECK_OUTPUT_LINES'
  | 1
  | 'CHECK_OUTPUT_DCGM'
  | 2

export type CheckOutput__Output = typeof CheckOutput[keyof typeof CheckOutput]
