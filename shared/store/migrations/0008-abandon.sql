-- Giving up a transfer that was never handed over: by its sender, in the server; by the housekeeper when nobody can upload
-- to it any more. Its upload tokens end with it, and with their sender's place in the roster.

INSERT INTO transfer_step VALUES
  ('draft', 'abandoned', 'safehand_server'),
  ('uploading', 'abandoned', 'safehand_server'),
  ('draft', 'abandoned', 'safehand_housekeeper'),
  ('uploading', 'abandoned', 'safehand_housekeeper');

-- When uploads end, and that they have: nothing of what opens them.
GRANT SELECT (transfer, file, token_expires_at, token_revoked_at) ON upload TO safehand_housekeeper;
GRANT UPDATE (token_revoked_at) ON upload TO safehand_housekeeper;

-- For the reconciler: what was begun and never handed over.
CREATE INDEX transfer_begun ON transfer (created_at) WHERE state IN ('draft', 'uploading');
