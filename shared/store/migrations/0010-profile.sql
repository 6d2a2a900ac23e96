-- Which profile the bodies of a transfer have (DESIGN 7): said at the draft, because their lengths follow from it.
ALTER TABLE transfer ADD COLUMN profile text NOT NULL DEFAULT 'v2-gcm' CHECK (profile IN ('v2-gcm', 'v1-cfb'));
