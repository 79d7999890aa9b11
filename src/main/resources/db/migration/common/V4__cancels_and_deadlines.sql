-- An order somebody wants cancelled, from the moment the wish arrived. While the row stands nothing new is sent, captured or
-- told for the order; it goes when the wish was refused or only a part was cancelled.
create table cancel_requests (
  order_number varchar(40) primary key,
  message_id  bigint not null,
  at          timestamp with time zone not null
);

-- A deadline's kind is the step that runs when it is due; called_at says that its message was taken.
alter table deadlines alter column kind type varchar(80);
alter table deadlines add column called_at timestamp with time zone;
