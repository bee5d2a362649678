// Original file: proto/billet/v1/placement_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BindWorkloadsRequest as _billet_v1_BindWorkloadsRequest, BindWorkloadsRequest__Output as _billet_v1_BindWorkloadsRequest__Output } from '../../billet/v1/BindWorkloadsRequest.ts';
import type { BindWorkloadsResponse as _billet_v1_BindWorkloadsResponse, BindWorkloadsResponse__Output as _billet_v1_BindWorkloadsResponse__Output } from '../../billet/v1/BindWorkloadsResponse.ts';
import type { GetPlacementRequest as _billet_v1_GetPlacementRequest, GetPlacementRequest__Output as _billet_v1_GetPlacementRequest__Output } from '../../billet/v1/GetPlacementRequest.ts';
import type { GetPlacementResponse as _billet_v1_GetPlacementResponse, GetPlacementResponse__Output as _billet_v1_GetPlacementResponse__Output } from '../../billet/v1/GetPlacementResponse.ts';
import type { ListPlacementsRequest as _billet_v1_ListPlacementsRequest, ListPlacementsRequest__Output as _billet_v1_ListPlacementsRequest__Output } from '../../billet/v1/ListPlacementsRequest.ts';
import type { ListPlacementsResponse as _billet_v1_ListPlacementsResponse, ListPlacementsResponse__Output as _billet_v1_ListPlacementsResponse__Output } from '../../billet/v1/ListPlacementsResponse.ts';
import type { WatchPlacementsRequest as _billet_v1_WatchPlacementsRequest, WatchPlacementsRequest__Output as _billet_v1_WatchPlacementsRequest__Output } from '../../billet/v1/WatchPlacementsRequest.ts';
import type { WatchPlacementsResponse as _billet_v1_WatchPlacementsResponse, WatchPlacementsResponse__Output as _billet_v1_WatchPlacementsResponse__Output } from '../../billet/v1/WatchPlacementsResponse.ts';

export interface PlacementServiceClient extends grpc.Client {
  BindWorkloads(argument: _billet_v1_BindWorkloadsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_BindWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  BindWorkloads(argument: _billet_v1_BindWorkloadsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_BindWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  BindWorkloads(argument: _billet_v1_BindWorkloadsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_BindWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  BindWorkloads(argument: _billet_v1_BindWorkloadsRequest, callback: grpc.requestCallback<_billet_v1_BindWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  bindWorkloads(argument: _billet_v1_BindWorkloadsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_BindWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  bindWorkloads(argument: _billet_v1_BindWorkloadsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_BindWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  bindWorkloads(argument: _billet_v1_BindWorkloadsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_BindWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  bindWorkloads(argument: _billet_v1_BindWorkloadsRequest, callback: grpc.requestCallback<_billet_v1_BindWorkloadsResponse__Output>): grpc.ClientUnaryCall;
  
  GetPlacement(argument: _billet_v1_GetPlacementRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetPlacementResponse__Output>): grpc.ClientUnaryCall;
  GetPlacement(argument: _billet_v1_GetPlacementRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetPlacementResponse__Output>): grpc.ClientUnaryCall;
  GetPlacement(argument: _billet_v1_GetPlacementRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetPlacementResponse__Output>): grpc.ClientUnaryCall;
  GetPlacement(argument: _billet_v1_GetPlacementRequest, callback: grpc.requestCallback<_billet_v1_GetPlacementResponse__Output>): grpc.ClientUnaryCall;
  getPlacement(argument: _billet_v1_GetPlacementRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetPlacementResponse__Output>): grpc.ClientUnaryCall;
  getPlacement(argument: _billet_v1_GetPlacementRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetPlacementResponse__Output>): grpc.ClientUnaryCall;
  getPlacement(argument: _billet_v1_GetPlacementRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetPlacementResponse__Output>): grpc.ClientUnaryCall;
  getPlacement(argument: _billet_v1_GetPlacementRequest, callback: grpc.requestCallback<_billet_v1_GetPlacementResponse__Output>): grpc.ClientUnaryCall;
  
  ListPlacements(argument: _billet_v1_ListPlacementsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListPlacementsResponse__Output>): grpc.ClientUnaryCall;
  ListPlacements(argument: _billet_v1_ListPlacementsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListPlacementsResponse__Output>): grpc.ClientUnaryCall;
  ListPlacements(argument: _billet_v1_ListPlacementsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListPlacementsResponse__Output>): grpc.ClientUnaryCall;
  ListPlacements(argument: _billet_v1_ListPlacementsRequest, callback: grpc.requestCallback<_billet_v1_ListPlacementsResponse__Output>): grpc.ClientUnaryCall;
  listPlacements(argument: _billet_v1_ListPlacementsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListPlacementsResponse__Output>): grpc.ClientUnaryCall;
  listPlacements(argument: _billet_v1_ListPlacementsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListPlacementsResponse__Output>): grpc.ClientUnaryCall;
  listPlacements(argument: _billet_v1_ListPlacementsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListPlacementsResponse__Output>): grpc.ClientUnaryCall;
  listPlacements(argument: _billet_v1_ListPlacementsRequest, callback: grpc.requestCallback<_billet_v1_ListPlacementsResponse__Output>): grpc.ClientUnaryCall;
  
  WatchPlacements(argument: _billet_v1_WatchPlacementsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchPlacementsResponse__Output>;
  WatchPlacements(argument: _billet_v1_WatchPlacementsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchPlacementsResponse__Output>;
  watchPlacements(argument: _billet_v1_WatchPlacementsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchPlacementsResponse__Output>;
  watchPlacements(argument: _billet_v1_WatchPlacementsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchPlacementsResponse__Output>;
  
}

export interface PlacementServiceHandlers extends grpc.UntypedServiceImplementation {
  BindWorkloads: grpc.handleUnaryCall<_billet_v1_BindWorkloadsRequest__Output, _billet_v1_BindWorkloadsResponse>;
  
  GetPlacement: grpc.handleUnaryCall<_billet_v1_GetPlacementRequest__Output, _billet_v1_GetPlacementResponse>;
  
  ListPlacements: grpc.handleUnaryCall<_billet_v1_ListPlacementsRequest__Output, _billet_v1_ListPlacementsResponse>;
  
  WatchPlacements: grpc.handleServerStreamingCall<_billet_v1_WatchPlacementsRequest__Output, _billet_v1_WatchPlacementsResponse>;
  
}

export interface PlacementServiceDefinition extends grpc.ServiceDefinition {
  BindWorkloads: MethodDefinition<_billet_v1_BindWorkloadsRequest, _billet_v1_BindWorkloadsResponse, _billet_v1_BindWorkloadsRequest__Output, _billet_v1_BindWorkloadsResponse__Output>
  GetPlacement: MethodDefinition<_billet_v1_GetPlacementRequest, _billet_v1_GetPlacementResponse, _billet_v1_GetPlacementRequest__Output, _billet_v1_GetPlacementResponse__Output>
  ListPlacements: MethodDefinition<_billet_v1_ListPlacementsRequest, _billet_v1_ListPlacementsResponse, _billet_v1_ListPlacementsRequest__Output, _billet_v1_ListPlacementsResponse__Output>
  WatchPlacements: MethodDefinition<_billet_v1_WatchPlacementsRequest, _billet_v1_WatchPlacementsResponse, _billet_v1_WatchPlacementsRequest__Output, _billet_v1_WatchPlacementsResponse__Output>
}
