// Original file: proto/billet/v1/telemetry_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetLatestRequest as _billet_v1_GetLatestRequest, GetLatestRequest__Output as _billet_v1_GetLatestRequest__Output } from '../../billet/v1/GetLatestRequest.ts';
import type { GetLatestResponse as _billet_v1_GetLatestResponse, GetLatestResponse__Output as _billet_v1_GetLatestResponse__Output } from '../../billet/v1/GetLatestResponse.ts';
import type { QueryRangeRequest as _billet_v1_QueryRangeRequest, QueryRangeRequest__Output as _billet_v1_QueryRangeRequest__Output } from '../../billet/v1/QueryRangeRequest.ts';
import type { QueryRangeResponse as _billet_v1_QueryRangeResponse, QueryRangeResponse__Output as _billet_v1_QueryRangeResponse__Output } from '../../billet/v1/QueryRangeResponse.ts';
import type { QueryRequest as _billet_v1_QueryRequest, QueryRequest__Output as _billet_v1_QueryRequest__Output } from '../../billet/v1/QueryRequest.ts';
import type { QueryResponse as _billet_v1_QueryResponse, QueryResponse__Output as _billet_v1_QueryResponse__Output } from '../../billet/v1/QueryResponse.ts';
import type { StreamTelemetryRequest as _billet_v1_StreamTelemetryRequest, StreamTelemetryRequest__Output as _billet_v1_StreamTelemetryRequest__Output } from '../../billet/v1/StreamTelemetryRequest.ts';
import type { StreamTelemetryResponse as _billet_v1_StreamTelemetryResponse, StreamTelemetryResponse__Output as _billet_v1_StreamTelemetryResponse__Output } from '../../billet/v1/StreamTelemetryResponse.ts';

export interface TelemetryServiceClient extends grpc.Client {
  GetLatest(argument: _billet_v1_GetLatestRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetLatestResponse__Output>): grpc.ClientUnaryCall;
  GetLatest(argument: _billet_v1_GetLatestRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetLatestResponse__Output>): grpc.ClientUnaryCall;
  GetLatest(argument: _billet_v1_GetLatestRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetLatestResponse__Output>): grpc.ClientUnaryCall;
  GetLatest(argument: _billet_v1_GetLatestRequest, callback: grpc.requestCallback<_billet_v1_GetLatestResponse__Output>): grpc.ClientUnaryCall;
  getLatest(argument: _billet_v1_GetLatestRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetLatestResponse__Output>): grpc.ClientUnaryCall;
  getLatest(argument: _billet_v1_GetLatestRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetLatestResponse__Output>): grpc.ClientUnaryCall;
  getLatest(argument: _billet_v1_GetLatestRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetLatestResponse__Output>): grpc.ClientUnaryCall;
  getLatest(argument: _billet_v1_GetLatestRequest, callback: grpc.requestCallback<_billet_v1_GetLatestResponse__Output>): grpc.ClientUnaryCall;
  
  Query(argument: _billet_v1_QueryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_QueryResponse__Output>): grpc.ClientUnaryCall;
  Query(argument: _billet_v1_QueryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_QueryResponse__Output>): grpc.ClientUnaryCall;
  Query(argument: _billet_v1_QueryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_QueryResponse__Output>): grpc.ClientUnaryCall;
  Query(argument: _billet_v1_QueryRequest, callback: grpc.requestCallback<_billet_v1_QueryResponse__Output>): grpc.ClientUnaryCall;
  query(argument: _billet_v1_QueryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_QueryResponse__Output>): grpc.ClientUnaryCall;
  query(argument: _billet_v1_QueryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_QueryResponse__Output>): grpc.ClientUnaryCall;
  query(argument: _billet_v1_QueryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_QueryResponse__Output>): grpc.ClientUnaryCall;
  query(argument: _billet_v1_QueryRequest, callback: grpc.requestCallback<_billet_v1_QueryResponse__Output>): grpc.ClientUnaryCall;
  
  QueryRange(argument: _billet_v1_QueryRangeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_QueryRangeResponse__Output>): grpc.ClientUnaryCall;
  QueryRange(argument: _billet_v1_QueryRangeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_QueryRangeResponse__Output>): grpc.ClientUnaryCall;
  QueryRange(argument: _billet_v1_QueryRangeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_QueryRangeResponse__Output>): grpc.ClientUnaryCall;
  QueryRange(argument: _billet_v1_QueryRangeRequest, callback: grpc.requestCallback<_billet_v1_QueryRangeResponse__Output>): grpc.ClientUnaryCall;
  queryRange(argument: _billet_v1_QueryRangeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_QueryRangeResponse__Output>): grpc.ClientUnaryCall;
  queryRange(argument: _billet_v1_QueryRangeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_QueryRangeResponse__Output>): grpc.ClientUnaryCall;
  queryRange(argument: _billet_v1_QueryRangeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_QueryRangeResponse__Output>): grpc.ClientUnaryCall;
  queryRange(argument: _billet_v1_QueryRangeRequest, callback: grpc.requestCallback<_billet_v1_QueryRangeResponse__Output>): grpc.ClientUnaryCall;
  
  StreamTelemetry(argument: _billet_v1_StreamTelemetryRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_StreamTelemetryResponse__Output>;
  StreamTelemetry(argument: _billet_v1_StreamTelemetryRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_StreamTelemetryResponse__Output>;
  streamTelemetry(argument: _billet_v1_StreamTelemetryRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_StreamTelemetryResponse__Output>;
  streamTelemetry(argument: _billet_v1_StreamTelemetryRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_StreamTelemetryResponse__Output>;
  
}

export interface TelemetryServiceHandlers extends grpc.UntypedServiceImplementation {
  GetLatest: grpc.handleUnaryCall<_billet_v1_GetLatestRequest__Output, _billet_v1_GetLatestResponse>;
  
  Query: grpc.handleUnaryCall<_billet_v1_QueryRequest__Output, _billet_v1_QueryResponse>;
  
  QueryRange: grpc.handleUnaryCall<_billet_v1_QueryRangeRequest__Output, _billet_v1_QueryRangeResponse>;
  
  StreamTelemetry: grpc.handleServerStreamingCall<_billet_v1_StreamTelemetryRequest__Output, _billet_v1_StreamTelemetryResponse>;
  
}

export interface TelemetryServiceDefinition extends grpc.ServiceDefinition {
  GetLatest: MethodDefinition<_billet_v1_GetLatestRequest, _billet_v1_GetLatestResponse, _billet_v1_GetLatestRequest__Output, _billet_v1_GetLatestResponse__Output>
  Query: MethodDefinition<_billet_v1_QueryRequest, _billet_v1_QueryResponse, _billet_v1_QueryRequest__Output, _billet_v1_QueryResponse__Output>
  QueryRange: MethodDefinition<_billet_v1_QueryRangeRequest, _billet_v1_QueryRangeResponse, _billet_v1_QueryRangeRequest__Output, _billet_v1_QueryRangeResponse__Output>
  StreamTelemetry: MethodDefinition<_billet_v1_StreamTelemetryRequest, _billet_v1_StreamTelemetryResponse, _billet_v1_StreamTelemetryRequest__Output, _billet_v1_StreamTelemetryResponse__Output>
}
