/** What BMCs of several makers answer, cut down to what is read and what stands around it. */

export type Json = { [name: string]: unknown }

export type Shape = {
  readonly root: Json
  readonly system: string
  readonly resources: Readonly<Record<string, Json>>
  /** Where the session is after a login; null: it has no sessions. */
  readonly location: string | null
  readonly asksForEtag?: boolean
}

const at = (path: string): Json => ({ '@odata.id': path })
const SESSIONS = '/redfish/v1/SessionService/Sessions'
const members = (...paths: readonly string[]): Json => ({
  Name: 'Collection',
  Members: paths.map(at),
  'Members@odata.count': paths.length,
})
const root = (more: Json): Json => ({
  '@odata.id': '/redfish/v1/',
  Id: 'RootService',
  Name: 'Root Service',
  RedfishVersion: '1.9.0',
  Systems: at('/redfish/v1/Systems'),
  Chassis: at('/redfish/v1/Chassis'),
  Links: { Sessions: at(SESSIONS) },
  ...more,
})

const DELL = '/redfish/v1/Systems/System.Embedded.1'
export const dell: Shape = {
  root: root({
    Vendor: 'Dell',
    Product: 'Integrated Dell Remote Access Controller',
    Oem: { Dell: { ServiceTag: 'ABC1234' } },
  }),
  system: DELL,
  location: `${SESSIONS}/4`,
  resources: {
    '/redfish/v1/Systems': members(DELL),
    [DELL]: {
      '@odata.id': DELL,
      '@Redfish.Settings': { '@odata.type': '#Settings.v1_3_3.Settings', SettingsObject: at(`${DELL}/Settings`) },
      Id: 'System.Embedded.1',
      UUID: '4c4c4544-0042-4310-8031-c2c04f333433',
      SerialNumber: 'CNIVC0019N0001',
      SKU: 'ABC1234',
      Manufacturer: 'Dell Inc.',
      Model: 'PowerEdge XE9680',
      BiosVersion: '2.5.4',
      PowerState: 'Off',
      Status: { Health: 'OK', HealthRollup: 'OK', State: 'StandbyOffline' },
      ProcessorSummary: { Count: 2, Model: 'Xeon' },
      MemorySummary: { TotalSystemMemoryGiB: 2048, Status: { Health: null } },
      Boot: {
        BootSourceOverrideEnabled: 'Disabled',
        BootSourceOverrideMode: 'UEFI',
        BootSourceOverrideTarget: 'None',
        'BootSourceOverrideTarget@Redfish.AllowableValues': [
          'None',
          'Pxe',
          'Hdd',
          'BiosSetup',
          'UefiTarget',
          'UefiHttp',
        ],
        UefiTargetBootSourceOverride: null,
      },
      Actions: {
        '#ComputerSystem.Reset': {
          target: `${DELL}/Actions/ComputerSystem.Reset`,
          'ResetType@Redfish.AllowableValues': [
            'On',
            'ForceOff',
            'ForceRestart',
            'GracefulRestart',
            'GracefulShutdown',
            'PushPowerButton',
            'Nmi',
            'PowerCycle',
          ],
        },
      },
      Links: { Chassis: [at('/redfish/v1/Chassis/System.Embedded.1')] },
    },
    // Shows the override, and takes none.
    [`${DELL}/Settings`]: {
      Id: 'Settings',
      Boot: { BootSourceOverrideTarget: 'None', BootSourceOverrideEnabled: 'Disabled' },
    },
    '/redfish/v1/Chassis/System.Embedded.1': {
      Thermal: at('/redfish/v1/Chassis/System.Embedded.1/Thermal'),
      Power: at('/redfish/v1/Chassis/System.Embedded.1/Power'),
      Sensors: at('/redfish/v1/Chassis/System.Embedded.1/Sensors'),
    },
    '/redfish/v1/Chassis/System.Embedded.1/Thermal': {
      Temperatures: [
        { Name: 'CPU1 Temp', ReadingCelsius: 41, Status: { Health: 'OK', State: 'Enabled' } },
        { Name: 'CPU2 Temp', ReadingCelsius: null, Status: { Health: null, State: 'Absent' } },
      ],
      Fans: [{ FanName: 'System Board Fan1A', Name: '', Reading: 7920, ReadingUnits: 'RPM', Status: { Health: 'OK' } }],
    },
    '/redfish/v1/Chassis/System.Embedded.1/Power': {
      PowerControl: [{ Name: 'System Power Control', PowerConsumedWatts: 612 }],
      Voltages: [{ Name: 'PS1 Voltage 1', ReadingVolts: 230, Status: { Health: 'OK' } }],
    },
  },
}

