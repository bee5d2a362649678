// Original file: proto/billet/v1/machine_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AcceptHardwareRequest as _billet_v1_AcceptHardwareRequest, AcceptHardwareRequest__Output as _billet_v1_AcceptHardwareRequest__Output } from '../../billet/v1/AcceptHardwareRequest.ts';
import type { AcceptHardwareResponse as _billet_v1_AcceptHardwareResponse, AcceptHardwareResponse__Output as _billet_v1_AcceptHardwareResponse__Output } from '../../billet/v1/AcceptHardwareResponse.ts';
import type { ApproveMachineRequest as _billet_v1_ApproveMachineRequest, ApproveMachineRequest__Output as _billet_v1_ApproveMachineRequest__Output } from '../../billet/v1/ApproveMachineRequest.ts';
import type { ApproveMachineResponse as _billet_v1_ApproveMachineResponse, ApproveMachineResponse__Output as _billet_v1_ApproveMachineResponse__Output } from '../../billet/v1/ApproveMachineResponse.ts';
import type { CheckMachineRequest as _billet_v1_CheckMachineRequest, CheckMachineRequest__Output as _billet_v1_CheckMachineRequest__Output } from '../../billet/v1/CheckMachineRequest.ts';
import type { CheckMachineResponse as _billet_v1_CheckMachineResponse, CheckMachineResponse__Output as _billet_v1_CheckMachineResponse__Output } from '../../billet/v1/CheckMachineResponse.ts';
import type { CordonMachineRequest as _billet_v1_CordonMachineRequest, CordonMachineRequest__Output as _billet_v1_CordonMachineRequest__Output } from '../../billet/v1/CordonMachineRequest.ts';
import type { CordonMachineResponse as _billet_v1_CordonMachineResponse, CordonMachineResponse__Output as _billet_v1_CordonMachineResponse__Output } from '../../billet/v1/CordonMachineResponse.ts';
import type { DrainMachineRequest as _billet_v1_DrainMachineRequest, DrainMachineRequest__Output as _billet_v1_DrainMachineRequest__Output } from '../../billet/v1/DrainMachineRequest.ts';
import type { DrainMachineResponse as _billet_v1_DrainMachineResponse, DrainMachineResponse__Output as _billet_v1_DrainMachineResponse__Output } from '../../billet/v1/DrainMachineResponse.ts';
import type { GetMachineRequest as _billet_v1_GetMachineRequest, GetMachineRequest__Output as _billet_v1_GetMachineRequest__Output } from '../../billet/v1/GetMachineRequest.ts';
import type { GetMachineResponse as _billet_v1_GetMachineResponse, GetMachineResponse__Output as _billet_v1_GetMachineResponse__Output } from '../../billet/v1/GetMachineResponse.ts';
import type { LabelMachineRequest as _billet_v1_LabelMachineRequest, LabelMachineRequest__Output as _billet_v1_LabelMachineRequest__Output } from '../../billet/v1/LabelMachineRequest.ts';
import type { LabelMachineResponse as _billet_v1_LabelMachineResponse, LabelMachineResponse__Output as _billet_v1_LabelMachineResponse__Output } from '../../billet/v1/LabelMachineResponse.ts';
import type { ListCertificatesRequest as _billet_v1_ListCertificatesRequest, ListCertificatesRequest__Output as _billet_v1_ListCertificatesRequest__Output } from '../../billet/v1/ListCertificatesRequest.ts';
import type { ListCertificatesResponse as _billet_v1_ListCertificatesResponse, ListCertificatesResponse__Output as _billet_v1_ListCertificatesResponse__Output } from '../../billet/v1/ListCertificatesResponse.ts';
import type { ListCheckResultsRequest as _billet_v1_ListCheckResultsRequest, ListCheckResultsRequest__Output as _billet_v1_ListCheckResultsRequest__Output } from '../../billet/v1/ListCheckResultsRequest.ts';
import type { ListCheckResultsResponse as _billet_v1_ListCheckResultsResponse, ListCheckResultsResponse__Output as _billet_v1_ListCheckResultsResponse__Output } from '../../billet/v1/ListCheckResultsResponse.ts';
import type { ListKernelEventsRequest as _billet_v1_ListKernelEventsRequest, ListKernelEventsRequest__Output as _billet_v1_ListKernelEventsRequest__Output } from '../../billet/v1/ListKernelEventsRequest.ts';
import type { ListKernelEventsResponse as _billet_v1_ListKernelEventsResponse, ListKernelEventsResponse__Output as _billet_v1_ListKernelEventsResponse__Output } from '../../billet/v1/ListKernelEventsResponse.ts';
import type { ListMachinesRequest as _billet_v1_ListMachinesRequest, ListMachinesRequest__Output as _billet_v1_ListMachinesRequest__Output } from '../../billet/v1/ListMachinesRequest.ts';
import type { ListMachinesResponse as _billet_v1_ListMachinesResponse, ListMachinesResponse__Output as _billet_v1_ListMachinesResponse__Output } from '../../billet/v1/ListMachinesResponse.ts';
import type { QuarantineMachineRequest as _billet_v1_QuarantineMachineRequest, QuarantineMachineRequest__Output as _billet_v1_QuarantineMachineRequest__Output } from '../../billet/v1/QuarantineMachineRequest.ts';
import type { QuarantineMachineResponse as _billet_v1_QuarantineMachineResponse, QuarantineMachineResponse__Output as _billet_v1_QuarantineMachineResponse__Output } from '../../billet/v1/QuarantineMachineResponse.ts';
import type { RetireMachineRequest as _billet_v1_RetireMachineRequest, RetireMachineRequest__Output as _billet_v1_RetireMachineRequest__Output } from '../../billet/v1/RetireMachineRequest.ts';
import type { RetireMachineResponse as _billet_v1_RetireMachineResponse, RetireMachineResponse__Output as _billet_v1_RetireMachineResponse__Output } from '../../billet/v1/RetireMachineResponse.ts';
import type { RevalidateMachineRequest as _billet_v1_RevalidateMachineRequest, RevalidateMachineRequest__Output as _billet_v1_RevalidateMachineRequest__Output } from '../../billet/v1/RevalidateMachineRequest.ts';
import type { RevalidateMachineResponse as _billet_v1_RevalidateMachineResponse, RevalidateMachineResponse__Output as _billet_v1_RevalidateMachineResponse__Output } from '../../billet/v1/RevalidateMachineResponse.ts';
import type { UncordonMachineRequest as _billet_v1_UncordonMachineRequest, UncordonMachineRequest__Output as _billet_v1_UncordonMachineRequest__Output } from '../../billet/v1/UncordonMachineRequest.ts';
import type { UncordonMachineResponse as _billet_v1_UncordonMachineResponse, UncordonMachineResponse__Output as _billet_v1_UncordonMachineResponse__Output } from '../../billet/v1/UncordonMachineResponse.ts';
import type { WatchMachinesRequest as _billet_v1_WatchMachinesRequest, WatchMachinesRequest__Output as _billet_v1_WatchMachinesRequest__Output } from '../../billet/v1/WatchMachinesRequest.ts';
import type { WatchMachinesResponse as _billet_v1_WatchMachinesResponse, WatchMachinesResponse__Output as _billet_v1_WatchMachinesResponse__Output } from '../../billet/v1/WatchMachinesResponse.ts';

