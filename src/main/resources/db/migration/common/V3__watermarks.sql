-- How far each poll has come: partners are asked for what a webhook may never have told.
create table watermarks (
  name        varchar(120) primary key,
  reached_at  timestamp with time zone,
  since_at    timestamp with time zone,
  page_after  varchar(500)
);
