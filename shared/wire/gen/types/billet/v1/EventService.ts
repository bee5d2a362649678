// Original file: proto/billet/v1/event_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ListEventsRequest as _billet_v1_ListEventsRequest, ListEventsRequest__Output as _billet_v1_ListEventsRequest__Output } from '../../billet/v1/ListEventsRequest.ts';
import type { ListEventsResponse as _billet_v1_ListEventsResponse, ListEventsResponse__Output as _billet_v1_ListEventsResponse__Output } from '../../billet/v1/ListEventsResponse.ts';
import type { WatchEventsRequest as _billet_v1_WatchEventsRequest, WatchEventsRequest__Output as _billet_v1_WatchEventsRequest__Output } from '../../billet/v1/WatchEventsRequest.ts';
import type { WatchEventsResponse as _billet_v1_WatchEventsResponse, WatchEventsResponse__Output as _billet_v1_WatchEventsResponse__Output } from '../../billet/v1/WatchEventsResponse.ts';

export interface EventServiceClient extends grpc.Client {
  ListEvents(argument: _billet_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _billet_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _billet_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  ListEvents(argument: _billet_v1_ListEventsRequest, callback: grpc.requestCallback<_billet_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _billet_v1_ListEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _billet_v1_ListEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _billet_v1_ListEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  listEvents(argument: _billet_v1_ListEventsRequest, callback: grpc.requestCallback<_billet_v1_ListEventsResponse__Output>): grpc.ClientUnaryCall;
  
  WatchEvents(argument: _billet_v1_WatchEventsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchEventsResponse__Output>;
  WatchEvents(argument: _billet_v1_WatchEventsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchEventsResponse__Output>;
  watchEvents(argument: _billet_v1_WatchEventsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchEventsResponse__Output>;
  watchEvents(argument: _billet_v1_WatchEventsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchEventsResponse__Output>;
  
}

export interface EventServiceHandlers extends grpc.UntypedServiceImplementation {
  ListEvents: grpc.handleUnaryCall<_billet_v1_ListEventsRequest__Output, _billet_v1_ListEventsResponse>;
  
  WatchEvents: grpc.handleServerStreamingCall<_billet_v1_WatchEventsRequest__Output, _billet_v1_WatchEventsResponse>;
  
}

export interface EventServiceDefinition extends grpc.ServiceDefinition {
  ListEvents: MethodDefinition<_billet_v1_ListEventsRequest, _billet_v1_ListEventsResponse, _billet_v1_ListEventsRequest__Output, _billet_v1_ListEventsResponse__Output>
  WatchEvents: MethodDefinition<_billet_v1_WatchEventsRequest, _billet_v1_WatchEventsResponse, _billet_v1_WatchEventsRequest__Output, _billet_v1_WatchEventsResponse__Output>
}
