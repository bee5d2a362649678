// Original file: proto/billet/v1/workload_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CancelWorkloadRequest as _billet_v1_CancelWorkloadRequest, CancelWorkloadRequest__Output as _billet_v1_CancelWorkloadRequest__Output } from '../../billet/v1/CancelWorkloadRequest.ts';
import type { CancelWorkloadResponse as _billet_v1_CancelWorkloadResponse, CancelWorkloadResponse__Output as _billet_v1_CancelWorkloadResponse__Output } from '../../billet/v1/CancelWorkloadResponse.ts';
import type { CancelWorkloadsRequest as _billet_v1_CancelWorkloadsRequest, CancelWorkloadsRequest__Output as _billet_v1_CancelWorkloadsRequest__Output } from '../../billet/v1/CancelWorkloadsRequest.ts';
import type { CancelWorkloadsResponse as _billet_v1_CancelWorkloadsResponse, CancelWorkloadsResponse__Output as _billet_v1_CancelWorkloadsResponse__Output } from '../../billet/v1/CancelWorkloadsResponse.ts';
import type { GetWorkloadRequest as _billet_v1_GetWorkloadRequest, GetWorkloadRequest__Output as _billet_v1_GetWorkloadRequest__Output } from '../../billet/v1/GetWorkloadRequest.ts';
import type { GetWorkloadResponse as _billet_v1_GetWorkloadResponse, GetWorkloadResponse__Output as _billet_v1_GetWorkloadResponse__Output } from '../../billet/v1/GetWorkloadResponse.ts';
import type { ListWorkloadsRequest as _billet_v1_ListWorkloadsRequest, ListWorkloadsRequest__Output as _billet_v1_ListWorkloadsRequest__Output } from '../../billet/v1/ListWorkloadsRequest.ts';
import type { ListWorkloadsResponse as _billet_v1_ListWorkloadsResponse, ListWorkloadsResponse__Output as _billet_v1_ListWorkloadsResponse__Output } from '../../billet/v1/ListWorkloadsResponse.ts';
import type { PlanWorkloadRequest as _billet_v1_PlanWorkloadRequest, PlanWorkloadRequest__Output as _billet_v1_PlanWorkloadRequest__Output } from '../../billet/v1/PlanWorkloadRequest.ts';
import type { PlanWorkloadResponse as _billet_v1_PlanWorkloadResponse, PlanWorkloadResponse__Output as _billet_v1_PlanWorkloadResponse__Output } from '../../billet/v1/PlanWorkloadResponse.ts';
import type { ReadLogsRequest as _billet_v1_ReadLogsRequest, ReadLogsRequest__Output as _billet_v1_ReadLogsRequest__Output } from '../../billet/v1/ReadLogsRequest.ts';
import type { ReadLogsResponse as _billet_v1_ReadLogsResponse, ReadLogsResponse__Output as _billet_v1_ReadLogsResponse__Output } from '../../billet/v1/ReadLogsResponse.ts';
import type { ResizeWorkloadRequest as _billet_v1_ResizeWorkloadRequest, ResizeWorkloadRequest__Output as _billet_v1_ResizeWorkloadRequest__Output } from '../../billet/v1/ResizeWorkloadRequest.ts';
import type { ResizeWorkloadResponse as _billet_v1_ResizeWorkloadResponse, ResizeWorkloadResponse__Output as _billet_v1_ResizeWorkloadResponse__Output } from '../../billet/v1/ResizeWorkloadResponse.ts';
import type { SubmitWorkloadRequest as _billet_v1_SubmitWorkloadRequest, SubmitWorkloadRequest__Output as _billet_v1_SubmitWorkloadRequest__Output } from '../../billet/v1/SubmitWorkloadRequest.ts';
import type { SubmitWorkloadResponse as _billet_v1_SubmitWorkloadResponse, SubmitWorkloadResponse__Output as _billet_v1_SubmitWorkloadResponse__Output } from '../../billet/v1/SubmitWorkloadResponse.ts';
import type { SubmitWorkloadsRequest as _billet_v1_SubmitWorkloadsRequest, SubmitWorkloadsRequest__Output as _billet_v1_SubmitWorkloadsRequest__Output } from '../../billet/v1/SubmitWorkloadsRequest.ts';
import type { SubmitWorkloadsResponse as _billet_v1_SubmitWorkloadsResponse, SubmitWorkloadsResponse__Output as _billet_v1_SubmitWorkloadsResponse__Output } from '../../billet/v1/SubmitWorkloadsResponse.ts';
import type { WatchWorkloadsRequest as _billet_v1_WatchWorkloadsRequest, WatchWorkloadsRequest__Output as _billet_v1_WatchWorkloadsRequest__Output } from '../../billet/v1/WatchWorkloadsRequest.ts';
import type { WatchWorkloadsResponse as _billet_v1_WatchWorkloadsResponse, WatchWorkloadsResponse__Output as _billet_v1_WatchWorkloadsResponse__Output } from '../../billet/v1/WatchWorkloadsResponse.ts';

