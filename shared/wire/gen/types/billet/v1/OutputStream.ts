// Original file: proto/billet/v1/output.proto

export const OutputStream = {
  OUTPUT_STREAM_UNSPECIFIED: 0,
  OUTPUT_STREAM_STDOUT: 1,
  OUTPUT_STREAM_STDERR: 2,
} as const;

export type OutputStream =
  | 'OUTPUT_STREAM_UNSPECIFIED'
  | 0
  | 'OUTPUT_STREAM_STDOUT'
  | 1
  | 'OUTPUT_STREAM_STDERR'
  | 2

export type OutputStream__Output = typeof OutputStream[keyof typeof OutputStream]
