-- A transfer from draft to acknowledged, and who reads and writes which of it. What nobody may do is in the next file.

CREATE TABLE transfer (
  id                   id PRIMARY KEY,
  agreement            sha256 NOT NULL REFERENCES agreement (hash),
  flow                 text NOT NULL,
  purpose              text NOT NULL,
  items                text[] NOT NULL,
  marking              text NOT NULL,
  handling_instruction text,
  case_reference       text,
  sender               id NOT NULL REFERENCES account,
  sender_organisation  id NOT NULL REFERENCES organisation,
  state                text NOT NULL,
  -- Said at the draft (ARCHITECTURE.md#profiles): the lengths of the bodies follow from it.
  profile              text NOT NULL DEFAULT 'v2-gcm' CHECK (profile IN ('v2-gcm', 'v1-cfb')),
  created_at           timestamptz NOT NULL,
  expires_at           timestamptz NOT NULL,
  dispatched_at        timestamptz,
  released_at          timestamptz,
  -- The dispatch note as signed, and the SHA-256 of its bytes.
  note_hash            sha256 UNIQUE,
  note_bytes           bytea,
  note_signature       bytea,
  -- A hold waits for a person and stops the clock of expiry.
  held_at              timestamptz,
  held_reason          text,
  CHECK ((held_at IS NULL) = (held_reason IS NULL))
);
CREATE INDEX transfer_sender ON transfer (sender, created_at DESC);
-- For the reconciler, which looks for what stands still.
CREATE INDEX transfer_under_way ON transfer (dispatched_at) WHERE state IN ('dispatched', 'scanning');

CREATE TABLE transfer_file (
  transfer    id NOT NULL REFERENCES transfer,
  file        text NOT NULL,
  position    integer NOT NULL,
  -- Bytes of the body (from its SEIPD packet on), fixed at the draft.
  length      bigint NOT NULL,
  -- Random, never from user input; the object holds the body alone, every head is split off before.
  object_key  text NOT NULL UNIQUE,
  body_digest sha256,
  PRIMARY KEY (transfer, file)
);

-- Uploads: bookkeeping of parts under way (ARCHITECTURE.md#upload). Only a durable part counts.
CREATE TABLE upload (
  transfer         id NOT NULL,
  file             text NOT NULL,
  token_hash       bytea NOT NULL UNIQUE,
  token_expires_at timestamptz NOT NULL,
  token_revoked_at timestamptz,
  object_upload    text,
  finished_at      timestamptz,
  lease_holder     text,
  lease_until      timestamptz,
  PRIMARY KEY (transfer, file),
  FOREIGN KEY (transfer, file) REFERENCES transfer_file
);
CREATE TABLE upload_part (
  transfer id NOT NULL,
  file     text NOT NULL,
  number   integer NOT NULL,
  length   integer NOT NULL,
  sha256   bytea NOT NULL,
  tag      text NOT NULL,
  -- Where the framing stood after this part (openpgp/body-walker.ts).
  framing  jsonb NOT NULL,
  PRIMARY KEY (transfer, file, number),
  FOREIGN KEY (transfer, file) REFERENCES upload
);

-- One recipient of a transfer: a person, or a team, collected by the first member.
CREATE TABLE delivery (
  transfer          id NOT NULL REFERENCES transfer,
  organisation      id NOT NULL REFERENCES organisation,
  account           id REFERENCES account,
  team              id,
  state             text NOT NULL DEFAULT 'waiting'
                    CHECK (state IN ('waiting', 'fetched', 'opened', 'acknowledged')),
  acknowledged_by   id REFERENCES account,
  acknowledged_at   timestamptz,
  receipt_bytes     bytea,
  receipt_signature bytea,
  CHECK ((account IS NULL) <> (team IS NULL)),
  UNIQUE NULLS NOT DISTINCT (transfer, account, team)
);
CREATE INDEX delivery_account ON delivery (account);
CREATE INDEX delivery_team ON delivery (team);

-- The session key wrapped for one key. Its own table: dropped early, short in backups.
CREATE TABLE pkesk (
  transfer          id NOT NULL REFERENCES transfer,
  key_set           integer NOT NULL,
  -- Null for the scan key's, which release drops.
  account           id REFERENCES account,
  encryption_subkey fingerprint NOT NULL,
  bytes             bytea NOT NULL CHECK (length(bytes) <= 2048),
  PRIMARY KEY (transfer, key_set, encryption_subkey)
);

CREATE TABLE scan_certificate (
  fingerprint       fingerprint PRIMARY KEY,
  transfer          id NOT NULL REFERENCES transfer,
  encryption_subkey fingerprint NOT NULL,
  certificate       bytea NOT NULL,
  -- The statement by the scan authority (domain/transfers/scan-certificate.ts).
  bytes             bytea NOT NULL,
  signature         bytea NOT NULL,
  authority         fingerprint NOT NULL,
  authority_bytes   bytea NOT NULL,
  expires_at        timestamptz NOT NULL,
  lost_at           timestamptz
);
CREATE INDEX scan_certificate_transfer ON scan_certificate (transfer);

CREATE TABLE verdict (
  transfer    id NOT NULL REFERENCES transfer,
  file        text NOT NULL,
  verdict     text NOT NULL CHECK (verdict IN ('clean', 'infected', 'unscannable')),
  finding     text,
  engine      text NOT NULL,
  body_digest sha256 NOT NULL,
  commitment  sha256 NOT NULL,
  at          timestamptz NOT NULL,
  PRIMARY KEY (transfer, file)
);

CREATE TABLE scan_key_destroyed (
  fingerprint fingerprint PRIMARY KEY REFERENCES scan_certificate,
  transfer    id NOT NULL REFERENCES transfer,
  at          timestamptz NOT NULL
);

CREATE FUNCTION announce_scan_certificate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_notify('scan_certificate', NEW.transfer);
  RETURN NULL;
END
$$;
CREATE TRIGGER scan_certificate_announce AFTER INSERT ON scan_certificate
  FOR EACH ROW EXECUTE FUNCTION announce_scan_certificate();

-- An approver answers for what nobody could look into (ARCHITECTURE.md#not-scanned).
CREATE TABLE approval (
  -- One is enough, and two people cannot race.
  transfer  id PRIMARY KEY REFERENCES transfer,
  note_hash sha256 NOT NULL,
  account   id NOT NULL REFERENCES account,
  bytes     bytea NOT NULL,
  signature bytea NOT NULL,
  at        timestamptz NOT NULL
);

-- Notes that a later dispatch replaced: what was signed stays known.
CREATE TABLE earlier_note (
  hash          sha256 PRIMARY KEY,
  transfer      id NOT NULL REFERENCES transfer,
  bytes         bytea NOT NULL,
  signature     bytea NOT NULL,
  dispatched_at timestamptz NOT NULL
);
CREATE INDEX earlier_note_transfer ON earlier_note (transfer);

-- One more reader of a released transfer, without an upload (ARCHITECTURE.md#add-a-recipient), as the one who adds them
-- signed it.
CREATE TABLE addendum (
  hash              sha256 PRIMARY KEY,
  transfer          id NOT NULL REFERENCES transfer,
  note_hash         sha256 NOT NULL,
  account           id NOT NULL REFERENCES account,
  encryption_subkey fingerprint NOT NULL,
  bytes             bytea NOT NULL,
  signature         bytea NOT NULL,
  at                timestamptz NOT NULL,
  UNIQUE (transfer, encryption_subkey)
);

-- Who was told what by mail: a repeated job sends nothing again, and the reconciler sees what was never sent.
CREATE TABLE notified (
  transfer    id NOT NULL REFERENCES transfer,
  account     id NOT NULL REFERENCES account,
  template    text NOT NULL,
  -- Of the act that is told: the same thing may happen twice to one transfer.
  correlation id NOT NULL,
  at          timestamptz NOT NULL,
  PRIMARY KEY (transfer, account, template, correlation)
);

GRANT SELECT, INSERT ON transfer, transfer_file, upload, upload_part, delivery, pkesk TO safehand_server;
GRANT UPDATE (state, dispatched_at, note_hash, note_bytes, note_signature) ON transfer TO safehand_server;
GRANT UPDATE (body_digest) ON transfer_file TO safehand_server;
GRANT UPDATE (object_upload, finished_at, token_revoked_at, lease_holder, lease_until) ON upload TO safehand_server;
GRANT DELETE ON upload_part TO safehand_server;
GRANT UPDATE (state, acknowledged_by, acknowledged_at, receipt_bytes, receipt_signature) ON delivery TO safehand_server;
GRANT DELETE ON pkesk TO safehand_server;
GRANT SELECT ON scan_certificate, verdict, scan_key_destroyed TO safehand_server;

-- Of deliveries the workers read how far they are, not what was signed.
GRANT SELECT (transfer, organisation, account, team, state, acknowledged_by, acknowledged_at) ON delivery
  TO safehand_scanner, safehand_housekeeper;
GRANT SELECT ON transfer, transfer_file, pkesk, scan_certificate, verdict, scan_key_destroyed TO safehand_scanner;
GRANT UPDATE (state) ON transfer TO safehand_scanner;
GRANT INSERT ON scan_certificate, verdict, scan_key_destroyed TO safehand_scanner;
GRANT UPDATE (lost_at) ON scan_certificate TO safehand_scanner;

GRANT SELECT ON transfer, transfer_file, pkesk, scan_certificate, verdict, scan_key_destroyed TO safehand_housekeeper;
GRANT UPDATE (state, released_at) ON transfer TO safehand_housekeeper;
GRANT DELETE ON pkesk TO safehand_housekeeper;
GRANT SELECT, INSERT ON approval, earlier_note, addendum TO safehand_server;
GRANT SELECT ON approval TO safehand_scanner, safehand_housekeeper;
GRANT UPDATE (held_at, held_reason, expires_at) ON transfer TO safehand_housekeeper;
GRANT SELECT, INSERT ON notified TO safehand_housekeeper;
