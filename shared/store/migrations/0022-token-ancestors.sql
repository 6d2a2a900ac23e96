-- A token made by a token dies with it: each knows the whole line that it comes from, so that one look at a token says
-- whether any of them was revoked, however two requests cross.
ALTER TABLE token ADD ancestors text[] NOT NULL DEFAULT '{}';
CREATE INDEX token_ancestors ON token USING gin (ancestors);
