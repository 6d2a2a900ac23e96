-- An account ends: whoever had it is nobody from then on, and its address can be given to somebody else. Its row stays:
-- what its holder did and signed names it for ever.

ALTER TABLE account ADD deactivated_at timestamptz;
ALTER TABLE account DROP CONSTRAINT account_email_key;
CREATE UNIQUE INDEX account_email ON account (email) WHERE deactivated_at IS NULL;
GRANT UPDATE (deactivated_at) ON account TO safehand_server;
GRANT SELECT (deactivated_at) ON account TO safehand_housekeeper;

-- Withdrawn, or another was made in its place: it makes no account any more.
ALTER TABLE invitation ADD withdrawn_at timestamptz;
GRANT UPDATE (withdrawn_at) ON invitation TO safehand_server;
CREATE INDEX invitation_open ON invitation (organisation, email) WHERE accepted_at IS NULL AND withdrawn_at IS NULL;

-- Whose session it is (passport keeps the account's id in it).
CREATE INDEX session_account ON session ((sess -> 'passport' ->> 'user'));
CREATE INDEX token_account ON token (account);

-- A key counts as withdrawn when its holder's account has ended: nothing is sent to it, and no roster lists it.
CREATE OR REPLACE VIEW current_certificate AS
  SELECT c.fingerprint, c.account, c.encryption_subkey, coalesce(r.bytes, c.bytes) AS bytes, c.proven_at,
         CASE WHEN r.number IS NULL THEN c.expires_at ELSE r.expires_at END AS expires_at,
         least(v.at, a.deactivated_at) AS revoked_at
  FROM certificate c
  JOIN account a ON a.id = c.account
  LEFT JOIN LATERAL (SELECT * FROM certificate_renewal n WHERE n.fingerprint = c.fingerprint
                     ORDER BY n.number DESC LIMIT 1) r ON true
  LEFT JOIN certificate_revocation v ON v.fingerprint = c.fingerprint;
