// What is known to hold or hide other content, and who opens it in a scan: the one table that decides. What stands in
// neither of the first two columns is unscannable wherever it is met: as a file, by its marks and by its name, and
// inside what clamd unpacks by the signatures that are made from this table (signatures.ts). Pure.

/** `clamd` and `us`: shown by a test to be opened to its last octet, or to be told when it was not. */
export type OpenedBy = 'clamd' | 'us' | 'never'

export interface HoldingType {
  /** One word, as findings have it. */
  readonly type: string
  readonly words: string
  readonly opened: OpenedBy
  /** What names end in. */
  readonly names: readonly string[]
  /** Whether something else is often called so, too: text called .doc, a picture called .pdf. */
  readonly loose?: boolean
  /** What `file-type` calls it, where that is no ending of a name. */
  readonly seenAs?: readonly string[]
  /** How it begins, each a mark at its offset; `??` is any octet, `(a|b)` one of several. */
  readonly begins?: readonly Mark[]
  /** Marks that may stand anywhere: long enough to be no chance. */
  readonly within?: readonly string[]
  /** How it ends: so many octets before the last, a mark. */
  readonly ends?: readonly Mark[]
}

export interface Mark {
  readonly at: number
  readonly hex: string
}

const start = (...marks: readonly string[]): readonly Mark[] => marks.map((hex) => ({ at: 0, hex }))
const at = (offset: number, hex: string): readonly Mark[] => [{ at: offset, hex }]
const ascii = (text: string) => [...text].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join('')
/** So many octets as stand in base64 wherever they begin: the first and the last share a letter with their neighbours. */
const inBase64 = (hex: string) =>
  [0, 1, 2].map((before) => {
    const octets = Uint8Array.fromHex('00'.repeat(before) + hex)
    const from = before === 0 ? 0 : 4
    return ascii(octets.toBase64().slice(from, Math.floor(octets.length / 3) * 4))
  })
const utf16 = (text: string) => [...text].map((letter) => `${ascii(letter)}00`).join('')

/** Each is unpacked by clamd, and walked to its last octet by us (worker/scanner/looking). */
const walked: readonly HoldingType[] = [
  {
    type: 'Zip',
    words: 'a zip archive',
    opened: 'us',
    names: ['zip', 'jar', 'docx', 'docm', 'dotx', 'xlsx', 'xlsm', 'xltx', 'pptx', 'pptm', 'odt', 'ods', 'odp', 'odg'],
    seenAs: ['ott', 'ots', 'otp', 'otg', 'epub', 'vsdx', 'dotm', 'xltm', 'potx', 'potm', 'ppsx', 'ppsm', '3mf', 'apk'],
    begins: start('504b0304', '504b0506', '504b0708'),
  },
  {
    type: 'Gzip',
    words: 'a gzip stream',
    opened: 'us',
    names: ['gz', 'tgz'],
    seenAs: ['tar.gz'],
    begins: start('1f8b08'),
  },
  { type: 'Tar', words: 'a tar archive', opened: 'us', names: ['tar'], begins: at(257, ascii('ustar')) },
]

/** Unpacked by clamd; where that is not to the last octet, a mark or an ending tells. */
const unpacked: readonly HoldingType[] = [
  {
    type: 'Bzip2',
    words: 'a bzip2 stream',
    opened: 'clamd',
    names: ['bz2', 'tbz2'],
    begins: start('425a68(31|32|33|34|35|36|37|38|39)(31|17)'),
  },
  { type: 'Xz', words: 'an xz stream', opened: 'clamd', names: ['xz', 'txz'], begins: start('fd377a585a00') },
  {
    type: 'Ole2',
    words: 'an Office document of the older kind, or an Outlook message',
    opened: 'clamd',
    names: ['msg', 'doc', 'xls', 'ppt', 'msi'],
    loose: true,
    seenAs: ['cfb'],
    begins: start('d0cf11e0a1b11ae1'),
  },
  { type: 'Pdf', words: 'a PDF', opened: 'clamd', names: ['pdf'], loose: true, begins: start('255044462d') },
  { type: 'Mail', words: 'an e-mail message', opened: 'clamd', names: ['eml', 'mht', 'mbox'], loose: true },
  {
    type: 'Program',
    words: 'a program',
    opened: 'clamd',
    names: ['exe', 'dll'],
    loose: true,
    seenAs: ['elf'],
    begins: start('4d5a', '7f454c46'),
  },
]

