// Original file: proto/billet/v1/token_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateTokenRequest as _billet_v1_CreateTokenRequest, CreateTokenRequest__Output as _billet_v1_CreateTokenRequest__Output } from '../../billet/v1/CreateTokenRequest.ts';
import type { CreateTokenResponse as _billet_v1_CreateTokenResponse, CreateTokenResponse__Output as _billet_v1_CreateTokenResponse__Output } from '../../billet/v1/CreateTokenResponse.ts';
import type { ListTokensRequest as _billet_v1_ListTokensRequest, ListTokensRequest__Output as _billet_v1_ListTokensRequest__Output } from '../../billet/v1/ListTokensRequest.ts';
import type { ListTokensResponse as _billet_v1_ListTokensResponse, ListTokensResponse__Output as _billet_v1_ListTokensResponse__Output } from '../../billet/v1/ListTokensResponse.ts';
import type { RevokeTokenRequest as _billet_v1_RevokeTokenRequest, RevokeTokenRequest__Output as _billet_v1_RevokeTokenRequest__Output } from '../../billet/v1/RevokeTokenRequest.ts';
import type { RevokeTokenResponse as _billet_v1_RevokeTokenResponse, RevokeTokenResponse__Output as _billet_v1_RevokeTokenResponse__Output } from '../../billet/v1/RevokeTokenResponse.ts';

export interface TokenServiceClient extends grpc.Client {
  CreateToken(argument: _billet_v1_CreateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _billet_v1_CreateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _billet_v1_CreateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _billet_v1_CreateTokenRequest, callback: grpc.requestCallback<_billet_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  createToken(argument: _billet_v1_CreateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  createToken(argument: _billet_v1_CreateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  createToken(argument: _billet_v1_CreateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  createToken(argument: _billet_v1_CreateTokenRequest, callback: grpc.requestCallback<_billet_v1_CreateTokenResponse__Output>): grpc.ClientUnaryCall;
  
  ListTokens(argument: _billet_v1_ListTokensRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  ListTokens(argument: _billet_v1_ListTokensRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  ListTokens(argument: _billet_v1_ListTokensRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  ListTokens(argument: _billet_v1_ListTokensRequest, callback: grpc.requestCallback<_billet_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  listTokens(argument: _billet_v1_ListTokensRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  listTokens(argument: _billet_v1_ListTokensRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  listTokens(argument: _billet_v1_ListTokensRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  listTokens(argument: _billet_v1_ListTokensRequest, callback: grpc.requestCallback<_billet_v1_ListTokensResponse__Output>): grpc.ClientUnaryCall;
  
  RevokeToken(argument: _billet_v1_RevokeTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  RevokeToken(argument: _billet_v1_RevokeTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  RevokeToken(argument: _billet_v1_RevokeTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  RevokeToken(argument: _billet_v1_RevokeTokenRequest, callback: grpc.requestCallback<_billet_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  revokeToken(argument: _billet_v1_RevokeTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  revokeToken(argument: _billet_v1_RevokeTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  revokeToken(argument: _billet_v1_RevokeTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  revokeToken(argument: _billet_v1_RevokeTokenRequest, callback: grpc.requestCallback<_billet_v1_RevokeTokenResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface TokenServiceHandlers extends grpc.UntypedServiceImplementation {
  CreateToken: grpc.handleUnaryCall<_billet_v1_CreateTokenRequest__Output, _billet_v1_CreateTokenResponse>;
  
  ListTokens: grpc.handleUnaryCall<_billet_v1_ListTokensRequest__Output, _billet_v1_ListTokensResponse>;
  
  RevokeToken: grpc.handleUnaryCall<_billet_v1_RevokeTokenRequest__Output, _billet_v1_RevokeTokenResponse>;
  
}

export interface TokenServiceDefinition extends grpc.ServiceDefinition {
  CreateToken: MethodDefinition<_billet_v1_CreateTokenRequest, _billet_v1_CreateTokenResponse, _billet_v1_CreateTokenRequest__Output, _billet_v1_CreateTokenResponse__Output>
  ListTokens: MethodDefinition<_billet_v1_ListTokensRequest, _billet_v1_ListTokensResponse, _billet_v1_ListTokensRequest__Output, _billet_v1_ListTokensResponse__Output>
  RevokeToken: MethodDefinition<_billet_v1_RevokeTokenRequest, _billet_v1_RevokeTokenResponse, _billet_v1_RevokeTokenRequest__Output, _billet_v1_RevokeTokenResponse__Output>
}
