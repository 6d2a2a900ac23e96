-- A password is changed; a lost one, or a lost authenticator, is reset (ARCHITECTURE.md#reset).
GRANT UPDATE (password_hash, totp_secret) ON account TO safehand_server;

CREATE TABLE account_reset (
  id           id PRIMARY KEY,
  account      id NOT NULL REFERENCES account,
  -- Of the code that an administrator says to the person they see.
  code_hash    bytea NOT NULL,
  opened_by    id NOT NULL REFERENCES account,
  opened_at    timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  -- Of an administrator: it does nothing until a second person has confirmed it.
  needs_second boolean NOT NULL,
  confirmed_by id REFERENCES account,
  confirmed_at timestamptz,
  completed_at timestamptz,
  withdrawn_at timestamptz
);
CREATE INDEX account_reset_open ON account_reset (account) WHERE completed_at IS NULL AND withdrawn_at IS NULL;
GRANT SELECT, INSERT ON account_reset TO safehand_server;
GRANT UPDATE (confirmed_by, confirmed_at, completed_at, withdrawn_at) ON account_reset TO safehand_server;

-- What somebody was told by mail of their own account; as `notified` has it of transfers.
CREATE TABLE account_notified (
  account     id NOT NULL REFERENCES account,
  template    text NOT NULL,
  correlation id NOT NULL,
  at          timestamptz NOT NULL,
  PRIMARY KEY (account, template, correlation)
);
GRANT SELECT, INSERT ON account_notified TO safehand_housekeeper;
