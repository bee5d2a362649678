/** Whether a tenant has a machine now, or what the tenant left there is being taken away. */
export function isHeld({ state }: { readonly state: string }): boolean {
  return state === 'allocated' || state === 'sanitising'
}
