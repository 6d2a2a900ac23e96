-- The append-only log (ARCHITECTURE.md#sequencer). Every process may put entries into the intake; only the housekeeper
-- may move them into a log, and only through audit.append(), which moves the exact bytes itself. Nobody has UPDATE or
-- DELETE.

CREATE TABLE audit.intake (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  log         text NOT NULL,
  bytes       bytea NOT NULL CHECK (length(bytes) BETWEEN 1 AND 65535),
  received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX intake_log ON audit.intake (log, id);

CREATE TABLE audit.log (
  origin   text PRIMARY KEY,
  size     bigint NOT NULL DEFAULT 0,
  -- Compact range of the tree at `size` (RFC 6962 2.1), largest subtree first: the root is computed from it.
  frontier bytea[] NOT NULL DEFAULT '{}'
);

CREATE TABLE audit.entry (
  log       text NOT NULL REFERENCES audit.log (origin),
  index     bigint NOT NULL,
  bytes     bytea NOT NULL,
  leaf_hash bytea NOT NULL CHECK (length(leaf_hash) = 32),
  PRIMARY KEY (log, index)
);
CREATE INDEX entry_leaf_hash ON audit.entry (leaf_hash);

-- Hashes of complete 256-leaf subtrees at C2SP tile levels 1, 2, ...; level 0 is audit.entry.leaf_hash.
CREATE TABLE audit.node (
  log   text NOT NULL REFERENCES audit.log (origin),
  level smallint NOT NULL CHECK (level BETWEEN 1 AND 6),
  index bigint NOT NULL,
  hash  bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (log, level, index)
);

CREATE TABLE audit.checkpoint (
  log  text NOT NULL REFERENCES audit.log (origin),
  size bigint NOT NULL,
  note text NOT NULL,
  at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (log, size)
);

-- What is erasable: the value behind one commitment. Deleting a row leaves the tree as it was.
CREATE TABLE audit.opening (
  leaf_hash bytea NOT NULL,
  log       text NOT NULL,
  field     text NOT NULL,
  salt      bytea NOT NULL CHECK (length(salt) = 32),
  value     text NOT NULL,
  PRIMARY KEY (leaf_hash, field)
);

-- Appends intake rows to a log at exactly the size the caller has seen (compare-and-swap on the head), in the order of
-- the ids. The bytes are moved here, never passed through the caller; the caller gives hashes, which the offline
-- verifier recomputes. An id that is named twice, unknown or of another log is missing from the count: refused.
CREATE FUNCTION audit.append(
  log_origin text, expected_size bigint, intake_ids bigint[], new_frontier bytea[],
  node_levels smallint[], node_indexes bigint[], node_hashes bytea[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  head bigint;
  moved bigint;
  new_size bigint := expected_size + cardinality(intake_ids);
BEGIN
  IF current_setting('synchronous_commit') = 'off' THEN
    RAISE EXCEPTION 'a log is appended to durably or not at all';
  END IF;
  IF new_size <= expected_size OR cardinality(new_frontier) <> bit_count(int8send(new_size)) THEN
    RAISE EXCEPTION 'nothing to append, or not the frontier of a log of % entries', new_size;
  END IF;
  INSERT INTO audit.log (origin) VALUES (log_origin) ON CONFLICT DO NOTHING;
  SELECT size INTO head FROM audit.log WHERE origin = log_origin FOR UPDATE;
  IF head <> expected_size THEN
    RAISE EXCEPTION 'log % is at %, not %', log_origin, head, expected_size USING ERRCODE = '40001';
  END IF;
  WITH taken AS (
    DELETE FROM audit.intake USING unnest(intake_ids) WITH ORDINALITY AS wanted (id, place)
    WHERE intake.id = wanted.id AND intake.log = log_origin RETURNING wanted.place, intake.bytes
  ), placed AS (
    INSERT INTO audit.entry (log, index, bytes, leaf_hash)
    SELECT log_origin, expected_size + place - 1, bytes, sha256('\x00'::bytea || bytes)
    FROM taken RETURNING 1
  ) SELECT count(*) INTO moved FROM placed;
  IF moved <> cardinality(intake_ids) THEN
    RAISE EXCEPTION 'only % of % entries were there to append', moved, cardinality(intake_ids) USING ERRCODE = '40001';
  END IF;
  INSERT INTO audit.node (log, level, index, hash)
  SELECT log_origin, l, i, h FROM unnest(node_levels, node_indexes, node_hashes) AS n (l, i, h);
  UPDATE audit.log SET size = new_size, frontier = new_frontier WHERE origin = log_origin;
  RETURN new_size;
END
$$;
REVOKE ALL ON FUNCTION audit.append FROM PUBLIC;

-- Refuses every change of what is written, for any role whatever it was granted later.
CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only';
END
$$;
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON audit.entry
  FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON audit.entry
  FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER intake_no_update BEFORE UPDATE ON audit.intake
  FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER entry_append_only;
ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER entry_no_truncate;
ALTER TABLE audit.intake ENABLE ALWAYS TRIGGER intake_no_update;

-- Nothing is announced here: a transaction that NOTIFYs holds one lock of the whole cluster while it commits, so that
-- no two entries could be made durable together. The sequencer looks several times a second instead.

GRANT INSERT ON audit.intake, audit.opening TO safehand_server, safehand_scanner, safehand_housekeeper;
GRANT SELECT ON audit.intake, audit.log, audit.entry, audit.node, audit.checkpoint, audit.opening
  TO safehand_server, safehand_housekeeper;
GRANT INSERT ON audit.checkpoint TO safehand_housekeeper;
GRANT EXECUTE ON FUNCTION audit.append TO safehand_housekeeper;

-- The idempotency key's reply is written with the act it belongs to; the outbox is where jobs come from
-- (ARCHITECTURE.md#jobs).
CREATE TABLE idempotency (
  caller       text NOT NULL,
  key          text NOT NULL CHECK (length(key) BETWEEN 1 AND 100),
  operation    text NOT NULL,
  request_hash bytea NOT NULL,
  reply        jsonb NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (caller, key)
);
GRANT SELECT, INSERT ON idempotency TO safehand_server;

CREATE TABLE outbox (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job        text NOT NULL,
  data       jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  sent_at    timestamptz
);
CREATE INDEX outbox_waiting ON outbox (id) WHERE sent_at IS NULL;
-- For the reconciler, which looks for what stands still.
CREATE INDEX outbox_sent ON outbox (sent_at);
-- A mail is sent only when a decision asked for it: the housekeeper looks here.
CREATE INDEX outbox_mail ON outbox ((data ->> 'transfer')) WHERE job = 'send-mail';
GRANT INSERT ON outbox TO safehand_server, safehand_scanner, safehand_housekeeper;
GRANT SELECT, UPDATE (sent_at) ON outbox TO safehand_housekeeper;

CREATE FUNCTION announce_outbox() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NOTIFY outbox;
  RETURN NULL;
END
$$;
CREATE TRIGGER outbox_announce AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION announce_outbox();
