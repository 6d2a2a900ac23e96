import { describe, expect, it } from 'vitest'
import { encodeDocument } from '#domain/document.ts'
import { encodeContents } from '#domain/transfers/documents/contents.ts'
import type { DispatchNote, Profile } from '#domain/transfers/documents/dispatch-note.ts'
import { type Manifest, manifest as manifestModel } from '#domain/transfers/documents/manifest.ts'
import type { AccountId, FileId, Fingerprint, OrganisationId, Origin, Sha256Hex, TransferId } from '#domain/values.ts'
import { checkManifest } from './check-manifest.ts'
import type { ScannedFile } from './scan-file.ts'

const id = (octet: string) => octet.repeat(16)
const hash = (octet: string) => octet.repeat(32) as Sha256Hex

const sender = { account: id('11') as AccountId, fingerprint: 'f'.repeat(40) as Fingerprint }
const recipients = [
  { kind: 'person', organisation: id('22') as OrganisationId, account: id('33') as AccountId },
] satisfies Manifest['recipients']

const listed: Manifest = {
  type: 'safehand.manifest/1',
  origin: 'test.safehand.invalid' as Origin,
  transfer: id('44') as TransferId,
  sender,
  recipients,
  caseReference: null,
  files: ['a1', 'a2'].map((octet) => ({
    id: id(octet) as FileId,
    name: `${octet}.txt`,
    mediaType: 'text/plain',
    size: 40,
    plaintextDigest: hash(octet),
    bodyDigest: hash('bb'),
  })),
}

/** Only what the check reads. */
const note = {
  origin: listed.origin,
  transfer: listed.transfer,
  sender,
  recipients,
  profile: 'v2-gcm',
  files: [...listed.files.map((file) => ({ id: file.id, bodyDigest: hash('bb') })), { id: 'manifest' }],
} as unknown as DispatchNote

const scanned: ScannedFile[] = listed.files.map((file) => ({
  file: file.id,
  body: { length: 100, digest: hash('bb') },
  plaintext: { length: 40, digest: file.plaintextDigest, sha256: null },
  beginning: new Uint8Array(),
  result: { verdict: 'clean' },
  looked: { seen: null, fileTypes: ['other'], finding: null },
}))

/** Nothing was said of their sizes at the draft. */
const unsaid = listed.files.map(({ id }) => ({ id, size: null as number | null }))

const check = (change: Partial<Manifest>, read = scanned, files = unsaid) =>
  checkManifest({ bytes: encodeDocument(manifestModel, { ...listed, ...change }), note, scanned: read, files })

describe('[scan/matches-note] the manifest', () => {
  it('[scan/matches-note] is well when it says what note and files say', () => {
    expect(check({})).toBeNull()
  })

  it('[scan/matches-note] must be a canonical manifest', () => {
    for (const bytes of [new Uint8Array(), new TextEncoder().encode(' {}'), new Uint8Array(4 * 1024 * 1024 + 1)]) {
      expect(checkManifest({ bytes, note, scanned, files: [] })).toBe('Safehand.Manifest.Malformed')
    }
  })

  it.each<[string, Partial<Manifest>]>([
    ['origin', { origin: 'other.safehand.invalid' as Origin }],
    ['transfer', { transfer: id('55') as TransferId }],
    ['sender', { sender: { ...sender, account: id('66') as AccountId } }],
    ["sender's key", { sender: { ...sender, fingerprint: 'e'.repeat(40) as Fingerprint } }],
    ['recipients', { recipients: [{ ...recipients[0]!, account: id('77') as AccountId }] }],
  ])('[scan/matches-note] must name the %s of the note', (_, change) => {
    expect(check(change)).toBe('Safehand.Manifest.NotAsNoted')
  })

  const [one, two] = listed.files as [Manifest['files'][number], Manifest['files'][number]]
  it('[approval/threshold] must have the sizes that were said at the draft, by which the threshold was asked', () => {
    const said = (size: number) => [
      { id: one.id, size: one.size },
      { id: two.id, size },
    ]
    expect(check({}, scanned, said(two.size))).toBeNull()
    expect(check({}, scanned, said(two.size - 1))).toBe('Safehand.Manifest.OtherFiles')
  })

  it.each<[string, Manifest['files']]>([
    ['fewer', [one]],
    ['more', [one, two, { ...two, id: id('a3') as FileId }]],
    ['the same twice', [one, one]],
    ['others in another order', [two, one]],
    ['another size', [one, { ...two, size: 41 }]],
    ['another content', [one, { ...two, plaintextDigest: hash('00') }]],
    ['another body', [one, { ...two, bodyDigest: hash('00') }]],
  ])('[scan/matches-note] must list exactly the files that were read: not %s', (_, files) => {
    expect(check({ files })).toBe('Safehand.Manifest.OtherFiles')
  })

  describe('[envelope/manifest] in v1-cfb', () => {
    const inCfb = { ...note, profile: 'v1-cfb' as const }
    const summed = scanned.map((file) => ({ ...file, plaintext: { ...file.plaintext!, sha256: hash('dd') } }))
    const checkText = (sha256: Sha256Hex, profile: Profile = 'v1-cfb') => {
      const files = listed.files.map((file) => ({ ...file, sha256 }))
      return checkManifest({
        bytes: encodeContents(profile, { ...listed, files }),
        note: inCfb,
        scanned: summed,
        files: [],
      })
    }

    it('[envelope/manifest] has the SHA-256 of each file that was scanned', () => {
      expect(checkText(hash('dd'))).toBeNull()
      expect(checkText(hash('ee'))).toBe('Safehand.Manifest.OtherFiles')
    })

    it('[envelope/manifest] is the text that GnuPG shows, with the sums', () => {
      expect(checkText(hash('dd'), 'v2-gcm')).toBe('Safehand.Manifest.Malformed')
      const bytes = encodeContents('v1-cfb', listed)
      expect(checkManifest({ bytes, note: inCfb, scanned: summed, files: [] })).toBe('Safehand.Manifest.Malformed')
    })
  })

  it('is not blamed for a file that could not be read', () => {
    const broken = scanned.map((file, index) => (index === 0 ? { ...file, plaintext: null } : file))
    expect(check({}, broken)).toBeNull()
  })
})
