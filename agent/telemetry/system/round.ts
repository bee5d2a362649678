import { minutes } from '../../../shared/model/time.ts'

/** How often disks and clock are asked. What wears does so in months. */
export const ROUND = minutes(5)