const HPE = '/redfish/v1/Systems/1/'
export const hpe: Shape = {
  root: root({
    Oem: { Hpe: { Manager: [{ ManagerType: 'iLO 5' }] } },
    Vendor: 'HPE',
    Systems: at('/redfish/v1/Systems/'),
  }),
  system: HPE,
  location: `https://ilo.example${SESSIONS}/admin000000005f/`,
  resources: {
    '/redfish/v1/Systems/': members(HPE),
    [HPE]: {
      '@odata.id': HPE,
      '@odata.etag': 'W/"1E83D4F8"',
      UUID: '38393550-3130-4D32-3230-303330314757',
      SerialNumber: 'CZ202003GW',
      Manufacturer: 'HPE',
      Model: 'ProLiant DL380 Gen10',
      BiosVersion: 'U30 v2.54',
      PowerState: 'On',
      Status: { Health: 'Warning', HealthRollup: 'Warning', State: 'Enabled' },
      ProcessorSummary: { Count: 2 },
      MemorySummary: { TotalSystemMemoryGiB: 384 },
      Boot: {
        BootSourceOverrideEnabled: 'Once',
        BootSourceOverrideMode: 'UEFI',
        BootSourceOverrideTarget: 'Pxe',
        'BootSourceOverrideTarget@Redfish.AllowableValues': [
          'None',
          'Cd',
          'Hdd',
          'Usb',
          'Pxe',
          'UefiShell',
          'UefiHttp',
        ],
      },
      Actions: {
        '#ComputerSystem.Reset': {
          target: '/redfish/v1/Systems/1/Actions/ComputerSystem.Reset/',
          'ResetType@Redfish.AllowableValues': ['On', 'ForceOff', 'ForceRestart', 'Nmi', 'PushPowerButton'],
        },
      },
      Links: { Chassis: [at('/redfish/v1/Chassis/1/')] },
    },
  },
}

const SUPERMICRO = '/redfish/v1/Systems/1'
export const supermicro: Shape = {
  root: root({ Oem: {}, UUID: '00000000-0000-0000-0000-3CECEF000000' }),
  system: SUPERMICRO,
  location: `${SESSIONS}/1`,
  resources: {
    '/redfish/v1/Systems': members(SUPERMICRO),
    [SUPERMICRO]: {
      '@odata.id': SUPERMICRO,
      UUID: '00112233-4455-6677-8899-AABBCCDDEEFF',
      SerialNumber: 'S411795X0A03521',
      Manufacturer: 'Supermicro',
      Model: 'SYS-420GP-TNR',
      BiosVersion: '1.2',
      PowerState: 'On',
      Status: { Health: 'OK', State: 'Enabled' },
      ProcessorSummary: { Count: 2 },
      MemorySummary: { TotalSystemMemoryGiB: 1024 },
      Boot: {
        BootSourceOverrideEnabled: 'Disabled',
        'BootSourceOverrideEnabled@Redfish.AllowableValues': ['Disabled', 'Once', 'Continuous'],
        BootSourceOverrideMode: 'UEFI',
        BootSourceOverrideTarget: 'None',
        'BootSourceOverrideTarget@Redfish.AllowableValues': ['None', 'Pxe', 'Floppy', 'Cd', 'Usb', 'Hdd', 'UefiHttp'],
      },
      Actions: {
        '#ComputerSystem.Reset': {
          target: `${SUPERMICRO}/Actions/ComputerSystem.Reset`,
          '@Redfish.ActionInfo': `${SUPERMICRO}/ResetActionInfo`,
        },
      },
    },
    [`${SUPERMICRO}/ResetActionInfo`]: {
      Parameters: [
        {
          Name: 'ResetType',
          Required: true,
          DataType: 'String',
          AllowableValues: ['On', 'ForceOff', 'GracefulShutdown', 'GracefulRestart', 'ForceRestart', 'Nmi', 'ForceOn'],
        },
      ],
    },
  },
}

