// Original file: proto/billet/v1/machine.proto

export const Connection = {
  CONNECTION_UNSPECIFIED: 0,
  CONNECTION_CONNECTED: 1,
  CONNECTION_SILENT: 2,
  CONNECTION_LOST: 3,
} as const;

export type Connection =
  | 'CONNECTION_UNSPECIFIED'
  | 0
  | 'CONNECTION_CONNECTED'
  | 1
  | 'CONNECTION_SILENT'
  | 2
  | 'CONNECTION_LOST'
  | 3

export type Connection__Output = typeof Connection[keyof typeof Connection]
