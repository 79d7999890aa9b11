-- What lies where, and for whom. Units, never money.
--
-- What a warehouse has of an article, as it last said; null where it was never asked. What our orders claim of it is
-- `reserved`: promised and not yet shipped. Free is on_hand - reserved.
create table stock (
  node        varchar(40) not null,
  sku         varchar(200) not null,
  on_hand     int,
  reserved    int not null,
  polled_at   timestamp with time zone,
  listed      boolean not null,
  moved_at    timestamp with time zone,
  primary key (sku, node)
);
-- Places a warehouse's list has named. Once a whole list was read (polled_at), what it did not name is not there; until
-- then, and where nobody was ever asked, a place counts as unlimited.
create table stock_nodes (
  node        varchar(40) primary key,
  warehouse   varchar(60) not null,
  polled_at   timestamp with time zone
);
-- How far the reading of each warehouse's list has come.
create table stock_reads (
  warehouse   varchar(60) primary key,
  since_at    timestamp with time zone,
  page_after  varchar(500),
  read_at     timestamp with time zone
);
create table reservations (
  order_number varchar(40) not null,
  subject     varchar(40) not null,
  line        int not null,
  sku         varchar(200) not null,
  node        varchar(40) not null,
  quantity    int not null,
  primary key (order_number, subject, line)
);
create index reservations_by_place on reservations (sku, node);
