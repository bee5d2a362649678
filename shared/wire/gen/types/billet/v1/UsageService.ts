// Original file: proto/billet/v1/usage_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetUsageRequest as _billet_v1_GetUsageRequest, GetUsageRequest__Output as _billet_v1_GetUsageRequest__Output } from '../../billet/v1/GetUsageRequest.ts';
import type { GetUsageResponse as _billet_v1_GetUsageResponse, GetUsageResponse__Output as _billet_v1_GetUsageResponse__Output } from '../../billet/v1/GetUsageResponse.ts';

export interface UsageServiceClient extends grpc.Client {
  GetUsage(argument: _billet_v1_GetUsageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  GetUsage(argument: _billet_v1_GetUsageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  GetUsage(argument: _billet_v1_GetUsageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  GetUsage(argument: _billet_v1_GetUsageRequest, callback: grpc.requestCallback<_billet_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  getUsage(argument: _billet_v1_GetUsageRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  getUsage(argument: _billet_v1_GetUsageRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  getUsage(argument: _billet_v1_GetUsageRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  getUsage(argument: _billet_v1_GetUsageRequest, callback: grpc.requestCallback<_billet_v1_GetUsageResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface UsageServiceHandlers extends grpc.UntypedServiceImplementation {
  GetUsage: grpc.handleUnaryCall<_billet_v1_GetUsageRequest__Output, _billet_v1_GetUsageResponse>;
  
}

export interface UsageServiceDefinition extends grpc.ServiceDefinition {
  GetUsage: MethodDefinition<_billet_v1_GetUsageRequest, _billet_v1_GetUsageResponse, _billet_v1_GetUsageRequest__Output, _billet_v1_GetUsageResponse__Output>
}