/** One whose boot override has its place in the settings beside the system. */
export const ami: Shape = {
  root: root({ Vendor: 'ASRockRack', Oem: { Ami: {} } }),
  system: SUPERMICRO,
  location: `${SESSIONS}/9`,
  asksForEtag: true,
  resources: {
    ...supermicro.resources,
    [SUPERMICRO]: {
      ...supermicro.resources[SUPERMICRO],
      '@odata.etag': '"1700000000"',
      '@Redfish.Settings': { SettingsObject: at(`${SUPERMICRO}/SD`) },
      Manufacturer: 'ASRockRack',
    },
    [`${SUPERMICRO}/SD`]: {
      '@odata.etag': '"1700000000"',
      Boot: { BootSourceOverrideEnabled: 'Disabled', BootSourceOverrideTarget: 'None', BootSourceOverrideMode: 'UEFI' },
    },
  },
}

const LENOVO = '/redfish/v1/Systems/1'
export const lenovo: Shape = {
  root: root({ Vendor: 'Lenovo', Oem: { Lenovo: {} } }),
  system: LENOVO,
  location: `${SESSIONS}/28aef0b2f0a53e`,
  asksForEtag: true,
  resources: {
    '/redfish/v1/Systems': members(LENOVO),
    [LENOVO]: {
      '@odata.id': LENOVO,
      '@odata.etag': '"2f3a8d1f"',
      '@Redfish.Settings': { SettingsObject: at(`${LENOVO}/Pending`) },
      UUID: 'D2B0A1E6-1F9B-11EC-8E8E-7ED30A54A4FB',
      SerialNumber: 'J30A1B2C',
      Manufacturer: 'Lenovo',
      Model: '7X06CTO1WW',
      PowerState: 'On',
      Status: { Health: 'OK' },
      ProcessorSummary: { Count: 2 },
      MemorySummary: { TotalSystemMemoryGiB: 256 },
      Boot: {
        BootSourceOverrideEnabled: 'Disabled',
        BootSourceOverrideMode: 'UEFI',
        BootSourceOverrideTarget: 'None',
        'BootSourceOverrideTarget@Redfish.AllowableValues': [
          'None',
          'Pxe',
          'Cd',
          'Usb',
          'Hdd',
          'BiosSetup',
          'UefiHttp',
        ],
        'BootSourceOverrideEnabled@Redfish.AllowableValues': ['Once', 'Disabled'],
      },
      Actions: {
        '#ComputerSystem.Reset': {
          target: `${LENOVO}/Actions/ComputerSystem.Reset`,
          'ResetType@Redfish.AllowableValues': [
            'On',
            'Nmi',
            'GracefulShutdown',
            'GracefulRestart',
            'ForceOff',
            'ForceRestart',
          ],
        },
      },
    },
    // Other settings than the boot override have their place here.
    [`${LENOVO}/Pending`]: { '@odata.etag': '"28890012"', Boot: { BootOrder: ['Boot0005', 'Boot0000'] } },
  },
}

