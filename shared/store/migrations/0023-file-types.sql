-- What each file is by its content and its name together, and what the files in an archive are (ARCHITECTURE.md#file-types):
-- where a flow lists types, a release asks for it. What was judged before this stood here is of no type that is listed.

ALTER TABLE verdict ADD COLUMN file_types text[] NOT NULL DEFAULT '{other}';
