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

GRANT SELECT, INSERT ON notified TO safehand_housekeeper;

-- For the reconciler, which looks every minute for what stands still.
CREATE INDEX transfer_under_way ON transfer (dispatched_at) WHERE state IN ('dispatched', 'scanning');
CREATE INDEX outbox_sent ON outbox (sent_at);