export interface WorkloadServiceClient extends grpc.Client {
  CancelWorkload(argument: _billet_v1_CancelWorkloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelWorkloadResponse__Output>): grpc.ClientUnaryCall;
  CancelWorkload(argument: _billet_v1_CancelWorkloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CancelWorkloadResponse__Output>): grpc.ClientUnaryCall;
  CancelWorkload(argument: _billet_v1_CancelWorkloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelWorkloadResponse__Output>): grpc.ClientUnaryCall;
  CancelWorkload(argument: _billet_v1_CancelWorkloadRequest, callback: grpc.requestCallback<_billet_v1_CancelWorkloadResponse__Output>): grpc.ClientUnaryCall;
  cancelWorkload(argument: _billet_v1_CancelWorkloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelWorkloadResponse__Output>): grpc.ClientUnaryCall;
  cancelWorkload(argument: _billet_v1_CancelWorkloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CancelWorkloadResponse__Output>): grpc.ClientUnaryCall;
  cancelWorkload(argument: _billet_v1_CancelWorkloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelWorkloadResponse__Output>): grpc.ClientUnaryCall;
  cancelWorkload(argument: _billet_v1_CancelWorkloadRequest, callback: grpc.requestCallback<_billet_v1_CancelWorkloadResponse__Output>): grpc.ClientUnaryCall;
  
