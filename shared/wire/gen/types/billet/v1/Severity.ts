// Original file: proto/billet/v1/machine.proto

export const Severity = {
  SEVERITY_UNSPECIFIED: 0,
  SEVERITY_INFO: 1,
  SEVERITY_WARNING: 2,
  SEVERITY_CRITICAL: 3,
} as const;

export type Severity =
  | 'SEVERITY_UNSPECIFIED'
  | 0
  | 'SEVERITY_INFO'
  | 1
  | 'SEVERITY_WARNING'
  | 2
  | 'SEVERITY_CRITICAL'
  | 3

export type Severity__Output = typeof Severity[keyof typeof Severity]
