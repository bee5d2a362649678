declare module 'node-nvidia-smi' {
  /** Calls back once, with an Error, with what nvidia-smi wrote to stderr as a string, or with null and its XML. */
  export default function nvidiaSmi(callback: (failure: unknown, data?: unknown) => void): void
}
