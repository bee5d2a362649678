import { loadContract, messageOf } from './contract.ts'
import { errorContract } from './gen/contract.ts'
import type { BadRequest, BadRequest__Output } from './gen/types/google/rpc/BadRequest.ts'
import type { ErrorInfo, ErrorInfo__Output } from './gen/types/google/rpc/ErrorInfo.ts'
import type { RetryInfo, RetryInfo__Output } from './gen/types/google/rpc/RetryInfo.ts'
import type { Status, Status__Output } from './gen/types/google/rpc/Status.ts'

const definition = loadContract(errorContract)

/** The messages of google.rpc that errors carry. */
export const errorMessages = {
  status: messageOf<Status, Status__Output>(definition, 'google.rpc.Status'),
  errorInfo: messageOf<ErrorInfo, ErrorInfo__Output>(definition, 'google.rpc.ErrorInfo'),
  badRequest: messageOf<BadRequest, BadRequest__Output>(definition, 'google.rpc.BadRequest'),
  retryInfo: messageOf<RetryInfo, RetryInfo__Output>(definition, 'google.rpc.RetryInfo'),
} as const
