import test from 'ava'
import * as fc from 'fast-check'
import { type EnumTable, decode, enumWord } from '../../shared/wire/check.ts'
import * as tables from '../../shared/wire/enums.ts'
import { contract } from '../../shared/wire/gen/contract.ts'
import { must } from '../fixtures.ts'

/** Every table of words with the enumeration of the contract that it stands for. */
const TABLES: Readonly<Record<string, EnumTable<string>>> = {
  RunState: tables.runStates,
  RunGoal: tables.runGoals,
  TaskFault: tables.taskFaults,
  TaskOutcomeKind: tables.outcomeKinds,
  Severity: tables.severities,
  PlacementPhase: tables.placementPhaseNumbers,
  WorkloadState: tables.workloadStates,
  MachineState: tables.machineStates,
  Connection: tables.connections,
  CommandState: tables.commandStates,
  OutputStream: tables.outputStreams,
  MetricKind: tables.metricKinds,
  OnLost: tables.onLosts,
  RolloutState: tables.rolloutStates,
  ReservationRecurrence: tables.recurrences,
  RegistrationState: tables.registrationStates,
  ReservationState: tables.reservationStates,
  RestartWhen: tables.restartWhens,
  RestartScope: tables.restartScopes,
  OverTime: tables.overTimes,
  Combine: tables.combinations,
  DependencyCondition: tables.dependencyConditions,
  HealthAction: tables.healthActionNumbers,
  HealthMeasure: tables.healthMeasureNumbers,
  CheckOutput: tables.checkOutputNumbers,
  CheckOutcome: tables.checkOutcomes,
  CheckVerdict: tables.checkVerdicts,
  PowerState: tables.powerStates,
  PowerAction: tables.powerActions,
  NextBoot: tables.nextBoots,
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

const child = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((now, name) => fields(fields(now)['nested'])[name], value)

const snake = (name: string): string => name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toUpperCase()

/** The enumerations of the contract itself, and not of what was generated from it. */
const enumerations = new Map(
  Object.entries(fields(fields(child(JSON.parse(contract), 'billet', 'v1'))['nested'])).flatMap(([name, type]) => {
    const { values } = fields(type)
    return values === undefined ? [] : [[name, fields(values)] as const]
  }),
)

test('every enumeration of the contract has a table, and every table an enumeration', (t) => {
  t.deepEqual([...enumerations.keys()].toSorted(), Object.keys(TABLES).toSorted())
})

test('tables and enumerations have the same words with the same numbers, and nothing stands for none', (t) => {
  for (const [name, values] of enumerations) {
    const words = Object.entries(TABLES[name] ?? {}).map(([word, number]) => [
      `${snake(name)}_${word.toUpperCase()}`,
      number,
    ])
    t.deepEqual(Object.fromEntries([[`${snake(name)}_UNSPECIFIED`, 0], ...words]), values, name)
  }
})

test('each number is read as its word, and every other is refused with the words there are', (t) => {
  for (const [name, table] of Object.entries(TABLES)) {
    for (const [word, number] of Object.entries(table)) {
      t.is(must(decode(() => enumWord('state', table, number))), word, name)
    }
    const known = new Set(Object.values(table))
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.nat(50)), (number) => {
        fc.pre(!known.has(number))
        const refused = decode(() => enumWord('state', table, number))
        const expected = `state: expected one of ${Object.keys(table).join(', ')}, got the number ${number}.`
        t.is(refused.ok ? 'accepted' : refused.error.message, expected)
      }),
    )
  }
})
