import type { ChannelOptions } from '@grpc/grpc-js'

/** Messages beyond this are refused unread: decoding a few crafted megabytes stalls a process for seconds. */
export const MESSAGE_BYTES_MAX = 256 * 1024

/** A telemetry answer holds many samples; nothing else comes near this. */
export const ANSWER_BYTES_MAX = 8 * 1024 * 1024

/** Calls open at once on one connection. */
const STREAMS_MAX = 128

export const serverLimits: ChannelOptions = {
  'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
  'grpc.max_send_message_length': ANSWER_BYTES_MAX,
  'grpc.max_concurrent_streams': STREAMS_MAX,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.enable_channelz': 0,
}

export const clientLimits: ChannelOptions = {
  'grpc.max_receive_message_length': ANSWER_BYTES_MAX,
  'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.keepalive_permit_without_calls': 0,
  // Retries keep every message of a long stream in memory.
  'grpc.enable_retries': 0,
  'grpc.enable_channelz': 0,
  'grpc.use_local_subchannel_pool': 1,
  // Reconnecting is ours to pace.
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 5_000,
}
