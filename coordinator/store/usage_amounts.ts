import * as v from 'valibot'

const amount = v.pipe(v.number(), v.minValue(0))

/** Of a record of usage: all that is summed up. */
export const usageAmounts = { machineSeconds: amount, gpuSeconds: amount, joules: amount, meteredSeconds: amount }
