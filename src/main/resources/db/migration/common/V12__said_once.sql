-- What an effect sends, and what it was answered, stands with the effect and not with each call once more.
alter table partner_calls alter column request drop not null;

-- An effect is found by its matter; a beginning of its key is no way in where letters are sorted by a language's rules.
drop index if exists effects_by_order;
create index effects_by_matter on effects (order_number, operation, subject);
