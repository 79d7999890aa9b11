-- What nobody took in time is looked for by its age; the audit is read by who, by what and as a whole, the latest first.
create index failures_by_age on failures (state, audience, cause, since);
create index audit_by_who on audit (who, id desc);
create index audit_by_act on audit (act, id desc);
create index audit_latest on audit (id desc);
