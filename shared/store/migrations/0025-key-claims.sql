-- A key that nobody has shown to hold is a claim, one of each account that makes it: it occupies nothing, so that whoever
-- registers a published key first keeps its owner out of nothing. A certificate is a key that was proven.
CREATE TABLE certificate_claim (
  account           id NOT NULL REFERENCES account,
  fingerprint       fingerprint NOT NULL,
  encryption_subkey fingerprint NOT NULL,
  bytes             bytea NOT NULL,
  expires_at        timestamptz,
  registered_at     timestamptz NOT NULL,
  PRIMARY KEY (account, fingerprint),
  UNIQUE (account, encryption_subkey)
);
GRANT SELECT, INSERT, DELETE ON certificate_claim TO safehand_server;

INSERT INTO certificate_claim (account, fingerprint, encryption_subkey, bytes, expires_at, registered_at)
  SELECT c.account, c.fingerprint, c.encryption_subkey, k.bytes, k.expires_at, c.registered_at
  FROM certificate c JOIN current_certificate k ON k.fingerprint = c.fingerprint
  WHERE c.proven_at IS NULL AND k.revoked_at IS NULL
    AND NOT EXISTS (SELECT FROM roster_person p WHERE p.encryption_subkey = c.encryption_subkey);
DELETE FROM certificate_renewal WHERE fingerprint IN (SELECT fingerprint FROM certificate_claim);
DELETE FROM certificate WHERE fingerprint IN (SELECT fingerprint FROM certificate_claim) AND proven_at IS NULL;
