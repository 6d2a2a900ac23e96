-- Agreement versions as they were signed, their parties, and each party's signature.

CREATE TABLE agreement (
  id           id NOT NULL,
  version      integer NOT NULL,
  hash         sha256 NOT NULL UNIQUE,
  bytes        bytea NOT NULL,
  imported_by  id NOT NULL REFERENCES account,
  imported_at  timestamptz NOT NULL,
  -- Set once by the housekeeper, when every party's signature is there.
  activated_at timestamptz,
  PRIMARY KEY (id, version)
);

CREATE TABLE agreement_party (
  agreement    sha256 NOT NULL REFERENCES agreement (hash),
  organisation id NOT NULL REFERENCES organisation,
  PRIMARY KEY (agreement, organisation)
);
CREATE INDEX agreement_party_organisation ON agreement_party (organisation);

CREATE TABLE agreement_signature (
  agreement    sha256 NOT NULL REFERENCES agreement (hash),
  organisation id NOT NULL REFERENCES organisation,
  account      id NOT NULL REFERENCES account,
  bytes        bytea NOT NULL,
  signature    bytea NOT NULL,
  signed_at    timestamptz NOT NULL,
  PRIMARY KEY (agreement, organisation)
);

GRANT SELECT, INSERT ON agreement, agreement_party, agreement_signature TO safehand_server;
GRANT SELECT ON agreement, agreement_party, agreement_signature TO safehand_scanner, safehand_housekeeper;
GRANT UPDATE (activated_at) ON agreement TO safehand_housekeeper;
