-- A journal reads its entries by the batch that took them, however many were booked before.
create index entries_by_batch on entries (batch, id);