const archives: readonly HoldingType[] = [
  // Which of its methods a 7z uses stands in a header that is itself packed; clamd passes over some of them in silence.
  { type: '7z', words: 'a 7z archive', opened: 'never', names: ['7z'], within: ['377abcaf271c00(03|04)'] },
  {
    type: 'Rar',
    words: 'a RAR archive',
    opened: 'never',
    names: ['rar'],
    within: ['526172211a0700', '526172211a070100'],
  },
  { type: 'Zipx', words: 'a zip archive with newer methods', opened: 'never', names: ['zipx'] },
  { type: 'Cab', words: 'a cabinet archive', opened: 'never', names: ['cab'], begins: start('4d534346', '49536328') },
  { type: 'Arj', words: 'an ARJ archive', opened: 'never', names: ['arj'], begins: start('60ea????(1e|22|2e)') },
  { type: 'Ace', words: 'an ACE archive', opened: 'never', names: ['ace'], begins: at(7, ascii('**ACE**')) },
  {
    type: 'Lzh',
    words: 'an LZH archive',
    opened: 'never',
    names: ['lzh', 'lha'],
    begins: at(2, `${ascii('-lh')}??2d`),
  },
  {
    type: 'Ar',
    words: 'an ar archive or Debian package',
    opened: 'never',
    names: ['ar', 'deb'],
    begins: start(ascii('!<arch>\n'), ascii('!<thin>\n')),
  },
  {
    type: 'Cpio',
    words: 'a cpio archive',
    opened: 'never',
    names: ['cpio'],
    begins: start(ascii('070701'), ascii('070702'), ascii('070707'), 'c771(00|01|02|03|04|05|06|07)'),
  },
  { type: 'Rpm', words: 'an RPM package', opened: 'never', names: ['rpm'], begins: start('edabeedb') },
  { type: 'Xar', words: 'a xar archive', opened: 'never', names: ['xar', 'pkg'], begins: start('78617221') },
  { type: 'Zoo', words: 'a zoo archive', opened: 'never', names: ['zoo'], begins: at(20, 'dca7c4fd') },
  {
    type: 'Zpaq',
    words: 'a zpaq archive',
    opened: 'never',
    names: ['zpaq'],
    begins: start(ascii('7kSt'), '7a5051(01|02)'),
  },
  {
    type: 'StuffIt',
    words: 'a StuffIt archive',
    opened: 'never',
    names: ['sit', 'sitx'],
    begins: start(ascii('StuffIt'), ascii('SIT!')),
  },
  {
    type: 'Alz',
    words: 'an ALZip archive',
    opened: 'never',
    names: ['alz', 'egg'],
    begins: start(ascii('ALZ\u0001'), '45474741'),
  },
  { type: 'Freearc', words: 'a FreeArc archive', opened: 'never', names: ['arc'], begins: start('41724301') },
  {
    type: 'Wim',
    words: 'a Windows image',
    opened: 'never',
    names: ['wim', 'esd', 'swm'],
    begins: start('4d5357494d000000'),
  },
  { type: 'Chm', words: 'a compiled help file', opened: 'never', names: ['chm'], begins: start('4954534603000000') },
  {
    type: 'Tnef',
    words: 'an Outlook attachment (winmail.dat)',
    opened: 'never',
    names: ['tnef'],
    begins: start('789f3e22'),
  },
  {
    type: 'OneNote',
    words: 'a OneNote section',
    opened: 'never',
    names: ['one', 'onepkg', 'onetoc2'],
    begins: start('e4525c7b8cd8a74daeb15378d02996d3', 'a12fff43d9ef764c9ee210ea5722765f'),
  },
  { type: 'Crx', words: 'a browser extension', opened: 'never', names: ['crx', 'xpi'], begins: start(ascii('Cr24')) },
  {
    type: 'Inno',
    words: 'an installer (Inno Setup)',
    opened: 'never',
    names: [],
    within: [ascii('Inno Setup Setup Data (')],
  },
  { type: 'Asar', words: 'an asar archive', opened: 'never', names: ['asar'] },
  {
    type: 'Zip.Spanned',
    words: 'a zip archive in several parts',
    opened: 'never',
    names: [],
    begins: start('504b3030504b0304'),
  },
  {
    type: 'ActiveMime',
    words: 'macros of a document saved as a web page',
    opened: 'never',
    names: ['mso'],
    begins: start(ascii('ActiveMime')),
  },
  {
    type: 'PartialMail',
    words: 'a part of a message',
    opened: 'never',
    names: [],
    within: [ascii('Content-Type: message/partial'), ascii('Content-type: message/partial')],
  },
  { type: 'YEnc', words: 'a file in yEnc', opened: 'never', names: ['yenc'], within: [ascii('=ybegin line=')] },
  {
    type: 'BinHex',
    words: 'a BinHex file',
    opened: 'never',
    names: ['hqx'],
    within: [ascii('(This file must be converted with BinHex')],
  },
  {
    type: 'Warc',
    words: 'a web archive',
    opened: 'never',
    names: ['warc'],
    begins: start(ascii('WARC/1.'), ascii('WARC/0.')),
  },
  { type: 'GitPack', words: 'a pack of git', opened: 'never', names: [], begins: start('5041434b000000(02|03)') },
  {
    type: 'Backup',
    words: 'a backup',
    opened: 'never',
    names: ['bkf', 'gho', 'tib', 'tibx', 'dar', 'abf'],
    begins: start(ascii('TAPE\0'), 'feef01'),
  },
  {
    type: 'FlatDocument',
    words: 'a document as one XML file, with other files in it',
    opened: 'never',
    names: [],
    within: [ascii('<office:binary-data'), ascii('<pkg:binaryData')],
  },
  {
    type: 'Access',
    words: 'an Access database',
    opened: 'never',
    names: ['mdb', 'accdb', 'mde', 'accde'],
    begins: at(4, ascii('Standard Jet DB')).concat(at(4, ascii('Standard ACE DB'))),
  },
  { type: 'Notes', words: 'a Lotus Notes database', opened: 'never', names: ['nsf'], begins: start('1a00000400') },
]

