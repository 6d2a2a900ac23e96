-- How transfers end (ARCHITECTURE.md#ends): recalled, expired, acknowledged by all, then destroyed; what holds them;
-- who was reminded.

ALTER TABLE transfer
  -- How it ended, which its state no longer says once it is destroyed.
  ADD ended_as text CHECK (ended_as IN ('abandoned', 'rejected', 'recalled', 'expired', 'acknowledged')),
  ADD ended_at timestamptz,
  -- A first release to somebody new waits until then, so that the sender can undo it.
  ADD release_not_before timestamptz,
  ADD CHECK ((ended_as IS NULL) = (ended_at IS NULL));
-- For the reconciler, which looks for what is due.
CREATE INDEX transfer_released ON transfer (expires_at) WHERE state = 'released';
CREATE INDEX transfer_ended ON transfer (ended_at) WHERE state IN ('abandoned', 'rejected', 'recalled', 'expired');

INSERT INTO transfer_step VALUES
  ('dispatched', 'recalled', 'safehand_server'),
  ('scanning', 'recalled', 'safehand_server'),
  ('awaiting-approval', 'recalled', 'safehand_server'),
  ('waiting-for-sender', 'recalled', 'safehand_server'),
  ('released', 'recalled', 'safehand_server'),
  ('released', 'expired', 'safehand_housekeeper'),
  ('abandoned', 'destroyed', 'safehand_housekeeper'),
  ('rejected', 'destroyed', 'safehand_housekeeper'),
  ('recalled', 'destroyed', 'safehand_housekeeper'),
  ('expired', 'destroyed', 'safehand_housekeeper');

CREATE TABLE recall (
  transfer     id PRIMARY KEY REFERENCES transfer,
  account      id NOT NULL REFERENCES account,
  organisation id NOT NULL REFERENCES organisation,
  reason       text NOT NULL,
  at           timestamptz NOT NULL
);
CREATE TRIGGER recall_of_recalled BEFORE INSERT ON recall
  FOR EACH ROW EXECUTE FUNCTION guard_transfer_parts('recalled');
ALTER TABLE recall ENABLE ALWAYS TRIGGER recall_of_recalled;

-- A recipient's own word on what became of their copy.
CREATE TABLE destruction_statement (
  hash      sha256 PRIMARY KEY,
  transfer  id NOT NULL REFERENCES transfer,
  -- Who signed, and on behalf of whom: of the delivery to themselves, or to their team.
  account   id NOT NULL REFERENCES account,
  team      id,
  outcome   text NOT NULL CHECK (outcome IN ('destroyed', 'kept-by-law')),
  bytes     bytea NOT NULL,
  signature bytea NOT NULL,
  at        timestamptz NOT NULL
);
CREATE INDEX destruction_statement_transfer ON destruction_statement (transfer);

-- Every time the clock stood still, and why; one at a time.
CREATE TABLE hold (
  number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transfer     id NOT NULL REFERENCES transfer,
  reason       text NOT NULL,
  words        text,
  -- Null: the service itself.
  account      id REFERENCES account,
  organisation id REFERENCES organisation,
  at           timestamptz NOT NULL,
  lifted_at    timestamptz,
  lifted_by    id REFERENCES account
);
CREATE UNIQUE INDEX hold_open ON hold (transfer) WHERE lifted_at IS NULL;
CREATE INDEX hold_transfer ON hold (transfer);

-- The housekeeper's signed word that a transfer's bodies and wrapped keys are gone, and each body's row.
CREATE TABLE destruction_certificate (
  transfer          id PRIMARY KEY REFERENCES transfer,
  hash              sha256 NOT NULL UNIQUE,
  bytes             bytea NOT NULL,
  signature         bytea NOT NULL,
  housekeeper       fingerprint NOT NULL,
  housekeeper_bytes bytea NOT NULL,
  at                timestamptz NOT NULL
);
CREATE TABLE body_destroyed (
  transfer id NOT NULL,
  file     text NOT NULL,
  at       timestamptz NOT NULL,
  PRIMARY KEY (transfer, file),
  FOREIGN KEY (transfer, file) REFERENCES transfer_file
);

-- Which reminder was sent about which delivery; null recipients: about the transfer as a whole.
CREATE TABLE reminder (
  transfer id NOT NULL REFERENCES transfer,
  account  id REFERENCES account,
  team     id,
  stage    text NOT NULL,
  at       timestamptz NOT NULL,
  UNIQUE NULLS NOT DISTINCT (transfer, account, team, stage)
);

-- An end is said once, with the state that it is; and nothing is called destroyed of which something is left.
CREATE FUNCTION guard_transfer_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.ended_as, NEW.ended_at) IS DISTINCT FROM (OLD.ended_as, OLD.ended_at)
     AND (OLD.ended_as IS NOT NULL OR NEW.state = OLD.state
          OR NEW.ended_as <> NEW.state AND (NEW.ended_as, NEW.state) <> ('acknowledged', 'expired')) THEN
    RAISE EXCEPTION 'a transfer ends once';
  END IF;
  IF NEW.state = 'destroyed' AND OLD.state <> 'destroyed' AND (
       NEW.held_at IS NOT NULL
       OR NOT EXISTS (SELECT FROM destruction_certificate c WHERE c.transfer = NEW.id)
       OR EXISTS (SELECT FROM pkesk p WHERE p.transfer = NEW.id)
       OR EXISTS (SELECT FROM transfer_file f WHERE f.transfer = NEW.id AND NOT EXISTS
            (SELECT FROM body_destroyed b WHERE b.transfer = f.transfer AND b.file = f.file))
       OR EXISTS (SELECT FROM scan_certificate c WHERE c.transfer = NEW.id AND NOT EXISTS
            (SELECT FROM scan_key_destroyed d WHERE d.fingerprint = c.fingerprint))) THEN
    RAISE EXCEPTION 'a transfer is destroyed only when nothing of it is left';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER transfer_end BEFORE UPDATE ON transfer FOR EACH ROW EXECUTE FUNCTION guard_transfer_end();
ALTER TABLE transfer ENABLE ALWAYS TRIGGER transfer_end;

GRANT SELECT, INSERT ON recall, destruction_statement, hold TO safehand_server;
GRANT UPDATE (lifted_at, lifted_by) ON hold TO safehand_server, safehand_housekeeper;
GRANT UPDATE (ended_as, ended_at) ON transfer TO safehand_server, safehand_housekeeper;
GRANT UPDATE (held_at, held_reason, expires_at) ON transfer TO safehand_server;
GRANT SELECT ON destruction_certificate, body_destroyed, reminder TO safehand_server;

GRANT SELECT (transfer, number, reason, at, lifted_at) ON hold TO safehand_scanner;

GRANT SELECT, INSERT ON hold, destruction_certificate, body_destroyed, reminder TO safehand_housekeeper;
GRANT SELECT ON recall TO safehand_housekeeper;
GRANT SELECT (transfer, account, team, outcome, at) ON destruction_statement TO safehand_housekeeper;
GRANT UPDATE (release_not_before) ON transfer TO safehand_housekeeper;
-- What an upload that never ended left in the object store.
GRANT SELECT (transfer, file, object_upload) ON upload TO safehand_housekeeper;
