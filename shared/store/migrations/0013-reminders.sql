-- Reminders of what nobody collected (ARCHITECTURE.md#reminders): who was let in after the release is not reminded as
-- if they had been there from the beginning.

GRANT SELECT (transfer, account, at) ON addendum TO safehand_housekeeper;
