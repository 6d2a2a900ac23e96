-- Organisations, people, how they sign in, and the signed documents that say who they are.

CREATE DOMAIN id AS text CHECK (VALUE ~ '^[0-9a-f]{32}$');
CREATE DOMAIN fingerprint AS text CHECK (VALUE ~ '^([0-9a-f]{40}|[0-9a-f]{64})$');
CREATE DOMAIN sha256 AS text CHECK (VALUE ~ '^[0-9a-f]{64}$');

CREATE TABLE organisation (
  id         id PRIMARY KEY,
  name       text NOT NULL UNIQUE,
  -- Null until the invited first administrator registers the first statement.
  root       fingerprint,
  created_at timestamptz NOT NULL
);

CREATE TABLE invitation (
  id                  id PRIMARY KEY,
  token_hash          bytea NOT NULL UNIQUE,
  organisation        id NOT NULL REFERENCES organisation,
  email               text NOT NULL,
  name                text NOT NULL,
  roles               text[] NOT NULL,
  teams               text[] NOT NULL DEFAULT '{}',
  first_administrator boolean NOT NULL DEFAULT false,
  expires_at          timestamptz NOT NULL,
  accepted_at         timestamptz
);

CREATE TABLE account (
  id                  id PRIMARY KEY,
  organisation        id NOT NULL REFERENCES organisation,
  email               text NOT NULL UNIQUE,
  name                text NOT NULL,
  password_hash       text NOT NULL,
  -- AES-256-GCM under a key that is not in PostgreSQL.
  totp_secret         bytea NOT NULL,
  -- The last 30-second step that was used: a code counts once.
  totp_step           bigint NOT NULL DEFAULT 0,
  -- What the invitation proposes, teams by name; the roster alone gives roles and teams (ARCHITECTURE.md#roster).
  proposed_roles      text[] NOT NULL,
  proposed_teams      text[] NOT NULL,
  first_administrator boolean NOT NULL,
  created_at          timestamptz NOT NULL
);

CREATE TABLE one_time_code (
  account   id NOT NULL REFERENCES account,
  code_hash bytea NOT NULL,
  used_at   timestamptz,
  PRIMARY KEY (account, code_hash)
);

CREATE TABLE token (
  id          id PRIMARY KEY,
  account     id NOT NULL REFERENCES account,
  secret_hash bytea NOT NULL UNIQUE,
  scopes      text[] NOT NULL,
  expires_at  timestamptz NOT NULL,
  revoked_at  timestamptz,
  created_at  timestamptz NOT NULL
);

-- connect-pg-simple's table, bookkeeping.
CREATE TABLE session (
  sid    varchar PRIMARY KEY,
  sess   json NOT NULL,
  expire timestamp(6) NOT NULL
);
CREATE INDEX session_expire ON session (expire);

-- rate-limiter-flexible's table, bookkeeping.
CREATE TABLE throttle (
  key    varchar(255) PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
);

-- A person's certificate (public part). One per person for now; the roster says which one counts.
CREATE TABLE certificate (
  fingerprint       fingerprint PRIMARY KEY,
  account           id NOT NULL REFERENCES account,
  encryption_subkey fingerprint NOT NULL UNIQUE,
  bytes             bytea NOT NULL,
  registered_at     timestamptz NOT NULL,
  proven_at         timestamptz,
  expires_at        timestamptz
);
CREATE INDEX certificate_account ON certificate (account);

-- A certificate's life after it was registered: renewed by new self-signatures of the same key, revoked by its owner.
-- Only ever added to: what was registered stays, and a revocation cannot be taken back.
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

-- A challenge that was given out (ARCHITECTURE.md#key-proof). Only the hash of the right answer is kept.
CREATE TABLE key_proof (
  id                id PRIMARY KEY,
  account           id NOT NULL REFERENCES account,
  purpose           text NOT NULL CHECK (purpose IN ('register', 'collect')),
  encryption_subkey fingerprint NOT NULL,
  -- The session or token it belongs to.
  session           text NOT NULL,
  answer_hash       bytea NOT NULL,
  expires_at        timestamptz NOT NULL,
  tried_at          timestamptz,
  proven_at         timestamptz
);
CREATE INDEX key_proof_session ON key_proof (session, encryption_subkey);

-- Public parts of roots and roster keys.
CREATE TABLE organisation_key (
  organisation id NOT NULL REFERENCES organisation,
  fingerprint  fingerprint NOT NULL,
  bytes        bytea NOT NULL,
  PRIMARY KEY (organisation, fingerprint)
);

CREATE TABLE statement (
  organisation id NOT NULL REFERENCES organisation,
  sequence     integer NOT NULL,
  hash         sha256 NOT NULL UNIQUE,
  bytes        bytea NOT NULL,
  signature    bytea NOT NULL,
  PRIMARY KEY (organisation, sequence)
);

CREATE TABLE roster (
  organisation id NOT NULL REFERENCES organisation,
  sequence     integer NOT NULL,
  hash         sha256 NOT NULL UNIQUE,
  bytes        bytea NOT NULL,
  signature    bytea NOT NULL,
  -- Fingerprint of the roster key that signed.
  signed_by    fingerprint NOT NULL,
  expires_at   timestamptz NOT NULL,
  PRIMARY KEY (organisation, sequence)
);

-- The salted person entries behind a roster's digests.
CREATE TABLE roster_person (
  roster            sha256 NOT NULL REFERENCES roster (hash),
  digest            sha256 NOT NULL,
  account           id NOT NULL REFERENCES account,
  encryption_subkey fingerprint NOT NULL,
  roles             text[] NOT NULL,
  teams             text[] NOT NULL,
  bytes             bytea NOT NULL,
  PRIMARY KEY (roster, digest),
  UNIQUE (roster, account)
);
CREATE INDEX roster_person_account ON roster_person (account);

GRANT SELECT ON organisation, invitation, account, one_time_code, token, certificate, key_proof, organisation_key,
  statement, roster, roster_person TO safehand_server;
GRANT INSERT ON invitation, account, one_time_code, token, certificate, key_proof, organisation_key, statement, roster,
  roster_person TO safehand_server;
GRANT UPDATE (root) ON organisation TO safehand_server;
GRANT UPDATE (accepted_at) ON invitation TO safehand_server;
GRANT UPDATE (totp_step) ON account TO safehand_server;
GRANT UPDATE (used_at) ON one_time_code TO safehand_server;
GRANT UPDATE (revoked_at) ON token TO safehand_server;
GRANT UPDATE (proven_at) ON certificate TO safehand_server;
GRANT UPDATE (tried_at, proven_at) ON key_proof TO safehand_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON session, throttle TO safehand_server;

-- The workers decide again at run time, so they read what decisions need; who people are stays with the server.
GRANT SELECT ON organisation, certificate, statement, roster, roster_person TO safehand_scanner, safehand_housekeeper;
GRANT SELECT (id, organisation, email) ON account TO safehand_housekeeper;
GRANT INSERT ON certificate_renewal, certificate_revocation TO safehand_server;
GRANT SELECT ON current_certificate TO safehand_server, safehand_scanner, safehand_housekeeper;