const streams: readonly HoldingType[] = [
  {
    type: 'Zstandard',
    words: 'a Zstandard stream',
    opened: 'never',
    names: ['zst', 'zstd', 'tzst'],
    begins: start('28b52ffd', '(50|51|52|53|54|55|56|57|58|59|5a|5b|5c|5d|5e|5f)2a4d18'),
  },
  { type: 'Lz4', words: 'an LZ4 stream', opened: 'never', names: ['lz4'], begins: start('04224d18', '02214c18') },
  {
    type: 'Lzma',
    words: 'an LZMA stream',
    opened: 'never',
    names: ['lzma', 'tlz'],
    begins: start(
      '5d0000(00|01|02|04|08|10|20|40|80)(00|01|02|04|08|10)',
      // Of other parameters, of unknown length.
      '??0000(00|01|02|04|08|10|20|40|80)(00|01|02|04|08|10)ffffffffffffffff',
    ),
  },
  { type: 'Lzip', words: 'an lzip stream', opened: 'never', names: ['lz'], begins: start('4c5a4950(00|01)') },
  { type: 'Lzop', words: 'an lzop stream', opened: 'never', names: ['lzo'], begins: start('894c5a4f000d0a1a0a') },
  { type: 'Lrzip', words: 'an lrzip stream', opened: 'never', names: ['lrz'], begins: start('4c525a4900') },
  {
    type: 'Compress',
    words: 'a stream of compress',
    opened: 'never',
    names: ['z', 'taz'],
    begins: start('1f9d(89|8a|8b|8c|8d|8e|8f|90)'),
  },
  {
    type: 'Snappy',
    words: 'a Snappy stream',
    opened: 'never',
    names: ['sz', 'snappy'],
    begins: start('ff060000734e61507059'),
  },
  // Told by unpacking its beginning (worker/scanner/looking/zlib-stream.ts): two octets are no mark.
  { type: 'Zlib', words: 'a zlib stream', opened: 'never', names: ['zlib', 'zz'] },
  { type: 'Brotli', words: 'a Brotli stream', opened: 'never', names: ['br'] },
  {
    type: 'Szdd',
    words: 'a file of Microsoft compress',
    opened: 'never',
    names: [],
    begins: start('535a444488f02733', '4b57414a88f027d1'),
  },
]

