-- How far an upload is stands in its own row, beside the lease under which it is read: one question for each part instead
-- of four. The parts keep their digests for the end.

ALTER TABLE upload
  ADD COLUMN received bigint NOT NULL DEFAULT 0,
  -- Where the framing stood after the last part (openpgp/body-walker.ts).
  ADD COLUMN framing jsonb;
UPDATE upload u SET
  received = coalesce((SELECT sum(p.length) FROM upload_part p WHERE (p.transfer, p.file) = (u.transfer, u.file)), 0),
  framing = (SELECT p.framing FROM upload_part p WHERE (p.transfer, p.file) = (u.transfer, u.file)
             ORDER BY p.number DESC LIMIT 1);
ALTER TABLE upload_part DROP COLUMN framing;
GRANT UPDATE (received, framing) ON upload TO safehand_server;
