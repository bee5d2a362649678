import { loadContract, servicesOf } from './contract.ts'
import { agentContract } from './gen/contract.ts'
import type { AgentServiceDefinition } from './gen/types/billet/v1/AgentService.ts'
import type { EnrolmentServiceDefinition } from './gen/types/billet/v1/EnrolmentService.ts'

export type AgentServices = {
  readonly AgentService: AgentServiceDefinition
  readonly EnrolmentService: EnrolmentServiceDefinition
}

/** The services that an agent calls. It runs on the tenants' machines, and loads nothing else of the contract. */
export const agentServices = servicesOf<AgentServices>(loadContract(agentContract), {
  AgentService: 'billet.v1.AgentService',
  EnrolmentService: 'billet.v1.EnrolmentService',
})
