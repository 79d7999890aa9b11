-- What an effect sends, and what it was answered, stands with the effect and not with each call once more.
alter table partner_calls alter column request drop not null;