export interface MachineServiceClient extends grpc.Client {
  AcceptHardware(argument: _billet_v1_AcceptHardwareRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_AcceptHardwareResponse__Output>): grpc.ClientUnaryCall;
  AcceptHardware(argument: _billet_v1_AcceptHardwareRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_AcceptHardwareResponse__Output>): grpc.ClientUnaryCall;
  AcceptHardware(argument: _billet_v1_AcceptHardwareRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_AcceptHardwareResponse__Output>): grpc.ClientUnaryCall;
  AcceptHardware(argument: _billet_v1_AcceptHardwareRequest, callback: grpc.requestCallback<_billet_v1_AcceptHardwareResponse__Output>): grpc.ClientUnaryCall;
  acceptHardware(argument: _billet_v1_AcceptHardwareRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_AcceptHardwareResponse__Output>): grpc.ClientUnaryCall;
  acceptHardware(argument: _billet_v1_AcceptHardwareRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_AcceptHardwareResponse__Output>): grpc.ClientUnaryCall;
  acceptHardware(argument: _billet_v1_AcceptHardwareRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_AcceptHardwareResponse__Output>): grpc.ClientUnaryCall;
  acceptHardware(argument: _billet_v1_AcceptHardwareRequest, callback: grpc.requestCallback<_billet_v1_AcceptHardwareResponse__Output>): grpc.ClientUnaryCall;
  
