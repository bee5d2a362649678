// Original file: proto/billet/v1/command_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CancelCommandRequest as _billet_v1_CancelCommandRequest, CancelCommandRequest__Output as _billet_v1_CancelCommandRequest__Output } from '../../billet/v1/CancelCommandRequest.ts';
import type { CancelCommandResponse as _billet_v1_CancelCommandResponse, CancelCommandResponse__Output as _billet_v1_CancelCommandResponse__Output } from '../../billet/v1/CancelCommandResponse.ts';
import type { GetCommandRequest as _billet_v1_GetCommandRequest, GetCommandRequest__Output as _billet_v1_GetCommandRequest__Output } from '../../billet/v1/GetCommandRequest.ts';
import type { GetCommandResponse as _billet_v1_GetCommandResponse, GetCommandResponse__Output as _billet_v1_GetCommandResponse__Output } from '../../billet/v1/GetCommandResponse.ts';
import type { ListCommandsRequest as _billet_v1_ListCommandsRequest, ListCommandsRequest__Output as _billet_v1_ListCommandsRequest__Output } from '../../billet/v1/ListCommandsRequest.ts';
import type { ListCommandsResponse as _billet_v1_ListCommandsResponse, ListCommandsResponse__Output as _billet_v1_ListCommandsResponse__Output } from '../../billet/v1/ListCommandsResponse.ts';
import type { RunCommandRequest as _billet_v1_RunCommandRequest, RunCommandRequest__Output as _billet_v1_RunCommandRequest__Output } from '../../billet/v1/RunCommandRequest.ts';
import type { RunCommandResponse as _billet_v1_RunCommandResponse, RunCommandResponse__Output as _billet_v1_RunCommandResponse__Output } from '../../billet/v1/RunCommandResponse.ts';

export interface CommandServiceClient extends grpc.Client {
  CancelCommand(argument: _billet_v1_CancelCommandRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelCommandResponse__Output>): grpc.ClientUnaryCall;
  CancelCommand(argument: _billet_v1_CancelCommandRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CancelCommandResponse__Output>): grpc.ClientUnaryCall;
  CancelCommand(argument: _billet_v1_CancelCommandRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelCommandResponse__Output>): grpc.ClientUnaryCall;
  CancelCommand(argument: _billet_v1_CancelCommandRequest, callback: grpc.requestCallback<_billet_v1_CancelCommandResponse__Output>): grpc.ClientUnaryCall;
  cancelCommand(argument: _billet_v1_CancelCommandRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelCommandResponse__Output>): grpc.ClientUnaryCall;
  cancelCommand(argument: _billet_v1_CancelCommandRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CancelCommandResponse__Output>): grpc.ClientUnaryCall;
  cancelCommand(argument: _billet_v1_CancelCommandRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CancelCommandResponse__Output>): grpc.ClientUnaryCall;
  cancelCommand(argument: _billet_v1_CancelCommandRequest, callback: grpc.requestCallback<_billet_v1_CancelCommandResponse__Output>): grpc.ClientUnaryCall;
  
  GetCommand(argument: _billet_v1_GetCommandRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetCommandResponse__Output>): grpc.ClientUnaryCall;
  GetCommand(argument: _billet_v1_GetCommandRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetCommandResponse__Output>): grpc.ClientUnaryCall;
  GetCommand(argument: _billet_v1_GetCommandRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetCommandResponse__Output>): grpc.ClientUnaryCall;
  GetCommand(argument: _billet_v1_GetCommandRequest, callback: grpc.requestCallback<_billet_v1_GetCommandResponse__Output>): grpc.ClientUnaryCall;
  getCommand(argument: _billet_v1_GetCommandRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetCommandResponse__Output>): grpc.ClientUnaryCall;
  getCommand(argument: _billet_v1_GetCommandRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetCommandResponse__Output>): grpc.ClientUnaryCall;
  getCommand(argument: _billet_v1_GetCommandRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetCommandResponse__Output>): grpc.ClientUnaryCall;
  getCommand(argument: _billet_v1_GetCommandRequest, callback: grpc.requestCallback<_billet_v1_GetCommandResponse__Output>): grpc.ClientUnaryCall;
  
  ListCommands(argument: _billet_v1_ListCommandsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListCommandsResponse__Output>): grpc.ClientUnaryCall;
  ListCommands(argument: _billet_v1_ListCommandsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListCommandsResponse__Output>): grpc.ClientUnaryCall;
  ListCommands(argument: _billet_v1_ListCommandsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListCommandsResponse__Output>): grpc.ClientUnaryCall;
  ListCommands(argument: _billet_v1_ListCommandsRequest, callback: grpc.requestCallback<_billet_v1_ListCommandsResponse__Output>): grpc.ClientUnaryCall;
  listCommands(argument: _billet_v1_ListCommandsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListCommandsResponse__Output>): grpc.ClientUnaryCall;
  listCommands(argument: _billet_v1_ListCommandsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListCommandsResponse__Output>): grpc.ClientUnaryCall;
  listCommands(argument: _billet_v1_ListCommandsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListCommandsResponse__Output>): grpc.ClientUnaryCall;
  listCommands(argument: _billet_v1_ListCommandsRequest, callback: grpc.requestCallback<_billet_v1_ListCommandsResponse__Output>): grpc.ClientUnaryCall;
  
  RunCommand(argument: _billet_v1_RunCommandRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_RunCommandResponse__Output>;
  RunCommand(argument: _billet_v1_RunCommandRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_RunCommandResponse__Output>;
  runCommand(argument: _billet_v1_RunCommandRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_RunCommandResponse__Output>;
  runCommand(argument: _billet_v1_RunCommandRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_RunCommandResponse__Output>;
  
}

export interface CommandServiceHandlers extends grpc.UntypedServiceImplementation {
  CancelCommand: grpc.handleUnaryCall<_billet_v1_CancelCommandRequest__Output, _billet_v1_CancelCommandResponse>;
  
  GetCommand: grpc.handleUnaryCall<_billet_v1_GetCommandRequest__Output, _billet_v1_GetCommandResponse>;
  
  ListCommands: grpc.handleUnaryCall<_billet_v1_ListCommandsRequest__Output, _billet_v1_ListCommandsResponse>;
  
  RunCommand: grpc.handleServerStreamingCall<_billet_v1_RunCommandRequest__Output, _billet_v1_RunCommandResponse>;
  
}

export interface CommandServiceDefinition extends grpc.ServiceDefinition {
  CancelCommand: MethodDefinition<_billet_v1_CancelCommandRequest, _billet_v1_CancelCommandResponse, _billet_v1_CancelCommandRequest__Output, _billet_v1_CancelCommandResponse__Output>
  GetCommand: MethodDefinition<_billet_v1_GetCommandRequest, _billet_v1_GetCommandResponse, _billet_v1_GetCommandRequest__Output, _billet_v1_GetCommandResponse__Output>
  ListCommands: MethodDefinition<_billet_v1_ListCommandsRequest, _billet_v1_ListCommandsResponse, _billet_v1_ListCommandsRequest__Output, _billet_v1_ListCommandsResponse__Output>
  RunCommand: MethodDefinition<_billet_v1_RunCommandRequest, _billet_v1_RunCommandResponse, _billet_v1_RunCommandRequest__Output, _billet_v1_RunCommandResponse__Output>
}