const OPENBMC = '/redfish/v1/Systems/system'
export const openbmc: Shape = {
  root: root({ UUID: '6e4ad1f8-0000-4a5b-8a77-000000000000' }),
  system: OPENBMC,
  location: `${SESSIONS}/F6fhS2a1Hl`,
  resources: {
    '/redfish/v1/Systems': members(OPENBMC, '/redfish/v1/Systems/hypervisor'),
    '/redfish/v1/Systems/hypervisor': {
      '@odata.id': '/redfish/v1/Systems/hypervisor',
      Id: 'hypervisor',
      PowerState: 'On',
    },
    [OPENBMC]: {
      '@odata.id': OPENBMC,
      SerialNumber: '78AB123',
      Manufacturer: 'Quanta',
      Model: 'S74G',
      PowerState: 'Off',
      Status: { Health: 'OK', State: 'Disabled' },
      ProcessorSummary: { Count: 1 },
      MemorySummary: { TotalSystemMemoryGiB: 480 },
      Boot: {
        BootSourceOverrideEnabled: 'Disabled',
        BootSourceOverrideTarget: 'None',
        'BootSourceOverrideTarget@Redfish.AllowableValues': ['None', 'Pxe', 'Hdd', 'Cd', 'Diags', 'BiosSetup', 'Usb'],
      },
      Actions: {
        '#ComputerSystem.Reset': {
          target: `${OPENBMC}/Actions/ComputerSystem.Reset`,
          '@Redfish.ActionInfo': `${OPENBMC}/ResetActionInfo`,
        },
      },
      Links: { Chassis: [at('/redfish/v1/Chassis/chassis')] },
    },
    [`${OPENBMC}/ResetActionInfo`]: {
      Parameters: [
        {
          Name: 'ResetType',
          AllowableValues: ['On', 'ForceOff', 'ForceOn', 'GracefulRestart', 'GracefulShutdown', 'PowerCycle', 'Nmi'],
        },
      ],
    },
    '/redfish/v1/Chassis/chassis': { Sensors: at('/redfish/v1/Chassis/chassis/Sensors') },
    '/redfish/v1/Chassis/chassis/Sensors': members(
      '/redfish/v1/Chassis/chassis/Sensors/temperature_inlet',
      '/redfish/v1/Chassis/chassis/Sensors/power_total',
    ),
    '/redfish/v1/Chassis/chassis/Sensors/temperature_inlet': {
      Name: 'inlet',
      ReadingType: 'Temperature',
      Reading: 24.5,
      ReadingUnits: 'Cel',
      Status: { Health: 'OK' },
    },
    '/redfish/v1/Chassis/chassis/Sensors/power_total': {
      Name: 'total power',
      ReadingType: 'Power',
      Reading: null,
      ReadingUnits: 'W',
    },
  },
}

const SUSHY = '/redfish/v1/Systems/48fd9f81-8e50-4f1e-b4d2-000000000001'
export const sushy: Shape = {
  root: { Id: 'RedvirtService', Name: 'Redvirt Service', RedfishVersion: '1.5.0', Systems: at('/redfish/v1/Systems') },
  system: SUSHY,
  location: null,
  resources: {
    '/redfish/v1/Systems': members(SUSHY, '/redfish/v1/Systems/2'),
    '/redfish/v1/Systems/2': { '@odata.id': '/redfish/v1/Systems/2', UUID: '48fd9f81-8e50-4f1e-b4d2-000000000002' },
    [SUSHY]: {
      '@odata.id': SUSHY,
      UUID: '48fd9f81-8e50-4f1e-b4d2-000000000001',
      Manufacturer: 'Sushy Emulator',
      PowerState: 'On',
      Boot: {
        BootSourceOverrideEnabled: 'Continuous',
        BootSourceOverrideTarget: 'Hdd',
        'BootSourceOverrideTarget@Redfish.AllowableValues': ['Pxe', 'Cd', 'Hdd'],
        BootSourceOverrideMode: 'UEFI',
      },
      Actions: {
        '#ComputerSystem.Reset': {
          target: `${SUSHY}/Actions/ComputerSystem.Reset`,
          'ResetType@Redfish.AllowableValues': ['On', 'ForceOff', 'GracefulShutdown', 'ForceRestart', 'Nmi', 'ForceOn'],
        },
      },
    },
  },
}
