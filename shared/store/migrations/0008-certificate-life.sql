-- The life of a certificate after it was registered: renewed by new self-signatures of the same key, revoked by its
-- owner. Only ever added to: what was registered stays, and a revocation cannot be taken back.

ALTER TABLE certificate ADD COLUMN expires_at timestamptz;

CREATE TABLE certificate_renewal (
  number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fingerprint fingerprint NOT NULL REFERENCES certificate,
  -- The older self-signatures with the newer: what was signed under them stays verifiable.
  bytes       bytea NOT NULL,
  expires_at  timestamptz,
  at          timestamptz NOT NULL
);
CREATE INDEX certificate_renewal_fingerprint ON certificate_renewal (fingerprint, number DESC);

CREATE TABLE certificate_revocation (
  fingerprint fingerprint PRIMARY KEY REFERENCES certificate,
  -- The revoked certificate, when its owner published one; null: the owner's signed-in act.
  bytes       bytea,
  at          timestamptz NOT NULL
);

-- Each certificate as it stands today. Its bytes are never the revoked ones: what was signed before must stay readable.
CREATE VIEW current_certificate AS
  SELECT c.fingerprint, c.account, c.encryption_subkey, coalesce(r.bytes, c.bytes) AS bytes, c.proven_at,
         CASE WHEN r.number IS NULL THEN c.expires_at ELSE r.expires_at END AS expires_at, v.at AS revoked_at
  FROM certificate c
  LEFT JOIN LATERAL (SELECT * FROM certificate_renewal n WHERE n.fingerprint = c.fingerprint
                     ORDER BY n.number DESC LIMIT 1) r ON true
  LEFT JOIN certificate_revocation v ON v.fingerprint = c.fingerprint;

GRANT INSERT ON certificate_renewal, certificate_revocation TO safehand_server;
GRANT SELECT ON current_certificate TO safehand_server, safehand_scanner, safehand_housekeeper;