  ApproveMachine(argument: _billet_v1_ApproveMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ApproveMachineResponse__Output>): grpc.ClientUnaryCall;
  ApproveMachine(argument: _billet_v1_ApproveMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ApproveMachineResponse__Output>): grpc.ClientUnaryCall;
  ApproveMachine(argument: _billet_v1_ApproveMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ApproveMachineResponse__Output>): grpc.ClientUnaryCall;
  ApproveMachine(argument: _billet_v1_ApproveMachineRequest, callback: grpc.requestCallback<_billet_v1_ApproveMachineResponse__Output>): grpc.ClientUnaryCall;
  approveMachine(argument: _billet_v1_ApproveMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ApproveMachineResponse__Output>): grpc.ClientUnaryCall;
  approveMachine(argument: _billet_v1_ApproveMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ApproveMachineResponse__Output>): grpc.ClientUnaryCall;
  approveMachine(argument: _billet_v1_ApproveMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ApproveMachineResponse__Output>): grpc.ClientUnaryCall;
  approveMachine(argument: _billet_v1_ApproveMachineRequest, callback: grpc.requestCallback<_billet_v1_ApproveMachineResponse__Output>): grpc.ClientUnaryCall;
  
  CheckMachine(argument: _billet_v1_CheckMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CheckMachineResponse__Output>): grpc.ClientUnaryCall;
  CheckMachine(argument: _billet_v1_CheckMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CheckMachineResponse__Output>): grpc.ClientUnaryCall;
  CheckMachine(argument: _billet_v1_CheckMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CheckMachineResponse__Output>): grpc.ClientUnaryCall;
  CheckMachine(argument: _billet_v1_CheckMachineRequest, callback: grpc.requestCallback<_billet_v1_CheckMachineResponse__Output>): grpc.ClientUnaryCall;
  checkMachine(argument: _billet_v1_CheckMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CheckMachineResponse__Output>): grpc.ClientUnaryCall;
  checkMachine(argument: _billet_v1_CheckMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CheckMachineResponse__Output>): grpc.ClientUnaryCall;
  checkMachine(argument: _billet_v1_CheckMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CheckMachineResponse__Output>): grpc.ClientUnaryCall;
  checkMachine(argument: _billet_v1_CheckMachineRequest, callback: grpc.requestCallback<_billet_v1_CheckMachineResponse__Output>): grpc.ClientUnaryCall;
  
  CordonMachine(argument: _billet_v1_CordonMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CordonMachineResponse__Output>): grpc.ClientUnaryCall;
  CordonMachine(argument: _billet_v1_CordonMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CordonMachineResponse__Output>): grpc.ClientUnaryCall;
  CordonMachine(argument: _billet_v1_CordonMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CordonMachineResponse__Output>): grpc.ClientUnaryCall;
  CordonMachine(argument: _billet_v1_CordonMachineRequest, callback: grpc.requestCallback<_billet_v1_CordonMachineResponse__Output>): grpc.ClientUnaryCall;
  cordonMachine(argument: _billet_v1_CordonMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CordonMachineResponse__Output>): grpc.ClientUnaryCall;
  cordonMachine(argument: _billet_v1_CordonMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_CordonMachineResponse__Output>): grpc.ClientUnaryCall;
  cordonMachine(argument: _billet_v1_CordonMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_CordonMachineResponse__Output>): grpc.ClientUnaryCall;
  cordonMachine(argument: _billet_v1_CordonMachineRequest, callback: grpc.requestCallback<_billet_v1_CordonMachineResponse__Output>): grpc.ClientUnaryCall;
  
