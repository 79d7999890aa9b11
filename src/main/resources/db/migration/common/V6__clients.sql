-- When each key of a partner API client was last used: the old of two goes when nobody uses it any more.
create table client_keys (
  client       varchar(60) not null,
  key_name     varchar(16) not null,
  last_used_at timestamp with time zone not null,
  primary key (client, key_name)
);

-- A client's own orders, the newest first.
create index orders_by_shop on orders (channel, shop, placed_at, number);
