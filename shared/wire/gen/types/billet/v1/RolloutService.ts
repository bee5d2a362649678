// Original file: proto/billet/v1/rollout_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CancelRolloutRequest as _billet_v1_CancelRolloutRequest, CancelRolloutRequest__Output as _billet_v1_CancelRolloutRequest__Output } from '../../billet/v1/CancelRolloutRequest.ts';
import type { CancelRolloutResponse as _billet_v1_CancelRolloutResponse, CancelRolloutResponse__Output as _billet_v1_CancelRolloutResponse__Output } from '../../billet/v1/CancelRolloutResponse.ts';
import type { CreateRolloutRequest as _billet_v1_CreateRolloutRequest, CreateRolloutRequest__Output as _billet_v1_CreateRolloutRequest__Output } from '../../billet/v1/CreateRolloutRequest.ts';
import type { CreateRolloutResponse as _billet_v1_CreateRolloutResponse, CreateRolloutResponse__Output as _billet_v1_CreateRolloutResponse__Output } from '../../billet/v1/CreateRolloutResponse.ts';
import type { ListRolloutsRequest as _billet_v1_ListRolloutsRequest, ListRolloutsRequest__Output as _billet_v1_ListRolloutsRequest__Output } from '../../billet/v1/ListRolloutsRequest.ts';
import type { ListRolloutsResponse as _billet_v1_ListRolloutsResponse, ListRolloutsResponse__Output as _billet_v1_ListRolloutsResponse__Output } from '../../billet/v1/ListRolloutsResponse.ts';
import type { PauseRolloutRequest as _billet_v1_PauseRolloutRequest, PauseRolloutRequest__Output as _billet_v1_PauseRolloutRequest__Output } from '../../billet/v1/PauseRolloutRequest.ts';
import type { PauseRolloutResponse as _billet_v1_PauseRolloutResponse, PauseRolloutResponse__Output as _billet_v1_PauseRolloutResponse__Output } from '../../billet/v1/PauseRolloutResponse.ts';
import type { ResumeRolloutRequest as _billet_v1_ResumeRolloutRequest, ResumeRolloutRequest__Output as _billet_v1_ResumeRolloutRequest__Output } from '../../billet/v1/ResumeRolloutRequest.ts';
import type { ResumeRolloutResponse as _billet_v1_ResumeRolloutResponse, ResumeRolloutResponse__Output as _billet_v1_ResumeRolloutResponse__Output } from '../../billet/v1/ResumeRolloutResponse.ts';

export interface RolloutServiceClient extends grpc.Client {
  CancelRollout(argument: _billet_v1_CancelRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelRolloutResponse__Output>): grpc.ClientUnaryCall;
  CancelRollout(argument: _billet_v1_CancelRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CancelRolloutResponse__Output>): grpc.ClientUnaryCall;
  CancelRollout(argument: _billet_v1_CancelRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelRolloutResponse__Output>): grpc.ClientUnaryCall;
  CancelRollout(argument: _billet_v1_CancelRolloutRequest, callback: grpc.requestCallback<_billet_v1_CancelRolloutResponse__Output>): grpc.ClientUnaryCall;
  cancelRollout(argument: _billet_v1_CancelRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelRolloutResponse__Output>): grpc.ClientUnaryCall;
  cancelRollout(argument: _billet_v1_CancelRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CancelRolloutResponse__Output>): grpc.ClientUnaryCall;
  cancelRollout(argument: _billet_v1_CancelRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelRolloutResponse__Output>): grpc.ClientUnaryCall;
  cancelRollout(argument: _billet_v1_CancelRolloutRequest, callback: grpc.requestCallback<_billet_v1_CancelRolloutResponse__Output>): grpc.ClientUnaryCall;
  
  CreateRollout(argument: _billet_v1_CreateRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CreateRolloutResponse__Output>): grpc.ClientUnaryCall;
  CreateRollout(argument: _billet_v1_CreateRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CreateRolloutResponse__Output>): grpc.ClientUnaryCall;
  CreateRollout(argument: _billet_v1_CreateRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CreateRolloutResponse__Output>): grpc.ClientUnaryCall;
  CreateRollout(argument: _billet_v1_CreateRolloutRequest, callback: grpc.requestCallback<_billet_v1_CreateRolloutResponse__Output>): grpc.ClientUnaryCall;
  createRollout(argument: _billet_v1_CreateRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CreateRolloutResponse__Output>): grpc.ClientUnaryCall;
  createRollout(argument: _billet_v1_CreateRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CreateRolloutResponse__Output>): grpc.ClientUnaryCall;
  createRollout(argument: _billet_v1_CreateRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CreateRolloutResponse__Output>): grpc.ClientUnaryCall;
  createRollout(argument: _billet_v1_CreateRolloutRequest, callback: grpc.requestCallback<_billet_v1_CreateRolloutResponse__Output>): grpc.ClientUnaryCall;
  