  DrainMachine(argument: _billet_v1_DrainMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DrainMachineResponse__Output>): grpc.ClientUnaryCall;
  DrainMachine(argument: _billet_v1_DrainMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_DrainMachineResponse__Output>): grpc.ClientUnaryCall;
  DrainMachine(argument: _billet_v1_DrainMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DrainMachineResponse__Output>): grpc.ClientUnaryCall;
  DrainMachine(argument: _billet_v1_DrainMachineRequest, callback: grpc.requestCallback<_billet_v1_DrainMachineResponse__Output>): grpc.ClientUnaryCall;
  drainMachine(argument: _billet_v1_DrainMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DrainMachineResponse__Output>): grpc.ClientUnaryCall;
  drainMachine(argument: _billet_v1_DrainMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_DrainMachineResponse__Output>): grpc.ClientUnaryCall;
  drainMachine(argument: _billet_v1_DrainMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_DrainMachineResponse__Output>): grpc.ClientUnaryCall;
  drainMachine(argument: _billet_v1_DrainMachineRequest, callback: grpc.requestCallback<_billet_v1_DrainMachineResponse__Output>): grpc.ClientUnaryCall;
  
  GetMachine(argument: _billet_v1_GetMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  GetMachine(argument: _billet_v1_GetMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  GetMachine(argument: _billet_v1_GetMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  GetMachine(argument: _billet_v1_GetMachineRequest, callback: grpc.requestCallback<_billet_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  getMachine(argument: _billet_v1_GetMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  getMachine(argument: _billet_v1_GetMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  getMachine(argument: _billet_v1_GetMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  getMachine(argument: _billet_v1_GetMachineRequest, callback: grpc.requestCallback<_billet_v1_GetMachineResponse__Output>): grpc.ClientUnaryCall;
  
  LabelMachine(argument: _billet_v1_LabelMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_LabelMachineResponse__Output>): grpc.ClientUnaryCall;
  LabelMachine(argument: _billet_v1_LabelMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_LabelMachineResponse__Output>): grpc.ClientUnaryCall;
  LabelMachine(argument: _billet_v1_LabelMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_LabelMachineResponse__Output>): grpc.ClientUnaryCall;
  LabelMachine(argument: _billet_v1_LabelMachineRequest, callback: grpc.requestCallback<_billet_v1_LabelMachineResponse__Output>): grpc.ClientUnaryCall;
  labelMachine(argument: _billet_v1_LabelMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_LabelMachineResponse__Output>): grpc.ClientUnaryCall;
  labelMachine(argument: _billet_v1_LabelMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_LabelMachineResponse__Output>): grpc.ClientUnaryCall;
  labelMachine(argument: _billet_v1_LabelMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_LabelMachineResponse__Output>): grpc.ClientUnaryCall;
  labelMachine(argument: _billet_v1_LabelMachineRequest, callback: grpc.requestCallback<_billet_v1_LabelMachineResponse__Output>): grpc.ClientUnaryCall;
  
  ListCertificates(argument: _billet_v1_ListCertificatesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListCertificatesResponse__Output>): grpc.ClientUnaryCall;
  ListCertificates(argument: _billet_v1_ListCertificatesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListCertificatesResponse__Output>): grpc.ClientUnaryCall;
  ListCertificates(argument: _billet_v1_ListCertificatesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListCertificatesResponse__Output>): grpc.ClientUnaryCall;
  ListCertificates(argument: _billet_v1_ListCertificatesRequest, callback: grpc.requestCallback<_billet_v1_ListCertificatesResponse__Output>): grpc.ClientUnaryCall;
  listCertificates(argument: _billet_v1_ListCertificatesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListCertificatesResponse__Output>): grpc.ClientUnaryCall;
  listCertificates(argument: _billet_v1_ListCertificatesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListCertificatesResponse__Output>): grpc.ClientUnaryCall;
  listCertificates(argument: _billet_v1_ListCertificatesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListCertificatesResponse__Output>): grpc.ClientUnaryCall;
  listCertificates(argument: _billet_v1_ListCertificatesRequest, callback: grpc.requestCallback<_billet_v1_ListCertificatesResponse__Output>): grpc.ClientUnaryCall;
  
  ListCheckResults(argument: _billet_v1_ListCheckResultsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListCheckResultsResponse__Output>): grpc.ClientUnaryCall;
  ListCheckResults(argument: _billet_v1_ListCheckResultsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListCheckResultsResponse__Output>): grpc.ClientUnaryCall;
  ListCheckResults(argument: _billet_v1_ListCheckResultsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListCheckResultsResponse__Output>): grpc.ClientUnaryCall;
  ListCheckResults(argument: _billet_v1_ListCheckResultsRequest, callback: grpc.requestCallback<_billet_v1_ListCheckResultsResponse__Output>): grpc.ClientUnaryCall;
  listCheckResults(argument: _billet_v1_ListCheckResultsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListCheckResultsResponse__Output>): grpc.ClientUnaryCall;
  listCheckResults(argument: _billet_v1_ListCheckResultsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListCheckResultsResponse__Output>): grpc.ClientUnaryCall;
  listCheckResults(argument: _billet_v1_ListCheckResultsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListCheckResultsResponse__Output>): grpc.ClientUnaryCall;
  listCheckResults(argument: _billet_v1_ListCheckResultsRequest, callback: grpc.requestCallback<_billet_v1_ListCheckResultsResponse__Output>): grpc.ClientUnaryCall;
  
  ListKernelEvents(argument: _billet_v1_ListKernelEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListKernelEventsResponse__Output>): grpc.ClientUnaryCall;
  ListKernelEvents(argument: _billet_v1_ListKernelEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListKernelEventsResponse__Output>): grpc.ClientUnaryCall;
  ListKernelEvents(argument: _billet_v1_ListKernelEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListKernelEventsResponse__Output>): grpc.ClientUnaryCall;
  ListKernelEvents(argument: _billet_v1_ListKernelEventsRequest, callback: grpc.requestCallback<_billet_v1_ListKernelEventsResponse__Output>): grpc.ClientUnaryCall;
  listKernelEvents(argument: _billet_v1_ListKernelEventsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListKernelEventsResponse__Output>): grpc.ClientUnaryCall;
  listKernelEvents(argument: _billet_v1_ListKernelEventsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListKernelEventsResponse__Output>): grpc.ClientUnaryCall;
  listKernelEvents(argument: _billet_v1_ListKernelEventsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListKernelEventsResponse__Output>): grpc.ClientUnaryCall;
  listKernelEvents(argument: _billet_v1_ListKernelEventsRequest, callback: grpc.requestCallback<_billet_v1_ListKernelEventsResponse__Output>): grpc.ClientUnaryCall;
  
  ListMachines(argument: _billet_v1_ListMachinesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListMachinesResponse__Output>): grpc.ClientUnaryCall;
  ListMachines(argument: _billet_v1_ListMachinesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListMachinesResponse__Output>): grpc.ClientUnaryCall;
  ListMachines(argument: _billet_v1_ListMachinesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListMachinesResponse__Output>): grpc.ClientUnaryCall;
  ListMachines(argument: _billet_v1_ListMachinesRequest, callback: grpc.requestCallback<_billet_v1_ListMachinesResponse__Output>): grpc.ClientUnaryCall;
  listMachines(argument: _billet_v1_ListMachinesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListMachinesResponse__Output>): grpc.ClientUnaryCall;
  listMachines(argument: _billet_v1_ListMachinesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_ListMachinesResponse__Output>): grpc.ClientUnaryCall;
  listMachines(argument: _billet_v1_ListMachinesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_ListMachinesResponse__Output>): grpc.ClientUnaryCall;
  listMachines(argument: _billet_v1_ListMachinesRequest, callback: grpc.requestCallback<_billet_v1_ListMachinesResponse__Output>): grpc.ClientUnaryCall;
  
  QuarantineMachine(argument: _billet_v1_QuarantineMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_QuarantineMachineResponse__Output>): grpc.ClientUnaryCall;
  QuarantineMachine(argument: _billet_v1_QuarantineMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_QuarantineMachineResponse__Output>): grpc.ClientUnaryCall;
  QuarantineMachine(argument: _billet_v1_QuarantineMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_QuarantineMachineResponse__Output>): grpc.ClientUnaryCall;
  QuarantineMachine(argument: _billet_v1_QuarantineMachineRequest, callback: grpc.requestCallback<_billet_v1_QuarantineMachineResponse__Output>): grpc.ClientUnaryCall;
  quarantineMachine(argument: _billet_v1_QuarantineMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_QuarantineMachineResponse__Output>): grpc.ClientUnaryCall;
  quarantineMachine(argument: _billet_v1_QuarantineMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_QuarantineMachineResponse__Output>): grpc.ClientUnaryCall;
  quarantineMachine(argument: _billet_v1_QuarantineMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_QuarantineMachineResponse__Output>): grpc.ClientUnaryCall;
  quarantineMachine(argument: _billet_v1_QuarantineMachineRequest, callback: grpc.requestCallback<_billet_v1_QuarantineMachineResponse__Output>): grpc.ClientUnaryCall;
  
  RetireMachine(argument: _billet_v1_RetireMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RetireMachineResponse__Output>): grpc.ClientUnaryCall;
  RetireMachine(argument: _billet_v1_RetireMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_RetireMachineResponse__Output>): grpc.ClientUnaryCall;
  RetireMachine(argument: _billet_v1_RetireMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RetireMachineResponse__Output>): grpc.ClientUnaryCall;
  RetireMachine(argument: _billet_v1_RetireMachineRequest, callback: grpc.requestCallback<_billet_v1_RetireMachineResponse__Output>): grpc.ClientUnaryCall;
  retireMachine(argument: _billet_v1_RetireMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RetireMachineResponse__Output>): grpc.ClientUnaryCall;
  retireMachine(argument: _billet_v1_RetireMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_RetireMachineResponse__Output>): grpc.ClientUnaryCall;
  retireMachine(argument: _billet_v1_RetireMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RetireMachineResponse__Output>): grpc.ClientUnaryCall;
  retireMachine(argument: _billet_v1_RetireMachineRequest, callback: grpc.requestCallback<_billet_v1_RetireMachineResponse__Output>): grpc.ClientUnaryCall;
  
  RevalidateMachine(argument: _billet_v1_RevalidateMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RevalidateMachineResponse__Output>): grpc.ClientUnaryCall;
  RevalidateMachine(argument: _billet_v1_RevalidateMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_RevalidateMachineResponse__Output>): grpc.ClientUnaryCall;
  RevalidateMachine(argument: _billet_v1_RevalidateMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RevalidateMachineResponse__Output>): grpc.ClientUnaryCall;
  RevalidateMachine(argument: _billet_v1_RevalidateMachineRequest, callback: grpc.requestCallback<_billet_v1_RevalidateMachineResponse__Output>): grpc.ClientUnaryCall;
  revalidateMachine(argument: _billet_v1_RevalidateMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RevalidateMachineResponse__Output>): grpc.ClientUnaryCall;
  revalidateMachine(argument: _billet_v1_RevalidateMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_RevalidateMachineResponse__Output>): grpc.ClientUnaryCall;
  revalidateMachine(argument: _billet_v1_RevalidateMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_RevalidateMachineResponse__Output>): grpc.ClientUnaryCall;
  revalidateMachine(argument: _billet_v1_RevalidateMachineRequest, callback: grpc.requestCallback<_billet_v1_RevalidateMachineResponse__Output>): grpc.ClientUnaryCall;
  
  UncordonMachine(argument: _billet_v1_UncordonMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_UncordonMachineResponse__Output>): grpc.ClientUnaryCall;
  UncordonMachine(argument: _billet_v1_UncordonMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_UncordonMachineResponse__Output>): grpc.ClientUnaryCall;
  UncordonMachine(argument: _billet_v1_UncordonMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_UncordonMachineResponse__Output>): grpc.ClientUnaryCall;
  UncordonMachine(argument: _billet_v1_UncordonMachineRequest, callback: grpc.requestCallback<_billet_v1_UncordonMachineResponse__Output>): grpc.ClientUnaryCall;
  uncordonMachine(argument: _billet_v1_UncordonMachineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_UncordonMachineResponse__Output>): grpc.ClientUnaryCall;
  uncordonMachine(argument: _billet_v1_UncordonMachineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_billet_v1_UncordonMachineResponse__Output>): grpc.ClientUnaryCall;
  uncordonMachine(argument: _billet_v1_UncordonMachineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_billet_v1_UncordonMachineResponse__Output>): grpc.ClientUnaryCall;
  uncordonMachine(argument: _billet_v1_UncordonMachineRequest, callback: grpc.requestCallback<_billet_v1_UncordonMachineResponse__Output>): grpc.ClientUnaryCall;
  
  WatchMachines(argument: _billet_v1_WatchMachinesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchMachinesResponse__Output>;
  WatchMachines(argument: _billet_v1_WatchMachinesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchMachinesResponse__Output>;
  watchMachines(argument: _billet_v1_WatchMachinesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchMachinesResponse__Output>;
  watchMachines(argument: _billet_v1_WatchMachinesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_billet_v1_WatchMachinesResponse__Output>;
  
}

export interface MachineServiceHandlers extends grpc.UntypedServiceImplementation {
  AcceptHardware: grpc.handleUnaryCall<_billet_v1_AcceptHardwareRequest__Output, _billet_v1_AcceptHardwareResponse>;
  
  ApproveMachine: grpc.handleUnaryCall<_billet_v1_ApproveMachineRequest__Output, _billet_v1_ApproveMachineResponse>;
  
  CheckMachine: grpc.handleUnaryCall<_billet_v1_CheckMachineRequest__Output, _billet_v1_CheckMachineResponse>;
  
  CordonMachine: grpc.handleUnaryCall<_billet_v1_CordonMachineRequest__Output, _billet_v1_CordonMachineResponse>;
  
  DrainMachine: grpc.handleUnaryCall<_billet_v1_DrainMachineRequest__Output, _billet_v1_DrainMachineResponse>;
  
  GetMachine: grpc.handleUnaryCall<_billet_v1_GetMachineRequest__Output, _billet_v1_GetMachineResponse>;
  
  LabelMachine: grpc.handleUnaryCall<_billet_v1_LabelMachineRequest__Output, _billet_v1_LabelMachineResponse>;
  
  ListCertificates: grpc.handleUnaryCall<_billet_v1_ListCertificatesRequest__Output, _billet_v1_ListCertificatesResponse>;
  
  ListCheckResults: grpc.handleUnaryCall<_billet_v1_ListCheckResultsRequest__Output, _billet_v1_ListCheckResultsResponse>;
  
  ListKernelEvents: grpc.handleUnaryCall<_billet_v1_ListKernelEventsRequest__Output, _billet_v1_ListKernelEventsResponse>;
  
  ListMachines: grpc.handleUnaryCall<_billet_v1_ListMachinesRequest__Output, _billet_v1_ListMachinesResponse>;
  
  QuarantineMachine: grpc.handleUnaryCall<_billet_v1_QuarantineMachineRequest__Output, _billet_v1_QuarantineMachineResponse>;
  
  RetireMachine: grpc.handleUnaryCall<_billet_v1_RetireMachineRequest__Output, _billet_v1_RetireMachineResponse>;
  
  RevalidateMachine: grpc.handleUnaryCall<_billet_v1_RevalidateMachineRequest__Output, _billet_v1_RevalidateMachineResponse>;
  
  UncordonMachine: grpc.handleUnaryCall<_billet_v1_UncordonMachineRequest__Output, _billet_v1_UncordonMachineResponse>;
  
  WatchMachines: grpc.handleServerStreamingCall<_billet_v1_WatchMachinesRequest__Output, _billet_v1_WatchMachinesResponse>;
  
}

export interface MachineServiceDefinition extends grpc.ServiceDefinition {
  AcceptHardware: MethodDefinition<_billet_v1_AcceptHardwareRequest, _billet_v1_AcceptHardwareResponse, _billet_v1_AcceptHardwareRequest__Output, _billet_v1_AcceptHardwareResponse__Output>
  ApproveMachine: MethodDefinition<_billet_v1_ApproveMachineRequest, _billet_v1_ApproveMachineResponse, _billet_v1_ApproveMachineRequest__Output, _billet_v1_ApproveMachineResponse__Output>
  CheckMachine: MethodDefinition<_billet_v1_CheckMachineRequest, _billet_v1_CheckMachineResponse, _billet_v1_CheckMachineRequest__Output, _billet_v1_CheckMachineResponse__Output>
  CordonMachine: MethodDefinition<_billet_v1_CordonMachineRequest, _billet_v1_CordonMachineResponse, _billet_v1_CordonMachineRequest__Output, _billet_v1_CordonMachineResponse__Output>
  DrainMachine: MethodDefinition<_billet_v1_DrainMachineRequest, _billet_v1_DrainMachineResponse, _billet_v1_DrainMachineRequest__Output, _billet_v1_DrainMachineResponse__Output>
  GetMachine: MethodDefinition<_billet_v1_GetMachineRequest, _billet_v1_GetMachineResponse, _billet_v1_GetMachineRequest__Output, _billet_v1_GetMachineResponse__Output>
  LabelMachine: MethodDefinition<_billet_v1_LabelMachineRequest, _billet_v1_LabelMachineResponse, _billet_v1_LabelMachineRequest__Output, _billet_v1_LabelMachineResponse__Output>
  ListCertificates: MethodDefinition<_billet_v1_ListCertificatesRequest, _billet_v1_ListCertificatesResponse, _billet_v1_ListCertificatesRequest__Output, _billet_v1_ListCertificatesResponse__Output>
  ListCheckResults: MethodDefinition<_billet_v1_ListCheckResultsRequest, _billet_v1_ListCheckResultsResponse, _billet_v1_ListCheckResultsRequest__Output, _billet_v1_ListCheckResultsResponse__Output>
  ListKernelEvents: MethodDefinition<_billet_v1_ListKernelEventsRequest, _billet_v1_ListKernelEventsResponse, _billet_v1_ListKernelEventsRequest__Output, _billet_v1_ListKernelEventsResponse__Output>
  ListMachines: MethodDefinition<_billet_v1_ListMachinesRequest, _billet_v1_ListMachinesResponse, _billet_v1_ListMachinesRequest__Output, _billet_v1_ListMachinesResponse__Output>
  QuarantineMachine: MethodDefinition<_billet_v1_QuarantineMachineRequest, _billet_v1_QuarantineMachineResponse, _billet_v1_QuarantineMachineRequest__Output, _billet_v1_QuarantineMachineResponse__Output>
  RetireMachine: MethodDefinition<_billet_v1_RetireMachineRequest, _billet_v1_RetireMachineResponse, _billet_v1_RetireMachineRequest__Output, _billet_v1_RetireMachineResponse__Output>
  RevalidateMachine: MethodDefinition<_billet_v1_RevalidateMachineRequest, _billet_v1_RevalidateMachineResponse, _billet_v1_RevalidateMachineRequest__Output, _billet_v1_RevalidateMachineResponse__Output>
  UncordonMachine: MethodDefinition<_billet_v1_UncordonMachineRequest, _billet_v1_UncordonMachineResponse, _billet_v1_UncordonMachineRequest__Output, _billet_v1_UncordonMachineResponse__Output>
  WatchMachines: MethodDefinition<_billet_v1_WatchMachinesRequest, _billet_v1_WatchMachinesResponse, _billet_v1_WatchMachinesRequest__Output, _billet_v1_WatchMachinesResponse__Output>
}
