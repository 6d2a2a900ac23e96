-- Bookkeeping does not grow for ever. What was handed to its queue, told to a webhook or answered long ago is of no use to
-- anyone: jobs and mails are looked for within days, a webhook is tried for a day, a command that broke off goes on for one.
-- The housekeeper may have it forgotten, and can delete nothing younger by itself.

CREATE INDEX idempotency_made ON idempotency (created_at);
CREATE INDEX webhook_delivery_made ON webhook_delivery (at);

-- At most `most` rows of each; gives how many.
CREATE FUNCTION forget_bookkeeping(most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  before timestamptz := clock_timestamp() - interval '30 days';
  rows bigint;
  forgotten bigint := 0;
BEGIN
  DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE sent_at < before ORDER BY sent_at LIMIT most);
  GET DIAGNOSTICS rows = ROW_COUNT;
  forgotten := forgotten + rows;
  DELETE FROM idempotency WHERE (caller, key) IN
    (SELECT caller, key FROM idempotency WHERE created_at < before ORDER BY created_at LIMIT most);
  GET DIAGNOSTICS rows = ROW_COUNT;
  forgotten := forgotten + rows;
  -- Waiting ones too: they belong to a webhook that was removed, or that fails and is told nothing old any more.
  DELETE FROM webhook_delivery WHERE (webhook, number) IN
    (SELECT webhook, number FROM webhook_delivery WHERE at < before ORDER BY at LIMIT most);
  GET DIAGNOSTICS rows = ROW_COUNT;
  RETURN forgotten + rows;
END
$$;
REVOKE ALL ON FUNCTION forget_bookkeeping FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_bookkeeping TO safehand_housekeeper;