  ListRollouts(argument: _billet_v1_ListRolloutsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListRolloutsResponse__Output>): grpc.ClientUnaryCall;
  ListRollouts(argument: _billet_v1_ListRolloutsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListRolloutsResponse__Output>): grpc.ClientUnaryCall;
  ListRollouts(argument: _billet_v1_ListRolloutsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListRolloutsResponse__Output>): grpc.ClientUnaryCall;
  ListRollouts(argument: _billet_v1_ListRolloutsRequest, callback: grpc.requestCallback<_billet_v1_ListRolloutsResponse__Output>): grpc.ClientUnaryCall;
  listRollouts(argument: _billet_v1_ListRolloutsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListRolloutsResponse__Output>): grpc.ClientUnaryCall;
  listRollouts(argument: _billet_v1_ListRolloutsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListRolloutsResponse__Output>): grpc.ClientUnaryCall;
  listRollouts(argument: _billet_v1_ListRolloutsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListRolloutsResponse__Output>): grpc.ClientUnaryCall;
  listRollouts(argument: _billet_v1_ListRolloutsRequest, callback: grpc.requestCallback<_billet_v1_ListRolloutsResponse__Output>): grpc.ClientUnaryCall;
  
  PauseRollout(argument: _billet_v1_PauseRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_PauseRolloutResponse__Output>): grpc.ClientUnaryCall;
  PauseRollout(argument: _billet_v1_PauseRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_PauseRolloutResponse__Output>): grpc.ClientUnaryCall;
  PauseRollout(argument: _billet_v1_PauseRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_PauseRolloutResponse__Output>): grpc.ClientUnaryCall;
  PauseRollout(argument: _billet_v1_PauseRolloutRequest, callback: grpc.requestCallback<_billet_v1_PauseRolloutResponse__Output>): grpc.ClientUnaryCall;
  pauseRollout(argument: _billet_v1_PauseRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_PauseRolloutResponse__Output>): grpc.ClientUnaryCall;
  pauseRollout(argument: _billet_v1_PauseRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_PauseRolloutResponse__Output>): grpc.ClientUnaryCall;
  pauseRollout(argument: _billet_v1_PauseRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_PauseRolloutResponse__Output>): grpc.ClientUnaryCall;
  pauseRollout(argument: _billet_v1_PauseRolloutRequest, callback: grpc.requestCallback<_billet_v1_PauseRolloutResponse__Output>): grpc.ClientUnaryCall;
  
  ResumeRollout(argument: _billet_v1_ResumeRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ResumeRolloutResponse__Output>): grpc.ClientUnaryCall;
  ResumeRollout(argument: _billet_v1_ResumeRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ResumeRolloutResponse__Output>): grpc.ClientUnaryCall;
  ResumeRollout(argument: _billet_v1_ResumeRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ResumeRolloutResponse__Output>): grpc.ClientUnaryCall;
  ResumeRollout(argument: _billet_v1_ResumeRolloutRequest, callback: grpc.requestCallback<_billet_v1_ResumeRolloutResponse__Output>): grpc.ClientUnaryCall;
  resumeRollout(argument: _billet_v1_ResumeRolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ResumeRolloutResponse__Output>): grpc.ClientUnaryCall;
  resumeRollout(argument: _billet_v1_ResumeRolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ResumeRolloutResponse__Output>): grpc.ClientUnaryCall;
  resumeRollout(argument: _billet_v1_ResumeRolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ResumeRolloutResponse__Output>): grpc.ClientUnaryCall;
  resumeRollout(argument: _billet_v1_ResumeRolloutRequest, callback: grpc.requestCallback<_billet_v1_ResumeRolloutResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface RolloutServiceHandlers extends grpc.UntypedServiceImplementation {
  CancelRollout: grpc.handleUnaryCall<_billet_v1_CancelRolloutRequest__Output, _billet_v1_CancelRolloutResponse>;
  
  CreateRollout: grpc.handleUnaryCall<_billet_v1_CreateRolloutRequest__Output, _billet_v1_CreateRolloutResponse>;
  
  ListRollouts: grpc.handleUnaryCall<_billet_v1_ListRolloutsRequest__Output, _billet_v1_ListRolloutsResponse>;
  
  PauseRollout: grpc.handleUnaryCall<_billet_v1_PauseRolloutRequest__Output, _billet_v1_PauseRolloutResponse>;
  
  ResumeRollout: grpc.handleUnaryCall<_billet_v1_ResumeRolloutRequest__Output, _billet_v1_ResumeRolloutResponse>;
  
}

export interface RolloutServiceDefinition extends grpc.ServiceDefinition {
  CancelRollout: MethodDefinition<_billet_v1_CancelRolloutRequest, _billet_v1_CancelRolloutResponse, _billet_v1_CancelRolloutRequest__Output, _billet_v1_CancelRolloutResponse__Output>
  CreateRollout: MethodDefinition<_billet_v1_CreateRolloutRequest, _billet_v1_CreateRolloutResponse, _billet_v1_CreateRolloutRequest__Output, _billet_v1_CreateRolloutResponse__Output>
  ListRollouts: MethodDefinition<_billet_v1_ListRolloutsRequest, _billet_v1_ListRolloutsResponse, _billet_v1_ListRolloutsRequest__Output, _billet_v1_ListRolloutsResponse__Output>
  PauseRollout: MethodDefinition<_billet_v1_PauseRolloutRequest, _billet_v1_PauseRolloutResponse, _billet_v1_PauseRolloutRequest__Output, _billet_v1_PauseRolloutResponse__Output>
  ResumeRollout: MethodDefinition<_billet_v1_ResumeRolloutRequest, _billet_v1_ResumeRolloutResponse, _billet_v1_ResumeRolloutRequest__Output, _billet_v1_ResumeRolloutResponse__Output>
}