/** The second octet of a Word document's flags when it is encrypted: its lowest bit; the fifth is always set. */
const encryptedWord = Array.from({ length: 256 }, (_, octet) => octet)
  .filter((octet) => (octet & 0x11) === 0x11)
  .map((octet) => octet.toString(16))
  .join('|')

const encrypted: readonly HoldingType[] = [
  {
    type: 'OpenPGP',
    words: 'an OpenPGP message',
    opened: 'never',
    names: ['gpg', 'pgp'],
    begins: start(
      '(8c|c3)(04|0c|0d)04(01|02|03|04|07|08|09|0a|0b|0c|0d)(00|01|03|04)', // a passphrase
      'c3??05(07|08|09)(01|02|03)(00|01|03|04)',
      'c3??06??(07|08|09)(01|02|03)',
      '(84|c1)(4e|5e|7e|9e|be|bf)03????????????????(12|19|1a)', // a key
      '85(01|02|03|04)??03????????????????(01|10)',
      'c1(c0|c1|c2|c3|c4)??03????????????????(01|10)',
      'c1??061504',
      'c1??062106',
      'c1(c0|c1|c2|c3|c4)??061504',
      'c1(c0|c1|c2|c3|c4)??062106',
      'a301', // compressed
      'a30278(01|5e|9c|da)',
      'a303425a68',
      'c8??01',
      'c8??0278(01|5e|9c|da)',
      'c8??03425a68',
      '900d03(00|01)', // signed around its content
      'c4(0d|2e)(03|06)(00|01)',
    ),
    within: [ascii('-----BEGIN PGP MESSAGE')],
  },
  {
    type: 'Office.Encrypted',
    words: 'an Office document with a password',
    opened: 'never',
    names: [],
    within: [
      utf16('EncryptedPackage'),
      utf16('EncryptedSummary'),
      '09081000????????????????????????????????2f00',
      '09081000????????????????????????????????860000002f00',
      `eca5c100??????????????(${encryptedWord})`,
    ],
  },
  {
    type: 'OpenDocument.Encrypted',
    words: 'an OpenDocument file with a password',
    opened: 'never',
    names: [],
    within: [ascii('<manifest:encryption-data manifest:')],
  },
  {
    type: 'Rights',
    words: 'a message or document under rights management',
    opened: 'never',
    names: ['rpmsg', 'pfile', 'ppdf', 'pdocx', 'pxlsx', 'ppptx', 'ptxt', 'pjpg', 'pjpeg', 'ppng'],
    begins: start('76e80460c411e386'),
    within: [utf16('\u0006DataSpaces')],
  },
  {
    type: 'Cms',
    words: 'a signed or encrypted envelope (S/MIME, CMS)',
    opened: 'never',
    names: ['p7m', 'p7z'],
    // enveloped, signed and enveloped, encrypted, compressed, authenticated; signed around its content. A signature beside
    // its content, and a chain of certificates, say in a sequence of eleven octets (300b) that they hold none.
    within: [
      '06092a864886f70d0107(03|04|06)a0',
      '060b2a864886f70d0109100109a0',
      '060b2a864886f70d0109100117a0',
      '!(0b)06092a864886f70d010701a0(80|82|83|84)',
      '06092a864886f70d010701a0??04',
      ...inBase64('06092a864886f70d010703a0'),
      ...inBase64('06092a864886f70d010706a0'),
      ...inBase64('060b2a864886f70d0109100117a0'),
      ascii('-----BEGIN CMS-----'),
    ],
  },
  { type: 'Pkcs12', words: 'a key store with a password', opened: 'never', names: ['p12', 'pfx'] },
  {
    type: 'Age',
    words: 'an age file',
    opened: 'never',
    names: ['age'],
    begins: start(ascii('age-encryption.org/v1')),
    within: [ascii('-----BEGIN AGE ENCRYPTED FILE')],
  },
  {
    type: 'OpenSSL',
    words: 'a file of openssl enc',
    opened: 'never',
    names: ['enc'],
    begins: start(ascii('Salted__'), ascii('U2FsdGVkX1')),
  },
  {
    type: 'AxCrypt',
    words: 'an AxCrypt file',
    opened: 'never',
    names: ['axx'],
    begins: start('c0b9072e4f93f146a015792ca1d9e821'),
  },
  {
    type: 'AesCrypt',
    words: 'an AES Crypt file',
    opened: 'never',
    names: ['aes'],
    begins: start('414553(01|02|03)00'),
  },
  {
    type: 'AnsibleVault',
    words: 'an Ansible vault',
    opened: 'never',
    names: [],
    begins: start(ascii('$ANSIBLE_VAULT;')),
  },
  {
    type: 'KeePass',
    words: 'a KeePass database',
    opened: 'never',
    names: ['kdbx', 'kdb'],
    begins: start('03d9a29a(65|66|67)fb4bb5'),
  },
  {
    type: 'Luks',
    words: 'an encrypted disk (LUKS)',
    opened: 'never',
    names: ['luks'],
    begins: start('4c554b53babe00', '534b554cbabe00'),
  },
  {
    type: 'BitLocker',
    words: 'an encrypted disk (BitLocker)',
    opened: 'never',
    names: [],
    begins: at(3, ascii('-FVE-FS-')),
  },
  { type: 'Scrypt', words: 'a file of scrypt', opened: 'never', names: ['scrypt'], begins: start(ascii('scrypt\0')) },
  {
    type: 'PasswordSafe',
    words: 'a Password Safe database',
    opened: 'never',
    names: ['psafe3'],
    begins: start(ascii('PWS3')),
  },
  { type: 'MiniLock', words: 'a miniLock file', opened: 'never', names: [], begins: start(ascii('miniLock')) },
  {
    type: 'XmlEncrypted',
    words: 'encrypted XML',
    opened: 'never',
    names: [],
    within: [ascii('EncryptedData xmlns'), ascii('EncryptedData Id="'), ascii('EncryptedData Type="')],
  },
  { type: 'Cryptomator', words: 'a Cryptomator file', opened: 'never', names: ['c9r', 'c9s'] },
  { type: 'Picocrypt', words: 'a Picocrypt file', opened: 'never', names: ['pcv'] },
  { type: 'Ccrypt', words: 'a file of ccrypt', opened: 'never', names: ['cpt'] },
  {
    type: 'PgpDisk',
    words: 'an encrypted disk (PGP)',
    opened: 'never',
    names: ['pgd'],
    begins: start(ascii('PGPdMAIN')),
  },
  { type: 'VeraCrypt', words: 'an encrypted disk (VeraCrypt)', opened: 'never', names: ['hc', 'tc'] },
]

