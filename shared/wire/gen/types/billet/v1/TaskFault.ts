// Original file: proto/billet/v1/agent.proto

export const TaskFault = {
  TASK_FAULT_UNSPECIFIED: 0,
  TASK_FAULT_MACHINE: 1,
  TASK_FAULT_TASK: 2,
} as const;

export type TaskFault =
  | 'TASK_FAULT_UNSPECIFIED'
  | 0
  | 'TASK_FAULT_MACHINE'
  | 1
  | 'TASK_FAULT_TASK'
  | 2

export type TaskFault__Output = typeof TaskFault[keyof typeof TaskFault]
