// Original file: proto/billet/v1/workload.proto

export const RestartScope = {
  RESTART_SCOPE_UNSPECIFIED: 0,
  RESTART_SCOPE_GANG: 1,
  RESTART_SCOPE_RANK: 2,
} as const;

export type RestartScope =
  | 'RESTART_SCOPE_UNSPECIFIED'
  | 0
  | 'RESTART_SCOPE_GANG'
  | 1
  | 'RESTART_SCOPE_RANK'
  | 2

export type RestartScope__Output = typeof RestartScope[keyof typeof RestartScope]
