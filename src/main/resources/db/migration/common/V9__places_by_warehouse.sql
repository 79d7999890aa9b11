-- Two warehouses may number their places alike: a place is known as <warehouse>/<its number there>.
alter table stock alter column node set data type varchar(110);
alter table stock_nodes alter column node set data type varchar(110);
alter table reservations alter column node set data type varchar(110);
update reservations set node = (select n.warehouse || '/' || n.node from stock_nodes n where n.node = reservations.node)
  where node in (select n.node from stock_nodes n);
update stock set node = (select n.warehouse || '/' || n.node from stock_nodes n where n.node = stock.node)
  where node in (select n.node from stock_nodes n);
update stock_nodes set node = warehouse || '/' || node;
