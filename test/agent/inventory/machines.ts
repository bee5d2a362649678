import { gpuUuid } from '../../fixtures/nvidia/lines.ts'

const nic = (index: number): unknown => ({
  iface: `ens${index}`,
  mac: `A0:88:C2:00:00:0${index}`,
  internal: false,
  virtual: false,
})

/** What systeminformation and the kernel answer on a DGX-like server of eight GPUs. */
export const gpuServer: Readonly<Record<string, unknown>> = {
  system: {
    manufacturer: 'NVIDIA ',
    model: 'DGXH200',
    version: 'DGX',
    serial: '1660224000123',
    uuid: '4C4C4544-0042-3510-8054-B9C04F564432',
    sku: '965-24387',
  },
  baseboard: { manufacturer: 'NVIDIA', model: 'DGXH200', serial: 'MBD-7781', assetTag: '-', memMax: null },
  bios: { vendor: 'American Megatrends International, LLC.', version: '1.06.07', releaseDate: '2024-06-03' },
  cpu: { manufacturer: 'Intel®', brand: 'Xeon® Platinum 8480C', cores: 224, physicalCores: 112, processors: 2 },
  memoryModules: Array.from({ length: 32 }, (_, index) => ({
    size: 64 * 1024 ** 3,
    bank: `DIMM_P${index < 16 ? 0 : 1}_${index % 16}`,
    type: 'DDR5',
    clockSpeed: 4800,
    manufacturer: 'Samsung',
    serialNum: `80CE01${index.toString(16).padStart(4, '0')}`,
  })),
  disks: [
    {
      device: '/dev/nvme1n1',
      type: 'NVMe',
      name: 'SAMSUNG MZQL23T8HCLS',
      vendor: 'Samsung',
      size: 3_840_755_982_336,
      firmwareRevision: 'GDC5602Q',
      serialNum: 'S64HNT0W0002',
      interfaceType: 'PCIe',
    },
    {
      device: '/dev/sda',
      type: 'HD',
      name: 'ST4000',
      vendor: 'ATA',
      size: 4e12,
      serialNum: 'ZC1',
      interfaceType: 'SATA',
    },
  ],
  interfaces: [
    nic(2),
    nic(1),
    { iface: 'lo', mac: '00:00:00:00:00:00', internal: true, virtual: false },
    { iface: 'docker0', mac: '02:42:00:00:00:01', internal: false, virtual: true },
  ],
  os: { distro: 'Ubuntu', release: '22.04.4 LTS', kernel: '5.15.0-1053-nvidia', hostname: 'dgx-01' },
  uuid: { os: 'machine', hardware: '4c4c4544-0042-3510-8054-b9c04f564432', macs: [] },
  networkDevices: [
    { device: 'ens1', mac: 'a0:88:c2:00:00:01', speedMbps: 400_000, addresses: ['10.0.0.1'] },
    { device: 'ens2', mac: 'a0:88:c2:00:00:02', addresses: [] },
    {
      device: 'ibp24s0',
      mac: '00:00:10:29:fe:80:00:00:00:00:00:00:a0:88:c2:03:00:aa:bb:cc',
      speedMbps: 400_000,
      addresses: [],
    },
  ],
  blockDevices: [
    { device: 'nvme0n1', sizeBytes: 1_920_383_410_176, model: 'SAMSUNG MZ1L2', serial: 'S1', rotational: false },
    { device: 'nvme1n1', sizeBytes: 3_840_755_982_336, model: 'SAMSUNG MZQL2', serial: 'S2', rotational: false },
  ],
  gpus: Array.from({ length: 8 }, (_, index) => ({
    index: 7 - index,
    uuid: gpuUuid(7 - index),
    model: 'NVIDIA H200',
    memoryMebibytes: 143_771,
    serial: `16531230000${index}`,
    driver: '570.133.20',
  })),
  memoryBytes: 2_113_401_196_544,
  threads: 224,
  hostname: 'dgx-01',
  architecture: 'x64',
}

/** A desktop whose maker filled in nothing. */
export const desktop: Readonly<Record<string, unknown>> = {
  system: {
    manufacturer: 'To Be Filled By O.E.M.',
    model: 'System Product Name',
    serial: 'To be filled by O.E.M.',
    uuid: '03000200-0400-0500-0006-000700080009',
  },
  baseboard: { manufacturer: 'ASRock', model: 'B650M', serial: 'Default string' },
  bios: { vendor: 'American Megatrends', version: 'P1.20', releaseDate: '' },
  cpu: { manufacturer: 'AMD', brand: 'Ryzen 9 7950X', cores: 32, physicalCores: 16, processors: 1 },
  memoryModules: [
    { size: 0, bank: 'P0 CHANNEL A', type: 'Empty' },
    { size: 34_359_738_368, bank: 'P0 CHANNEL B', type: 'DDR5', clockSpeed: 5200, serialNum: '00000000' },
  ],
  disks: [{ device: '/dev/sdb', type: 'SSD', name: 'CT1000', vendor: 'Crucial', size: 1e12, serialNum: 'None' }],
  interfaces: [{ iface: 'enp5s0', mac: 'a8:a1:59:00:00:01', internal: false, virtual: false }],
  os: { distro: 'Debian GNU/Linux', release: '12', kernel: '6.1.0-18-amd64', hostname: 'desk' },
  uuid: { hardware: '00000000-0000-0000-0000-000000000000' },
  networkDevices: [],
  blockDevices: [],
  gpus: [],
  memoryBytes: 33_567_899_648,
  threads: 32,
  hostname: 'desk',
  architecture: 'x64',
}

/** A virtual machine without SMBIOS. */
export const virtualMachine: Readonly<Record<string, unknown>> = {
  system: { manufacturer: '', model: 'Docker Container', serial: '-', uuid: '', virtual: true },
  baseboard: { manufacturer: '', model: '', serial: '', memMax: null },
  bios: { vendor: '', version: '', releaseDate: '' },
  cpu: { manufacturer: 'AMD', brand: 'EPYC', cores: 2, physicalCores: 2, processors: 1 },
  memoryModules: [{ size: 25_276_510_208, bank: '', type: '', serialNum: '' }],
  disks: [],
  interfaces: [],
  os: { distro: 'Debian GNU/Linux', release: '12', kernel: '6.18.44', hostname: 'vm' },
  uuid: { os: '3d1219c7c4c5404aaa1f6d2a48adfda4', hardware: '', macs: [] },
  networkDevices: [],
  blockDevices: [{ device: 'vda', sizeBytes: 274_877_906_944, model: '', serial: '', rotational: true }],
  gpus: [],
  memoryBytes: 25_276_510_208,
  threads: 2,
  hostname: 'vm',
  architecture: 'x64',
}
