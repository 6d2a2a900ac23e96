-- A mail is sent only when a decision asked for it: the housekeeper looks in the outbox.
CREATE INDEX outbox_mail ON outbox ((data ->> 'transfer')) WHERE job = 'send-mail';