const disks: readonly HoldingType[] = [
  {
    type: 'Iso',
    words: 'an image of a disc',
    opened: 'never',
    names: ['iso', 'udf', 'nrg'],
    begins: [...at(32_769, ascii('CD001')), ...at(32_769, ascii('BEA01'))],
  },
  {
    type: 'Dmg',
    words: 'an image of a macOS disk',
    opened: 'never',
    names: ['dmg', 'sparseimage'],
    ends: at(512, ascii('koly')),
  },
  {
    type: 'Vhd',
    words: 'a virtual disk (VHD)',
    opened: 'never',
    names: ['vhd', 'vhdx'],
    begins: start(ascii('conectix'), ascii('vhdxfile')),
    ends: at(512, ascii('conectix')),
  },
  {
    type: 'Vmdk',
    words: 'a virtual disk (VMDK)',
    opened: 'never',
    names: ['vmdk', 'ova', 'ovf'],
    begins: start('4b444d56', '434f5744', ascii('# Disk DescriptorFile')),
  },
  {
    type: 'Qcow',
    words: 'a virtual disk (QCOW)',
    opened: 'never',
    names: ['qcow', 'qcow2'],
    begins: start('514649fb'),
  },
  {
    type: 'Parallels',
    words: 'a virtual disk (Parallels)',
    opened: 'never',
    names: ['hdd', 'hds'],
    begins: start(ascii('WithoutFreeSpace'), ascii('WithouFreSpacExt')),
  },
  { type: 'Vdi', words: 'a virtual disk (VDI)', opened: 'never', names: ['vdi'], begins: at(64, '7f10dabe') },
  {
    type: 'Squashfs',
    words: 'a squashfs image',
    opened: 'never',
    names: ['squashfs', 'sfs', 'snap'],
    begins: start('68737173', '73717368'),
  },
  { type: 'Cramfs', words: 'a cramfs image', opened: 'never', names: [], begins: start('453dcd28') },
  {
    type: 'Evidence',
    words: 'a forensic image',
    opened: 'never',
    names: ['e01', 'ex01', 'l01', 'ad1', 'aff', 'aff4'],
    begins: start(
      '455646090d0aff',
      '4c5646090d0aff',
      '4556463200000000',
      '4c5646320d0a8100',
      ascii('ADSEGMENTEDFILE'),
      ascii('AFF10\r\n'),
    ),
  },
  {
    type: 'Disk',
    words: 'an image of a disk',
    opened: 'never',
    names: ['img', 'dd', 'vfd', 'daa', 'isz', 'uif'],
    begins: [
      ...at(512, ascii('EFI PART')),
      ...at(1080, '53ef(01|02|05)00(01|02|03)00'),
      ...at(3, ascii('NTFS    ')),
      ...at(82, ascii('FAT32   ')),
      ...at(54, ascii('FAT1')),
      ...at(3, ascii('EXFAT   ')),
      ...at(0, ascii('XFSB')),
      ...at(32, ascii('NXSB')),
      ...at(1024, '482b0004'),
      ...at(1024, '48580005'),
      ...at(1024, 'e2e1f5e0'),
      ...at(65_600, ascii('_BHRfS_M')),
      ...at(0, ascii('-rom1fs-')),
      ...at(0, ascii('IsZ!')),
      // The four partitions of a first sector, each active or not, and its mark.
      ...at(446, `${`(00|80)${'??'.repeat(15)}`.repeat(4)}55aa`),
    ],
  },
  {
    type: 'Pst',
    words: 'an Outlook mailbox',
    opened: 'never',
    names: ['pst', 'ost', 'dbx', 'olm'],
    begins: start('2142444e', 'cfad12fe'),
  },
]

export const holdingTypes: readonly HoldingType[] = [
  ...walked,
  ...unpacked,
  ...archives,
  ...streams,
  ...encrypted,
  ...disks,
]
