import test from 'ava'
import * as fc from 'fast-check'
import { parseRegistrations } from '../../cli/registration_file.ts'
import { REGISTRATION_BOUNDS } from '../../shared/model/registration.ts'

const parse = (text: string) => parseRegistrations('rack.csv', Buffer.from(text))

function refusal(text: string): string {
  try {
    parse(text)
    return 'accepted'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

test('a file of machines, as a spreadsheet writes it', (t) => {
  const text =
    '\uFEFFName,MAC,Serial,labels\r\n' +
    'rack7-01,02:00:00:00:00:01; 02:00:00:00:00:02,"SN ""1"", a",rack=7;row=b\r\n' +
    '\r\n' +
    ' rack7-02 ,02:00:00:00:00:03,,"note=two\r\nlines"\r\n' +
    'rack7-03,,S3,'
  t.deepEqual(parse(text), [
    {
      line: 2,
      asked: {
        name: 'rack7-01',
        hardware: { uuid: '', serial: 'SN "1", a', mac_addresses: ['02:00:00:00:00:01', '02:00:00:00:00:02'] },
        labels: { rack: '7', row: 'b' },
        hardware_class: '',
      },
    },
    {
      line: 4,
      asked: {
        name: 'rack7-02',
        hardware: { uuid: '', serial: '', mac_addresses: ['02:00:00:00:00:03'] },
        labels: { note: 'two\r\nlines' },
        hardware_class: '',
      },
    },
    {
      line: 6,
      asked: {
        name: 'rack7-03',
        hardware: { uuid: '', serial: 'S3', mac_addresses: [] },
        labels: {},
        hardware_class: '',
      },
    },
  ])
})

test('what is wrong in a file is named by line and column', (t) => {
  const wrong: readonly (readonly [string, string])[] = [
    ['', 'rack.csv: expected a header line: name,mac,uuid,serial,class,labels.'],
    ['name,mac\n', 'rack.csv: expected machines below the header line.'],
    ['mac\nx\n', 'rack.csv:1: expected a column name.'],
    ['name,host\nx,y\n', 'rack.csv:1: expected columns of name, mac, uuid, serial, class, labels, got "host".'],
    ['name,mac,Mac\nx,y,z\n', 'rack.csv:1: expected column mac once.'],
    ['name,mac\n\nx\n', 'rack.csv:3: expected 2 fields, as in the header line, got 1.'],
    ['name,mac\nx,y,z\n', 'rack.csv:2: expected 2 fields, as in the header line, got 3.'],
    ['name,labels\nx,rack\n', 'rack.csv:2: labels: expected key=value;key=value, got "rack".'],
    ['name,serial\nx,"S1\n', 'rack.csv:2: expected a quote at the end of what begins with one.'],
    ['name,serial\nx,"S"1\n', 'rack.csv:2: expected a comma after a field in quotes.'],
    [
      `name\n${'x\n'.repeat(REGISTRATION_BOUNDS.atOnce + 1)}`,
      `rack.csv: expected at most ${REGISTRATION_BOUNDS.atOnce} machines, got ${REGISTRATION_BOUNDS.atOnce + 1}.`,
    ],
    ['x'.repeat(2 ** 20 + 1), 'rack.csv: expected at most 1048576 bytes, got 1048577.'],
  ]
  for (const [text, expected] of wrong) t.is(refusal(text), expected)
})

test('any text is read or refused, and what was quoted comes back', (t) => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ';', '=', ' ') })
  fc.assert(
    fc.property(text, (content) => {
      t.regex(refusal(`name,mac\n${content}`), /^(?:accepted$|rack\.csv:)/)
    }),
  )
  fc.assert(
    fc.property(text, (serial) => {
      const [row] = parse(`name,serial\nx,"${serial.replaceAll('"', '""')}"`)
      t.is(row?.asked.hardware.serial, serial.trim())
    }),
  )
})
