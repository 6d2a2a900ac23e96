-- What the scanner took each file for, by its content: null where it is of no recognised type (ARCHITECTURE.md#verdict).

ALTER TABLE verdict ADD COLUMN type_seen text CHECK (length(type_seen) <= 40);