  CancelWorkloads(argument: _billet_v1_CancelWorkloadsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  CancelWorkloads(argument: _billet_v1_CancelWorkloadsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CancelWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  CancelWorkloads(argument: _billet_v1_CancelWorkloadsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  CancelWorkloads(argument: _billet_v1_CancelWorkloadsRequest, callback: grpc.requestCallback<_billet_v1_CancelWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  cancelWorkloads(argument: _billet_v1_CancelWorkloadsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  cancelWorkloads(argument: _billet_v1_CancelWorkloadsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CancelWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  cancelWorkloads(argument: _billet_v1_CancelWorkloadsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  cancelWorkloads(argument: _billet_v1_CancelWorkloadsRequest, callback: grpc.requestCallback<_billet_v1_CancelWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  
  GetWorkload(argument: _billet_v1_GetWorkloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetWorkloadResponse__Output>): grpc.ClientUnaryCall;
  GetWorkload(argument: _billet_v1_GetWorkloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetWorkloadResponse__Output>): grpc.ClientUnaryCall;
  GetWorkload(argument: _billet_v1_GetWorkloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetWorkloadResponse__Output>): grpc.ClientUnaryCall;
  GetWorkload(argument: _billet_v1_GetWorkloadRequest, callback: grpc.requestCallback<_billet_v1_GetWorkloadResponse__Output>): grpc.ClientUnaryCall;
  getWorkload(argument: _billet_v1_GetWorkloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetWorkloadResponse__Output>): grpc.ClientUnaryCall;
  getWorkload(argument: _billet_v1_GetWorkloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetWorkloadResponse__Output>): grpc.ClientUnaryCall;
  getWorkload(argument: _billet_v1_GetWorkloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetWorkloadResponse__Output>): grpc.ClientUnaryCall;
  getWorkload(argument: _billet_v1_GetWorkloadRequest, callback: grpc.requestCallback<_billet_v1_GetWorkloadResponse__Output>): grpc.ClientUnaryCall;
  
  ListWorkloads(argument: _billet_v1_ListWorkloadsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  ListWorkloads(argument: _billet_v1_ListWorkloadsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  ListWorkloads(argument: _billet_v1_ListWorkloadsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  ListWorkloads(argument: _billet_v1_ListWorkloadsRequest, callback: grpc.requestCallback<_billet_v1_ListWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  listWorkloads(argument: _billet_v1_ListWorkloadsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  listWorkloads(argument: _billet_v1_ListWorkloadsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  listWorkloads(argument: _billet_v1_ListWorkloadsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  listWorkloads(argument: _billet_v1_ListWorkloadsRequest, callback: grpc.requestCallback<_billet_v1_ListWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  
  PlanWorkload(argument: _billet_v1_PlanWorkloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_PlanWorkloadResponse__Output>): grpc.ClientUnaryCall;
  PlanWorkload(argument: _billet_v1_PlanWorkloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_PlanWorkloadResponse__Output>): grpc.ClientUnaryCall;
  PlanWorkload(argument: _billet_v1_PlanWorkloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_PlanWorkloadResponse__Output>): grpc.ClientUnaryCall;
  PlanWorkload(argument: _billet_v1_PlanWorkloadRequest, callback: grpc.requestCallback<_billet_v1_PlanWorkloadResponse__Output>): grpc.ClientUnaryCall;
  planWorkload(argument: _billet_v1_PlanWorkloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_PlanWorkloadResponse__Output>): grpc.ClientUnaryCall;
  planWorkload(argument: _billet_v1_PlanWorkloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_PlanWorkloadResponse__Output>): grpc.ClientUnaryCall;
  planWorkload(argument: _billet_v1_PlanWorkloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_PlanWorkloadResponse__Output>): grpc.ClientUnaryCall;
  planWorkload(argument: _billet_v1_PlanWorkloadRequest, callback: grpc.requestCallback<_billet_v1_PlanWorkloadResponse__Output>): grpc.ClientUnaryCall;
  
  ReadLogs(argument: _billet_v1_ReadLogsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_ReadLogsResponse__Output>;
  ReadLogs(argument: _billet_v1_ReadLogsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_ReadLogsResponse__Output>;
  readLogs(argument: _billet_v1_ReadLogsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_ReadLogsResponse__Output>;
  readLogs(argument: _billet_v1_ReadLogsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_ReadLogsResponse__Output>;
  
  ResizeWorkload(argument: _billet_v1_ResizeWorkloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ResizeWorkloadResponse__Output>): grpc.ClientUnaryCall;
  ResizeWorkload(argument: _billet_v1_ResizeWorkloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ResizeWorkloadResponse__Output>): grpc.ClientUnaryCall;
  ResizeWorkload(argument: _billet_v1_ResizeWorkloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ResizeWorkloadResponse__Output>): grpc.ClientUnaryCall;
  ResizeWorkload(argument: _billet_v1_ResizeWorkloadRequest, callback: grpc.requestCallback<_billet_v1_ResizeWorkloadResponse__Output>): grpc.ClientUnaryCall;
  resizeWorkload(argument: _billet_v1_ResizeWorkloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ResizeWorkloadResponse__Output>): grpc.ClientUnaryCall;
  resizeWorkload(argument: _billet_v1_ResizeWorkloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ResizeWorkloadResponse__Output>): grpc.ClientUnaryCall;
  resizeWorkload(argument: _billet_v1_ResizeWorkloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ResizeWorkloadResponse__Output>): grpc.ClientUnaryCall;
  resizeWorkload(argument: _billet_v1_ResizeWorkloadRequest, callback: grpc.requestCallback<_billet_v1_ResizeWorkloadResponse__Output>): grpc.ClientUnaryCall;
  
  SubmitWorkload(argument: _billet_v1_SubmitWorkloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadResponse__Output>): grpc.ClientUnaryCall;
  SubmitWorkload(argument: _billet_v1_SubmitWorkloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadResponse__Output>): grpc.ClientUnaryCall;
  SubmitWorkload(argument: _billet_v1_SubmitWorkloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadResponse__Output>): grpc.ClientUnaryCall;
  SubmitWorkload(argument: _billet_v1_SubmitWorkloadRequest, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadResponse__Output>): grpc.ClientUnaryCall;
  submitWorkload(argument: _billet_v1_SubmitWorkloadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadResponse__Output>): grpc.ClientUnaryCall;
  submitWorkload(argument: _billet_v1_SubmitWorkloadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadResponse__Output>): grpc.ClientUnaryCall;
  submitWorkload(argument: _billet_v1_SubmitWorkloadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadResponse__Output>): grpc.ClientUnaryCall;
  submitWorkload(argument: _billet_v1_SubmitWorkloadRequest, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadResponse__Output>): grpc.ClientUnaryCall;
  
  SubmitWorkloads(argument: _billet_v1_SubmitWorkloadsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  SubmitWorkloads(argument: _billet_v1_SubmitWorkloadsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  SubmitWorkloads(argument: _billet_v1_SubmitWorkloadsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  SubmitWorkloads(argument: _billet_v1_SubmitWorkloadsRequest, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  submitWorkloads(argument: _billet_v1_SubmitWorkloadsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  submitWorkloads(argument: _billet_v1_SubmitWorkloadsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  submitWorkloads(argument: _billet_v1_SubmitWorkloadsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  submitWorkloads(argument: _billet_v1_SubmitWorkloadsRequest, callback: grpc.requestCallback<_billet_v1_SubmitWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  
  WatchWorkloads(argument: _billet_v1_WatchWorkloadsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchWorkloadsResponse__Output>;
  WatchWorkloads(argument: _billet_v1_WatchWorkloadsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchWorkloadsResponse__Output>;
  watchWorkloads(argument: _billet_v1_WatchWorkloadsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchWorkloadsResponse__Output>;
  watchWorkloads(argument: _billet_v1_WatchWorkloadsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchWorkloadsResponse__Output>;
  
}

export interface WorkloadServiceHandlers extends grpc.UntypedServiceImplementation {
  CancelWorkload: grpc.handleUnaryCall<_billet_v1_CancelWorkloadRequest__Output, _billet_v1_CancelWorkloadResponse>;
  
  CancelWorkloads: grpc.handleUnaryCall<_billet_v1_CancelWorkloadsRequest__Output, _billet_v1_CancelWorkloadsResponse>;
  
  GetWorkload: grpc.handleUnaryCall<_billet_v1_GetWorkloadRequest__Output, _billet_v1_GetWorkloadResponse>;
  
  ListWorkloads: grpc.handleUnaryCall<_billet_v1_ListWorkloadsRequest__Output, _billet_v1_ListWorkloadsResponse>;
  
  PlanWorkload: grpc.handleUnaryCall<_billet_v1_PlanWorkloadRequest__Output, _billet_v1_PlanWorkloadResponse>;
  
  ReadLogs: grpc.handleServerStreamingCall<_billet_v1_ReadLogsRequest__Output, _billet_v1_ReadLogsResponse>;
  
  ResizeWorkload: grpc.handleUnaryCall<_billet_v1_ResizeWorkloadRequest__Output, _billet_v1_ResizeWorkloadResponse>;
  
  SubmitWorkload: grpc.handleUnaryCall<_billet_v1_SubmitWorkloadRequest__Output, _billet_v1_SubmitWorkloadResponse>;
  
  SubmitWorkloads: grpc.handleUnaryCall<_billet_v1_SubmitWorkloadsRequest__Output, _billet_v1_SubmitWorkloadsResponse>;
  
  WatchWorkloads: grpc.handleServerStreamingCall<_billet_v1_WatchWorkloadsRequest__Output, _billet_v1_WatchWorkloadsResponse>;
  
}

export interface WorkloadServiceDefinition extends grpc.ServiceDefinition {
  CancelWorkload: MethodDefinition<_billet_v1_CancelWorkloadRequest, _billet_v1_CancelWorkloadResponse, _billet_v1_CancelWorkloadRequest__Output, _billet_v1_CancelWorkloadResponse__Output>
  CancelWorkloads: MethodDefinition<_billet_v1_CancelWorkloadsRequest, _billet_v1_CancelWorkloadsResponse, _billet_v1_CancelWorkloadsRequest__Output, _billet_v1_CancelWorkloadsResponse__Output>
  GetWorkload: MethodDefinition<_billet_v1_GetWorkloadRequest, _billet_v1_GetWorkloadResponse, _billet_v1_GetWorkloadRequest__Output, _billet_v1_GetWorkloadResponse__Output>
  ListWorkloads: MethodDefinition<_billet_v1_ListWorkloadsRequest, _billet_v1_ListWorkloadsResponse, _billet_v1_ListWorkloadsRequest__Output, _billet_v1_ListWorkloadsResponse__Output>
  PlanWorkload: MethodDefinition<_billet_v1_PlanWorkloadRequest, _billet_v1_PlanWorkloadResponse, _billet_v1_PlanWorkloadRequest__Output, _billet_v1_PlanWorkloadResponse__Output>
  ReadLogs: MethodDefinition<_billet_v1_ReadLogsRequest, _billet_v1_ReadLogsResponse, _billet_v1_ReadLogsRequest__Output, _billet_v1_ReadLogsResponse__Output>
  ResizeWorkload: MethodDefinition<_billet_v1_ResizeWorkloadRequest, _billet_v1_ResizeWorkloadResponse, _billet_v1_ResizeWorkloadRequest__Output, _billet_v1_ResizeWorkloadResponse__Output>
  SubmitWorkload: MethodDefinition<_billet_v1_SubmitWorkloadRequest, _billet_v1_SubmitWorkloadResponse, _billet_v1_SubmitWorkloadRequest__Output, _billet_v1_SubmitWorkloadResponse__Output>
  SubmitWorkloads: MethodDefinition<_billet_v1_SubmitWorkloadsRequest, _billet_v1_SubmitWorkloadsResponse, _billet_v1_SubmitWorkloadsRequest__Output, _billet_v1_SubmitWorkloadsResponse__Output>
  WatchWorkloads: MethodDefinition<_billet_v1_WatchWorkloadsRequest, _billet_v1_WatchWorkloadsResponse, _billet_v1_WatchWorkloadsRequest__Output, _billet_v1_WatchWorkloadsResponse__Output>
}
