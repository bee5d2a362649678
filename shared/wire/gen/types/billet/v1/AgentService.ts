// Original file: proto/billet/v1/agent_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { RenewCertificateRequest as _billet_v1_RenewCertificateRequest, RenewCertificateRequest__Output as _billet_v1_RenewCertificateRequest__Output } from '../../billet/v1/RenewCertificateRequest.ts';
import type { RenewCertificateResponse as _billet_v1_RenewCertificateResponse, RenewCertificateResponse__Output as _billet_v1_RenewCertificateResponse__Output } from '../../billet/v1/RenewCertificateResponse.ts';
import type { SessionRequest as _billet_v1_SessionRequest, SessionRequest__Output as _billet_v1_SessionRequest__Output } from '../../billet/v1/SessionRequest.ts';
import type { SessionResponse as _billet_v1_SessionResponse, SessionResponse__Output as _billet_v1_SessionResponse__Output } from '../../billet/v1/SessionResponse.ts';

export interface AgentServiceClient extends grpc.Client {
  RenewCertificate(argument: _billet_v1_RenewCertificateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RenewCertificateResponse__Output>): grpc.ClientUnaryCall;
  RenewCertificate(argument: _billet_v1_RenewCertificateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_RenewCertificateResponse__Output>): grpc.ClientUnaryCall;
  RenewCertificate(argument: _billet_v1_RenewCertificateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RenewCertificateResponse__Output>): grpc.ClientUnaryCall;
  RenewCertificate(argument: _billet_v1_RenewCertificateRequest, callback: grpc.requestCallback<_billet_v1_RenewCertificateResponse__Output>): grpc.ClientUnaryCall;
  renewCertificate(argument: _billet_v1_RenewCertificateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RenewCertificateResponse__Output>): grpc.ClientUnaryCall;
  renewCertificate(argument: _billet_v1_RenewCertificateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_RenewCertificateResponse__Output>): grpc.ClientUnaryCall;
  renewCertificate(argument: _billet_v1_RenewCertificateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RenewCertificateResponse__Output>): grpc.ClientUnaryCall;
  renewCertificate(argument: _billet_v1_RenewCertificateRequest, callback: grpc.requestCallback<_billet_v1_RenewCertificateResponse__Output>): grpc.ClientUnaryCall;
  
  Session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_billet_v1_SessionRequest, _billet_v1_SessionResponse__Output>;
  Session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_billet_v1_SessionRequest, _billet_v1_SessionResponse__Output>;
  session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_billet_v1_SessionRequest, _billet_v1_SessionResponse__Output>;
  session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_billet_v1_SessionRequest, _billet_v1_SessionResponse__Output>;
  
}

export interface AgentServiceHandlers extends grpc.UntypedServiceImplementation {
  RenewCertificate: grpc.handleUnaryCall<_billet_v1_RenewCertificateRequest__Output, _billet_v1_RenewCertificateResponse>;
  
  Session: grpc.handleBidiStreamingCall<_billet_v1_SessionRequest__Output, _billet_v1_SessionResponse>;
  
}

export interface AgentServiceDefinition extends grpc.ServiceDefinition {
  RenewCertificate: MethodDefinition<_billet_v1_RenewCertificateRequest, _billet_v1_RenewCertificateResponse, _billet_v1_RenewCertificateRequest__Output, _billet_v1_RenewCertificateResponse__Output>
  Session: MethodDefinition<_billet_v1_SessionRequest, _billet_v1_SessionResponse, _billet_v1_SessionRequest__Output, _billet_v1_SessionResponse__Output>
}
