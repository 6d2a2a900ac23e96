-- Webhooks: addresses of organisations' own programs, and what is to be told them. A delivery is written by the commit
-- that it tells of; only the housekeeper says what became of it. No secret is here: they follow from id and generation
-- under a key outside the database.

CREATE TABLE webhook (
  id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{32}$'),
  organisation text NOT NULL REFERENCES organisation,
  url text NOT NULL CHECK (length(url) <= 500),
  events text[] NOT NULL,
  generation integer NOT NULL DEFAULT 1,
  rotated_at timestamptz,
  created_by text NOT NULL REFERENCES account,
  created_at timestamptz NOT NULL,
  removed_at timestamptz,
  failing_at timestamptz,
  -- Counts its own deliveries, so that their ids are in order and say nothing of other organisations.
  last_number bigint NOT NULL DEFAULT 0
);
CREATE INDEX ON webhook (organisation) WHERE removed_at IS NULL;

CREATE TABLE webhook_delivery (
  webhook text NOT NULL REFERENCES webhook,
  number bigint NOT NULL,
  event text NOT NULL,
  transfer text REFERENCES transfer,
  at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz,
  last_status integer,
  last_at timestamptz,
  delivered_at timestamptz,
  PRIMARY KEY (webhook, number)
);
CREATE INDEX ON webhook_delivery (next_at) WHERE next_at IS NOT NULL;

GRANT SELECT, INSERT ON webhook TO safehand_server;
GRANT UPDATE (generation, rotated_at, removed_at, last_number) ON webhook TO safehand_server;
GRANT SELECT, INSERT ON webhook_delivery TO safehand_server;
GRANT SELECT ON webhook, webhook_delivery TO safehand_housekeeper;
GRANT UPDATE (failing_at, last_number) ON webhook TO safehand_housekeeper;
GRANT INSERT ON webhook_delivery TO safehand_housekeeper;
GRANT UPDATE (attempts, next_at, last_status, last_at, delivered_at) ON webhook_delivery TO safehand_housekeeper;
