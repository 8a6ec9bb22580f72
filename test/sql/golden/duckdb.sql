-- # state: what is there

select schema_name from information_schema.schemata as s where schema_name = $1;
-- 1: tidemark

select table_name, column_name from (select * from information_schema.columns where table_schema = $1) as c;
-- 1: tidemark

select cast(count(case when table_name = $1 then 1 end) as varchar) as there, cast(count(case when table_name = $2 then 1 end) as varchar) as recorded
from (select * from information_schema.tables where table_schema = $3) as t where table_name in ($4, 'schema_version');
-- 1: control_people-tiktok
-- 2: schema_version
-- 3: tidemark_state
-- 4: control_people-tiktok

select table_name from (select * from information_schema.tables where table_schema = $1) as t
where table_name in ($2, $3, $4, $5, $6);
-- 1: tidemark_state
-- 2: control_people-tiktok
-- 3: ledger_members_people-tiktok
-- 4: ledger_identifiers_people-tiktok
-- 5: due_people-tiktok
-- 6: quarantine_people-tiktok

select table_name from (select * from information_schema.tables where table_schema = $1) as t where table_name like $2;
-- 1: tidemark_state
-- 2: %-people-tiktok-%

select table_name from (select * from information_schema.tables where table_schema = $1) as t
where table_name like 'control_%' order by table_name;
-- 1: tidemark_state

-- # state: make

create schema if not exists "tidemark";

create schema if not exists "tidemark_state";

create table if not exists "tidemark"."activation_log" ("activation" VARCHAR, "segment" VARCHAR, "destination" VARCHAR, "platform" VARCHAR, "account_id" VARCHAR, "audience_id" VARCHAR, "audience_name" VARCHAR, "audience_description" VARCHAR, "fields" VARCHAR, "schedule" VARCHAR, "dbt_unique_id" VARCHAR, "config_hash" VARCHAR, "logged_at" TIMESTAMP);

create table if not exists "tidemark"."runs" ("run_id" VARCHAR, "run_key" VARCHAR, "attempt" BIGINT, "activation" VARCHAR, "segment" VARCHAR, "destination" VARCHAR, "platform" VARCHAR, "account_id" VARCHAR, "audience_id" VARCHAR, "audience_name" VARCHAR, "status" VARCHAR, "started_at" TIMESTAMP, "finished_at" TIMESTAMP, "duration_ms" BIGINT, "segment_members" BIGINT, "reachable_members" BIGINT, "members_added" BIGINT, "members_removed" BIGINT, "identifiers_added" BIGINT, "identifiers_removed" BIGINT, "identifiers_resent" BIGINT, "identifiers_rejected" BIGINT, "batches" BIGINT, "api_calls" BIGINT, "api_retries" BIGINT, "throttled_ms" BIGINT, "full" BOOLEAN, "guards_overridden" BOOLEAN, "error_code" VARCHAR, "error_message" VARCHAR, "dbt_invocation_id" VARCHAR, "orchestrator" VARCHAR, "orchestrator_run_id" VARCHAR, "connector_version" VARCHAR, "config_hash" VARCHAR);

create table if not exists "tidemark"."receipts" ("receipt_id" VARCHAR, "run_id" VARCHAR, "activation" VARCHAR, "platform" VARCHAR, "audience_id" VARCHAR, "audience_name" VARCHAR, "op" VARCHAR, "batch_no" BIGINT, "members" BIGINT, "identifiers" BIGINT, "status" VARCHAR, "http_status" BIGINT, "platform_code" VARCHAR, "platform_request_id" VARCHAR, "attempts" BIGINT, "message" VARCHAR, "sent_at" TIMESTAMP, "answered_at" TIMESTAMP);

create table if not exists "tidemark"."membership_events" ("activation" VARCHAR, "audience_id" VARCHAR, "audience_name" VARCHAR, "member_key" VARCHAR using compression uncompressed, "event" VARCHAR, "run_id" VARCHAR, "event_at" TIMESTAMP);

create table if not exists "tidemark"."rejections" ("activation" VARCHAR, "run_id" VARCHAR, "member_key" VARCHAR using compression uncompressed, "field" VARCHAR, "reason" VARCHAR, "origin" VARCHAR, "batch_no" BIGINT, "identifiers" BIGINT, "rejected_at" TIMESTAMP, "quarantined_until_at" TIMESTAMP);

create table if not exists "tidemark"."rejections_cleared" ("activation" VARCHAR, "run_id" VARCHAR, "member_key" VARCHAR using compression uncompressed, "cleared_at" TIMESTAMP);

create table if not exists "tidemark"."audience_sizes" ("activation" VARCHAR, "audience_id" VARCHAR, "platform_size" BIGINT, "ledger_members" BIGINT, "observed_at" TIMESTAMP, "notes" VARCHAR);

create table if not exists "tidemark_state"."schema_version" ("activation" VARCHAR, "version" BIGINT, "connector_version" VARCHAR, "since_at" TIMESTAMP);

alter table "tidemark"."runs" add column if not exists "config_hash" VARCHAR;

create or replace view "tidemark"."activations" as
select activation, segment, destination, platform, account_id, audience_id, audience_name, audience_description, fields,
  schedule, dbt_unique_id, config_hash, created_at, logged_at as updated_at
from (select *, row_number() over (partition by activation order by logged_at desc) as latest,
  min(logged_at) over (partition by activation) as created_at from "tidemark"."activation_log") as l
where latest = 1;

create or replace view "tidemark"."current_rejections" as
select r.* from "tidemark"."rejections" as r
where not exists (select 1 from "tidemark"."rejections_cleared" as c where c.activation = r.activation
  and coalesce(c.member_key, '') = coalesce(r.member_key, '') and c.run_id <> r.run_id and c.cleared_at >= r.rejected_at);

create or replace view "tidemark"."audience_members" as
select activation, audience_id, audience_name, member_key, event_at as since_at
from (select *, row_number() over (partition by activation, member_key order by event_at desc) as latest
  from "tidemark"."membership_events") as e
where latest = 1 and event = 'entered';

insert into "tidemark_state"."schema_version" (activation, version, connector_version, since_at)
select cast(null as varchar), cast(3 as bigint), cast($1 as varchar), make_timestamp(epoch_us(now()));
-- 1: 1.0.0

create table if not exists "tidemark_state"."ledger_members_people-tiktok" ("member_key" VARCHAR using compression uncompressed, "fingerprint" UHUGEINT using compression uncompressed, "standing" BIGINT);

create table if not exists "tidemark_state"."ledger_identifiers_people-tiktok" ("member_key" VARCHAR using compression uncompressed, "field" VARCHAR, "digest" BLOB using compression uncompressed, "state" BIGINT, "since_at" TIMESTAMP, "entered" BOOLEAN);

create table if not exists "tidemark_state"."due_people-tiktok" ("member_key" VARCHAR using compression uncompressed, "due_at" TIMESTAMP);

create table if not exists "tidemark_state"."quarantine_people-tiktok" ("op" VARCHAR, "field" VARCHAR, "digest" BLOB using compression uncompressed, "reason" VARCHAR, "origin" VARCHAR, "until_at" TIMESTAMP);

insert into "tidemark_state"."schema_version" (activation, version, connector_version, since_at)
select cast($1 as varchar), cast(3 as bigint), cast($2 as varchar), make_timestamp(epoch_us(now()));
-- 1: people.tiktok
-- 2: 1.0.0

create table if not exists "tidemark_state"."control_people-tiktok" as select cast(cast($1 as varchar) as VARCHAR) as "activation", cast(3 as BIGINT) as "state_version", cast(null as VARCHAR) as "owner", cast(null as TIMESTAMP) as "lease_until", cast(0 as BIGINT) as "fence", cast(null as VARCHAR) as "run_id", cast(null as VARCHAR) as "run_key", cast(null as BIGINT) as "attempt", cast(null as TIMESTAMP) as "run_started_at", cast(null as BOOLEAN) as "run_full", cast(null as BOOLEAN) as "run_overridden", cast(false as BOOLEAN) as "run_open", cast(null as BIGINT) as "open_fence", cast(0 as BIGINT) as "mark", cast(false as BOOLEAN) as "sending", cast(null as TIMESTAMP) as "quiet_until", cast(null as VARCHAR) as "audience_intent", cast(null as TIMESTAMP) as "audience_intent_at", cast(null as VARCHAR) as "audience_id", cast(null as VARCHAR) as "audience_name", cast(null as VARCHAR) as "audience_description", cast(null as VARCHAR) as "account_id", cast(cast($2 as varchar) as VARCHAR) as "member_key", cast(0 as BIGINT) as "member_rows", cast(0 as BIGINT) as "identifier_rows", cast(0 as BIGINT) as "segment_members", cast(0 as BIGINT) as "reachable_members", cast(0 as BIGINT) as "ledger_members", cast(null as TIMESTAMP) as "first_synced_at", cast(null as VARCHAR) as "override_run_key", cast(null as VARCHAR) as "run_connector_version", cast(null as VARCHAR) as "run_config_hash", cast(null as VARCHAR) as "run_orchestrator", cast(null as VARCHAR) as "run_orchestrator_run_id", cast(null as VARCHAR) as "run_dbt_invocation_id";
-- 1: people.tiktok
-- 2: id

-- # state: versions

select cast(state_version as varchar) as state_version from "tidemark_state"."control_people-tiktok";

select cast(max(version) as varchar) as version from "tidemark_state"."schema_version" where activation is null;

select connector_version from "tidemark_state"."schema_version" where activation = $1
order by version desc, since_at desc limit 1;
-- 1: people.tiktok

-- # state: migrate

alter table "tidemark_state"."control_people-tiktok" add column if not exists "run_connector_version" VARCHAR;

alter table "tidemark_state"."control_people-tiktok" add column if not exists "run_config_hash" VARCHAR;

alter table "tidemark_state"."control_people-tiktok" add column if not exists "run_orchestrator" VARCHAR;

alter table "tidemark_state"."control_people-tiktok" add column if not exists "run_orchestrator_run_id" VARCHAR;

alter table "tidemark_state"."control_people-tiktok" add column if not exists "run_dbt_invocation_id" VARCHAR;

update "tidemark_state"."control_people-tiktok" set state_version = cast(3 as bigint)
where owner = $1 and fence = cast(8 as bigint) and state_version = cast(2 as bigint);
-- 1: run-2

-- # state: copy

create or replace temp table "tidemark_control" as select * from "tidemark_state"."control_people-tiktok";

create or replace temp table "tidemark_ledger_members" as select * from "tidemark_state"."ledger_members_people-tiktok";

create or replace temp table "tidemark_ledger_identifiers" as select * from "tidemark_state"."ledger_identifiers_people-tiktok";

create or replace temp table "tidemark_due" as select * from "tidemark_state"."due_people-tiktok";

create or replace temp table "tidemark_quarantine" as select * from "tidemark_state"."quarantine_people-tiktok";

-- # state: scratch

create or replace temp table "tidemark_ledger_members" ("member_key" VARCHAR using compression uncompressed, "fingerprint" UHUGEINT using compression uncompressed, "standing" BIGINT);

create or replace temp table "tidemark_ledger_identifiers" ("member_key" VARCHAR using compression uncompressed, "field" VARCHAR, "digest" BLOB using compression uncompressed, "state" BIGINT, "since_at" TIMESTAMP, "entered" BOOLEAN);

create or replace temp table "tidemark_due" ("member_key" VARCHAR using compression uncompressed, "due_at" TIMESTAMP);

create or replace temp table "tidemark_quarantine" ("op" VARCHAR, "field" VARCHAR, "digest" BLOB using compression uncompressed, "reason" VARCHAR, "origin" VARCHAR, "until_at" TIMESTAMP);

-- # lease

update "tidemark_state"."control_people-tiktok" set
  quiet_until = case when sending
    then greatest(coalesce(quiet_until, make_timestamp(epoch_us(now()))), (least(make_timestamp(epoch_us(now())), coalesce(lease_until, make_timestamp(epoch_us(now())))) + to_microseconds(cast(cast(120000 as bigint) as BIGINT) * 1000))) else quiet_until end,
  owner = $1, fence = fence + 1, lease_until = (make_timestamp(epoch_us(now())) + to_microseconds(cast(cast(120000 as bigint) as BIGINT) * 1000))
where (owner is null or lease_until <= make_timestamp(epoch_us(now())) or cast($2 as boolean))
  and state_version = cast(3 as bigint);
-- 1: run-2
-- 2: false

select owner, cast(fence as varchar) as fence, cast(run_open as varchar) as run_open, cast(open_fence as varchar) as open_fence,
  cast(date_sub('millisecond', make_timestamp(epoch_us(now())), "lease_until") as varchar) as lease_ms from "tidemark_state"."control_people-tiktok";

select cast("activation" as varchar) as "activation", cast("state_version" as varchar) as "state_version", cast("owner" as varchar) as "owner", strftime("lease_until", '%Y-%m-%dT%H:%M:%S.%gZ') as "lease_until", cast("fence" as varchar) as "fence", cast("run_id" as varchar) as "run_id", cast("run_key" as varchar) as "run_key", cast("attempt" as varchar) as "attempt", strftime("run_started_at", '%Y-%m-%dT%H:%M:%S.%gZ') as "run_started_at", cast("run_full" as varchar) as "run_full", cast("run_overridden" as varchar) as "run_overridden", cast("run_open" as varchar) as "run_open", cast("open_fence" as varchar) as "open_fence", cast("mark" as varchar) as "mark", cast("sending" as varchar) as "sending", strftime("quiet_until", '%Y-%m-%dT%H:%M:%S.%gZ') as "quiet_until", cast("audience_intent" as varchar) as "audience_intent", strftime("audience_intent_at", '%Y-%m-%dT%H:%M:%S.%gZ') as "audience_intent_at", cast("audience_id" as varchar) as "audience_id", cast("audience_name" as varchar) as "audience_name", cast("audience_description" as varchar) as "audience_description", cast("account_id" as varchar) as "account_id", cast("member_key" as varchar) as "member_key", cast("member_rows" as varchar) as "member_rows", cast("identifier_rows" as varchar) as "identifier_rows", cast("segment_members" as varchar) as "segment_members", cast("reachable_members" as varchar) as "reachable_members", cast("ledger_members" as varchar) as "ledger_members", strftime("first_synced_at", '%Y-%m-%dT%H:%M:%S.%gZ') as "first_synced_at", cast("override_run_key" as varchar) as "override_run_key", cast("run_connector_version" as varchar) as "run_connector_version", cast("run_config_hash" as varchar) as "run_config_hash", cast("run_orchestrator" as varchar) as "run_orchestrator", cast("run_orchestrator_run_id" as varchar) as "run_orchestrator_run_id", cast("run_dbt_invocation_id" as varchar) as "run_dbt_invocation_id",
  cast(greatest(0, coalesce(date_sub('millisecond', make_timestamp(epoch_us(now())), "quiet_until"), 0)) as varchar) as quiet_ms,
  cast(date_sub('millisecond', make_timestamp(epoch_us(now())), "lease_until") as varchar) as lease_ms,
  cast(date_sub('millisecond', "audience_intent_at", make_timestamp(epoch_us(now()))) as varchar) as intent_age_ms
from "tidemark_state"."control_people-tiktok";

update "tidemark_state"."control_people-tiktok" set lease_until = (make_timestamp(epoch_us(now())) + to_microseconds(cast(cast(120000 as bigint) as BIGINT) * 1000)) where owner = $1 and fence = cast(8 as bigint);
-- 1: run-2

update "tidemark_state"."control_people-tiktok" set owner = null, lease_until = null where owner = $1 and fence = cast(8 as bigint);
-- 1: run-2

-- # run: begin and close

select cast("run_id" as varchar) as "run_id", cast("run_key" as varchar) as "run_key", cast("attempt" as varchar) as "attempt", cast("activation" as varchar) as "activation", cast("segment" as varchar) as "segment", cast("destination" as varchar) as "destination", cast("platform" as varchar) as "platform", cast("account_id" as varchar) as "account_id", cast("audience_id" as varchar) as "audience_id", cast("audience_name" as varchar) as "audience_name", cast("status" as varchar) as "status", strftime("started_at", '%Y-%m-%dT%H:%M:%S.%gZ') as "started_at", strftime("finished_at", '%Y-%m-%dT%H:%M:%S.%gZ') as "finished_at", cast("duration_ms" as varchar) as "duration_ms", cast("segment_members" as varchar) as "segment_members", cast("reachable_members" as varchar) as "reachable_members", cast("members_added" as varchar) as "members_added", cast("members_removed" as varchar) as "members_removed", cast("identifiers_added" as varchar) as "identifiers_added", cast("identifiers_removed" as varchar) as "identifiers_removed", cast("identifiers_resent" as varchar) as "identifiers_resent", cast("identifiers_rejected" as varchar) as "identifiers_rejected", cast("batches" as varchar) as "batches", cast("api_calls" as varchar) as "api_calls", cast("api_retries" as varchar) as "api_retries", cast("throttled_ms" as varchar) as "throttled_ms", cast("full" as varchar) as "full", cast("guards_overridden" as varchar) as "guards_overridden", cast("error_code" as varchar) as "error_code", cast("error_message" as varchar) as "error_message", cast("dbt_invocation_id" as varchar) as "dbt_invocation_id", cast("orchestrator" as varchar) as "orchestrator", cast("orchestrator_run_id" as varchar) as "orchestrator_run_id", cast("connector_version" as varchar) as "connector_version", cast("config_hash" as varchar) as "config_hash" from "tidemark"."runs" as r
where activation = $1 and run_key = $2 and status = 'succeeded' order by r.finished_at desc limit 1;
-- 1: people.tiktok
-- 2: key

update "tidemark_state"."control_people-tiktok" set run_id = $1, run_key = $2,
  attempt = 1 + (select count(*) from "tidemark"."runs" where activation = $3 and run_key = $4),
  run_started_at = make_timestamp(epoch_us(now())), run_full = cast($5 as boolean),
  run_overridden = cast($6 as boolean),
  override_run_key = case when cast($7 as boolean) then $8 else override_run_key end,
  run_open = true, open_fence = null, mark = 0, account_id = $9,
  member_key = $10, run_connector_version = $11, run_config_hash = $12,
  run_orchestrator = cast($13 as varchar), run_orchestrator_run_id = cast($14 as varchar),
  run_dbt_invocation_id = cast($15 as varchar)
where owner = $16 and fence = cast(8 as bigint) and not run_open;
-- 1: run-2
-- 2: key
-- 3: people.tiktok
-- 4: key
-- 5: false
-- 6: false
-- 7: false
-- 8: key
-- 9: 7
-- 10: id
-- 11: 1.0.0
-- 12: hash
-- 13: NULL
-- 14: NULL
-- 15: NULL
-- 16: run-2

update "tidemark_state"."control_people-tiktok" set run_open = false, open_fence = null, sending = false, quiet_until = greatest(coalesce(quiet_until, make_timestamp(epoch_us(now()))), (make_timestamp(epoch_us(now())) + to_microseconds(cast(cast(120000 as bigint) as BIGINT) * 1000)))
where owner = $1 and fence = cast(8 as bigint) and run_open;
-- 1: run-2

insert into "tidemark"."runs" ("run_id", "run_key", "attempt", "activation", "segment", "destination", "platform", "account_id", "audience_id", "audience_name", "status", "started_at", "finished_at", "duration_ms", "segment_members", "reachable_members", "members_added", "members_removed", "identifiers_added", "identifiers_removed", "identifiers_resent", "identifiers_rejected", "batches", "api_calls", "api_retries", "throttled_ms", "full", "guards_overridden", "error_code", "error_message", "dbt_invocation_id", "orchestrator", "orchestrator_run_id", "connector_version", "config_hash")
select cast($1 as varchar), c.run_key, c.attempt, cast($2 as varchar), cast($3 as varchar), cast($4 as varchar), cast($5 as varchar),
  cast($6 as varchar), c.audience_id, cast($7 as varchar), cast($8 as varchar), c.run_started_at, make_timestamp(epoch_us(now())),
  date_sub('millisecond', c.run_started_at, make_timestamp(epoch_us(now()))), "k"."segment_members", "k"."reachable_members", "k"."members_added", "k"."members_removed", "k"."identifiers_added", "k"."identifiers_removed", "k"."identifiers_resent", "k"."identifiers_rejected",
  r.batches, greatest(cast(3 as bigint), r.attempts), cast(1 as bigint), cast(0 as bigint),
  c.run_full, c.run_overridden, cast($9 as varchar), cast($10 as varchar),
  cast($11 as varchar), cast($12 as varchar), cast($13 as varchar), cast($14 as varchar), cast($15 as varchar)
from "tidemark_state"."control_people-tiktok" as c cross join (select "segment_members", "reachable_members", 0 as "members_added", 0 as "members_removed", 0 as "identifiers_added", 0 as "identifiers_removed", 0 as "identifiers_resent", 0 as "identifiers_rejected" from "tidemark_state"."control_people-tiktok") as k cross join (select count(case when batch_no > 0 then 1 end) as batches, coalesce(sum(attempts), 0) as attempts
from "tidemark"."receipts" where run_id = $16) as r;
-- 1: run-2
-- 2: people.tiktok
-- 3: people
-- 4: tiktok
-- 5: tiktok_ads
-- 6: 7
-- 7: People
-- 8: succeeded
-- 9: NULL
-- 10: NULL
-- 11: NULL
-- 12: NULL
-- 13: NULL
-- 14: 1.0.0
-- 15: hash
-- 16: run-2

insert into "tidemark"."activation_log" (activation, segment, destination, platform, account_id, audience_id, audience_name,
  audience_description, fields, schedule, config_hash, logged_at)
select cast($1 as varchar), cast($2 as varchar), cast($3 as varchar), cast($4 as varchar), cast($5 as varchar),
  c.audience_id, cast($6 as varchar), cast($7 as varchar), cast($8 as varchar), cast($9 as varchar),
  cast($10 as varchar), make_timestamp(epoch_us(now()))
from "tidemark_state"."control_people-tiktok" as c
where not exists (select 1 from "tidemark"."activations" as a where a.activation = $11
  and a.config_hash = $12 and coalesce(a.schedule, '') = coalesce(cast($13 as varchar), '')
  and coalesce(a.audience_id, '') = coalesce(c.audience_id, ''));
-- 1: people.tiktok
-- 2: people
-- 3: tiktok
-- 4: tiktok_ads
-- 5: 7
-- 6: People
-- 7: NULL
-- 8: email: work email
-- 9: @daily
-- 10: hash
-- 11: people.tiktok
-- 12: hash
-- 13: @daily

select cast("run_id" as varchar) as "run_id", cast("run_key" as varchar) as "run_key", cast("attempt" as varchar) as "attempt", cast("activation" as varchar) as "activation", cast("segment" as varchar) as "segment", cast("destination" as varchar) as "destination", cast("platform" as varchar) as "platform", cast("account_id" as varchar) as "account_id", cast("audience_id" as varchar) as "audience_id", cast("audience_name" as varchar) as "audience_name", cast("status" as varchar) as "status", strftime("started_at", '%Y-%m-%dT%H:%M:%S.%gZ') as "started_at", strftime("finished_at", '%Y-%m-%dT%H:%M:%S.%gZ') as "finished_at", cast("duration_ms" as varchar) as "duration_ms", cast("segment_members" as varchar) as "segment_members", cast("reachable_members" as varchar) as "reachable_members", cast("members_added" as varchar) as "members_added", cast("members_removed" as varchar) as "members_removed", cast("identifiers_added" as varchar) as "identifiers_added", cast("identifiers_removed" as varchar) as "identifiers_removed", cast("identifiers_resent" as varchar) as "identifiers_resent", cast("identifiers_rejected" as varchar) as "identifiers_rejected", cast("batches" as varchar) as "batches", cast("api_calls" as varchar) as "api_calls", cast("api_retries" as varchar) as "api_retries", cast("throttled_ms" as varchar) as "throttled_ms", cast("full" as varchar) as "full", cast("guards_overridden" as varchar) as "guards_overridden", cast("error_code" as varchar) as "error_code", cast("error_message" as varchar) as "error_message", cast("dbt_invocation_id" as varchar) as "dbt_invocation_id", cast("orchestrator" as varchar) as "orchestrator", cast("orchestrator_run_id" as varchar) as "orchestrator_run_id", cast("connector_version" as varchar) as "connector_version", cast("config_hash" as varchar) as "config_hash" from "tidemark"."runs" as r where run_id = $1;
-- 1: run-2

select cast("run_id" as varchar) as "run_id", cast("run_key" as varchar) as "run_key", cast("attempt" as varchar) as "attempt", cast("activation" as varchar) as "activation", cast("segment" as varchar) as "segment", cast("destination" as varchar) as "destination", cast("platform" as varchar) as "platform", cast("account_id" as varchar) as "account_id", cast("audience_id" as varchar) as "audience_id", cast("audience_name" as varchar) as "audience_name", cast("status" as varchar) as "status", strftime("started_at", '%Y-%m-%dT%H:%M:%S.%gZ') as "started_at", strftime("finished_at", '%Y-%m-%dT%H:%M:%S.%gZ') as "finished_at", cast("duration_ms" as varchar) as "duration_ms", cast("segment_members" as varchar) as "segment_members", cast("reachable_members" as varchar) as "reachable_members", cast("members_added" as varchar) as "members_added", cast("members_removed" as varchar) as "members_removed", cast("identifiers_added" as varchar) as "identifiers_added", cast("identifiers_removed" as varchar) as "identifiers_removed", cast("identifiers_resent" as varchar) as "identifiers_resent", cast("identifiers_rejected" as varchar) as "identifiers_rejected", cast("batches" as varchar) as "batches", cast("api_calls" as varchar) as "api_calls", cast("api_retries" as varchar) as "api_retries", cast("throttled_ms" as varchar) as "throttled_ms", cast("full" as varchar) as "full", cast("guards_overridden" as varchar) as "guards_overridden", cast("error_code" as varchar) as "error_code", cast("error_message" as varchar) as "error_message", cast("dbt_invocation_id" as varchar) as "dbt_invocation_id", cast("orchestrator" as varchar) as "orchestrator", cast("orchestrator_run_id" as varchar) as "orchestrator_run_id", cast("connector_version" as varchar) as "connector_version", cast(null as varchar) as "config_hash" from "tidemark"."runs" as r where activation = $1
order by r.started_at desc, r.attempt desc limit cast(5 as bigint);
-- 1: people.tiktok

select cast((select count(*) from "tidemark_state"."ledger_members_people-tiktok") as varchar) as member_rows,
  cast((select count(*) from "tidemark_state"."ledger_identifiers_people-tiktok") as varchar) as identifier_rows;

-- # segment: look at it

select * from "shop"."people" as s limit 0;

select * from (select * from people
) as s limit 0;

select * from (select * from (select cast(null as varchar) as "id", cast(null as varchar) as "email") as n where 1 = 0) as s limit 0;

select cast(count(*) as varchar) as n from "shop"."people" as s where s."country" in ($1, $2);
-- 1: FR
-- 2: DE

select cast(count(*) as varchar) as n from "shop"."people" as s where s."spent" >= cast($1 as float8);
-- 1: 12.5

select cast(count(*) as varchar) as n from "shop"."people" as s where s."orders" > cast($1 as bigint);
-- 1: 3

select cast(count(*) as varchar) as n from "shop"."people" as s where s."active" = cast($1 as boolean);
-- 1: true

select cast(count(*) as varchar) as n from "shop"."people" as s where s."left_at" is null;

-- # compare

create or replace temp table "tidemark_compared" as select kind, member_key, cast(sum(segment_rows) as bigint) as segment_rows, row_number() over () as member_no
from (select kind, case when kind = 2 then member_key end as member_key, segment_rows from (
  select case when c.fingerprint is not null and c.member_key is null then 1 when c.fingerprint is not null and l.member_key is not null then 0 else 2 end as kind,
    coalesce(c.member_key, l.member_key) as member_key, case when c.fingerprint is null then 0 else 1 end as segment_rows
  from (select member_key, md5_number(concat(cast($1 as varchar), length("raw_1"), ':', "raw_1", length("raw_2"), ':', "raw_2")) as fingerprint
from (select nullif(cast(s."id" as varchar) collate "C", '') as member_key, cast(s."work email" as varchar) collate "C" as "raw_1", cast(s."phone" as varchar) collate "C" as "raw_2" from "shop"."people" as s where s."country" in ($2, $3) and s."spent" >= cast($4 as float8) and s."orders" > cast($5 as bigint) and s."active" = cast($6 as boolean) and s."left_at" is null) as r) as c
  full join "tidemark_state"."ledger_members_people-tiktok" as l on l.member_key = c.member_key and l.fingerprint = c.fingerprint) as j) as r group by kind, member_key;
-- 1: 1|mapping|
-- 2: FR
-- 3: DE
-- 4: 12.5
-- 5: 3
-- 6: true

create or replace temp table "tidemark_current_members" as select member_key, md5_number(concat(cast($1 as varchar), length("raw_1"), ':', "raw_1", length("raw_2"), ':', "raw_2")) as fingerprint
from (select nullif(cast(s."id" as varchar) collate "C", '') as member_key, cast(s."work email" as varchar) collate "C" as "raw_1", cast(s."phone" as varchar) collate "C" as "raw_2" from "shop"."people" as s where s."country" in ($2, $3) and s."spent" >= cast($4 as float8) and s."orders" > cast($5 as bigint) and s."active" = cast($6 as boolean) and s."left_at" is null) as r;
-- 1: 1|mapping|
-- 2: FR
-- 3: DE
-- 4: 12.5
-- 5: 3
-- 6: true

create or replace temp table "tidemark_compared" as select kind, member_key, cast(sum(segment_rows) as bigint) as segment_rows, row_number() over () as member_no
from (select 2 as kind, member_key, 0 as segment_rows from (select member_key, fingerprint from "tidemark_current_members" as c where member_key is not null except select member_key, fingerprint from "tidemark_state"."ledger_members_people-tiktok") as came
union all select 2, member_key, 0 from (select member_key, fingerprint from "tidemark_state"."ledger_members_people-tiktok" except select member_key, fingerprint from "tidemark_current_members" as c where member_key is not null) as went
union all select case when member_key is null then 1 else 0 end, null, 1 from "tidemark_current_members" as c) as r group by kind, member_key;

create or replace temp table "tidemark_compared" as select kind, member_key, cast(sum(segment_rows) as bigint) as segment_rows, row_number() over () as member_no
from (select kind, case when kind = 2 then member_key end as member_key, segment_rows from (
  select case when c.fingerprint is not null and c.member_key is null then 1  else 2 end as kind,
    coalesce(c.member_key, l.member_key) as member_key, case when c.fingerprint is null then 0 else 1 end as segment_rows
  from "tidemark_current_members" as c
  full join "tidemark_state"."ledger_members_people-tiktok" as l on l.member_key = c.member_key and l.fingerprint = c.fingerprint) as j union all select 2, member_key, 0 from "tidemark_state"."ledger_identifiers_people-tiktok") as r group by kind, member_key;

create or replace temp table "tidemark_compared" as select kind, member_key, cast(sum(segment_rows) as bigint) as segment_rows, row_number() over () as member_no
from (select case when member_key is null then 1 else 2 end as kind, member_key, 1 as segment_rows
from (select case when cast(s."id" as varchar) collate "C" <> '' then lower(hex(unhex(sha256(cast(s."id" as varchar) collate "C")))) end as member_key from (select * from people
) as s) as c) as r group by kind, member_key;

insert into "tidemark_compared" (kind, member_key, segment_rows, member_no)
select 3, d.member_key, 0, row_number() over () + (select count(*) from "tidemark_compared")
from "tidemark_state"."due_people-tiktok" as d where d.due_at <= make_timestamp(epoch_us(now()))
  and not exists (select 1 from "tidemark_compared" as c where c.kind = 2 and c.member_key = d.member_key);

create or replace temp view "tidemark_changed_members" as select member_key, member_no, kind = 3 as due from "tidemark_compared" where kind in (2, 3);

select cast(coalesce(sum(case when 1 = 1 then segment_rows end), 0) as varchar) as all_rows, cast(coalesce(sum(case when kind = 1 then segment_rows end), 0) as varchar) as null_keys,
  cast(coalesce(sum(case when kind in (2, 3) then 1 end), 0) as varchar) as members from "tidemark_compared";

select cast(count(*) as varchar) as members from "tidemark_changed_members" where ("member_key" like '%@%' and regexp_matches("member_key", '[^@ ]@[^@ ]+[.][^@ .]'))
  or ("member_key" like '%+%' and regexp_matches("member_key", '^[ \x{9}\x{d}\x{a}]*[+][0-9][0-9 ().-]{6,18}[ \x{9}\x{d}\x{a}]*$'));

-- # read members

create table "tidemark_state"."delta_rows-people-tiktok-8" ("op" VARCHAR, "member_no" BIGINT, "unit" BIGINT, "leads" BOOLEAN, "member_key" VARCHAR using compression uncompressed, "field" VARCHAR, "digest" BLOB using compression uncompressed, "prior" BIGINT, "confirmed_before" BOOLEAN, "waits" BOOLEAN, "hold_reason" VARCHAR, "hold_until_at" TIMESTAMP);

create table "tidemark_state"."delta_member_rows-people-tiktok-8" ("member_no" BIGINT, "member_key" VARCHAR using compression uncompressed, "in_k" BOOLEAN, "fingerprint" UHUGEINT using compression uncompressed, "standing" BIGINT, "counts" BOOLEAN);

create table "tidemark_state"."held-people-tiktok-8" ("member_no" BIGINT, "member_key" VARCHAR using compression uncompressed, "field" VARCHAR, "digest" BLOB using compression uncompressed, "state" BIGINT, "since_at" TIMESTAMP, "entered" BOOLEAN);

create table "tidemark_state"."members_before-people-tiktok-8" ("member_key" VARCHAR using compression uncompressed, "fingerprint" UHUGEINT using compression uncompressed, "standing" BIGINT);

create table "tidemark_state"."arrivals-people-tiktok-8" ("member_no" BIGINT, "member_key" VARCHAR using compression uncompressed, "fingerprint" UHUGEINT using compression uncompressed, "digest_1" BLOB using compression uncompressed, "reason_1" VARCHAR, "digest_2" BLOB using compression uncompressed, "reason_2" VARCHAR);

create table "tidemark_state"."delta_rejections-people-tiktok-8" ("member_key" VARCHAR using compression uncompressed, "field" VARCHAR, "reason" VARCHAR, "origin" VARCHAR, "identifiers" BIGINT, "value" BLOB using compression uncompressed);

create table "tidemark_state"."batches-people-tiktok-8" ("batch_no" BIGINT, "op" VARCHAR, "field" VARCHAR, "members" BIGINT, "identifiers" BIGINT, "request_rows" BIGINT, "bytes" BIGINT, "first_unit" BIGINT, "last_unit" BIGINT);

create table "tidemark_state"."spans-people-tiktok-8" ("batch_no" BIGINT, "part" BIGINT, "first_unit" BIGINT, "last_unit" BIGINT);

create table "tidemark_state"."refused-people-tiktok-8" ("batch_no" BIGINT, "row_no" BIGINT, "field" VARCHAR, "digest" BLOB using compression uncompressed, "outcome" VARCHAR, "reason" VARCHAR);

insert into "tidemark_state"."arrivals-people-tiktok-8" ("member_no", "member_key", "fingerprint", "digest_1", "reason_1", "digest_2", "reason_2") select member_no, member_key, fingerprint, case when "verdict_1" = 1 then unhex(substr("clean_1", 2)) else unhex(sha256(case "verdict_1" when 0 then "clean_1" when 2 then lower(substr("clean_1", 2)) when 3 then "raw_1" end)) end as "digest_1", case "verdict_1" when 3 then 'invalid_email' end as "reason_1", case when "verdict_2" = 1 then unhex(substr("clean_2", 2)) else unhex(sha256(case "verdict_2" when 0 then "clean_2" when 2 then substr("clean_2", 2) when 3 then ('+' || substr(substr("clean_2", 2), 3)) when 4 then regexp_replace(substr("clean_2", 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0', '+\2', 'g') when 5 then "raw_2" when 6 then '+33' || case when regexp_matches(substr("clean_2", 2), '^0([1-9][0-9]{8,8})$') then substr(substr("clean_2", 2), 2) else substr("clean_2", 2) end when 7 then '+' || substr("clean_2", 2) when 8 then "raw_2" end)) end as "digest_2", case "verdict_2" when 5 then 'invalid_phone' when 8 then 'invalid_phone' end as "reason_2" from (select *, case when "clean_1" is null or "clean_1" = ' ' then null when "clean_1" not like ' %' then 0 when length(substr("clean_1", 2)) = 64 and regexp_matches(substr("clean_1", 2), '^[0-9a-fA-F]{64}$') then 1 when length(substr("clean_1", 2)) <= 254 and regexp_matches(substr("clean_1", 2), '^[a-zA-Z0-9!#$%&''*+/=?^_`{|}~.\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}-]+@([a-zA-Z0-9\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}]([-a-zA-Z0-9\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}]*[a-zA-Z0-9\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}])?[.])+[a-zA-Z\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}][-a-zA-Z0-9\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}]*[a-zA-Z0-9\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}]$') and not (length(substr("clean_1", 2)) > 64 and regexp_matches(substr("clean_1", 2), '^[^@]{65}|@([^@]*[.])?[^.@]{64}')) then 2 when 1 = 1 then 3 end as "verdict_1", case when "clean_2" is null or "clean_2" = ' ' then null when "clean_2" not like ' %' then 0 when substr("clean_2", 2) like '+%' and length(substr("clean_2", 2)) between 9 and 16 and regexp_matches(substr("clean_2", 2), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then 2 when substr("clean_2", 2) like '00%' and length(('+' || substr(substr("clean_2", 2), 3))) between 9 and 16 and regexp_matches(('+' || substr(substr("clean_2", 2), 3)), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then 3 when regexp_matches(substr("clean_2", 2), '^([+]|00)[0-9]{9,16}$') and regexp_matches(substr("clean_2", 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0[1-9]') then 4 when substr("clean_2", 2) like '+%' or substr("clean_2", 2) like '00%' then 5 when regexp_matches(substr("clean_2", 2), '^(0)?([1-9][0-9]{8,8})$') then 6 when regexp_matches(substr("clean_2", 2), '^33([1-9][0-9]{8,8})$') then 7 when 1 = 1 then 8 end as "verdict_2" from (select member_no, member_key, md5_number(concat(cast($1 as varchar), length("raw_1"), ':', "raw_1", length("raw_2"), ':', "raw_2")) as fingerprint, "raw_1", "raw_2", case when length("raw_1") <= 64 and regexp_matches("raw_1", '^[a-zA-Z0-9!#$%&''*+/=?^_`{|}~.-]+@([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?[.])+[a-zA-Z][-a-zA-Z0-9]*[a-zA-Z0-9]$') then lower("raw_1") else ' ' || case when regexp_matches("raw_1", '^[!-~].*[!-~]$') then "raw_1" else regexp_extract("raw_1", '[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]((?s).*[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}])?') end end as "clean_1", case when length("raw_2") between 9 and 16 and regexp_matches("raw_2", '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then "raw_2" else ' ' || case
  when regexp_matches("raw_2", '^[+]?[0-9]+$') or length("raw_2") = 64 then "raw_2"
  when regexp_matches("raw_2", '^[-+()./ ]*[0-9][-+()./ 0-9]*$') then translate("raw_2", ' ()-./', '')
  when regexp_matches("raw_2", '^[^0-9xX#]*[0-9]') then regexp_replace("raw_2", '[;,]?[ \x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]*([eE][xX][tT][a-zA-Z]*|[xX#])[.:=]?[ \x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]*[0-9]*[ \x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]*$|[-()./\x{ad}\x{2010}\x{2011}\x{2012}\x{2013}\x{2014}\x{2015}\x{2212} \x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]+', '', 'g')
  else case when regexp_matches("raw_2", '^[!-~].*[!-~]$') then "raw_2" else regexp_extract("raw_2", '[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]((?s).*[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}])?') end end end as "clean_2" from (select c.member_no, s.* from (select nullif(cast(s."id" as varchar) collate "C", '') as member_key, cast(s."work email" as varchar) collate "C" as "raw_1", cast(s."phone" as varchar) collate "C" as "raw_2" from "shop"."people" as s where s."country" in ($2, $3) and s."spent" >= cast($4 as float8) and s."orders" > cast($5 as bigint) and s."active" = cast($6 as boolean) and s."left_at" is null) as s
join "tidemark_changed_members" as c on c.member_key = s.member_key) as r) as n) as n;
-- 1: 1|mapping|
-- 2: FR
-- 3: DE
-- 4: 12.5
-- 5: 3
-- 6: true

create or replace temp view "tidemark_read_members" as select * from "tidemark_state"."arrivals-people-tiktok-8";

select cast(count(*) = count(distinct member_no) as varchar) as single from "tidemark_read_members";

-- # read members, every rule

create or replace temp table "tidemark_arrivals" as select member_no, member_key, fingerprint, case when "verdict_1" = 1 then unhex(substr("clean_1", 2)) else unhex(sha256(case "verdict_1" when 0 then "clean_1" when 2 then lower(substr("clean_1", 2)) when 3 then "raw_1" end)) end as "digest_1", case "verdict_1" when 3 then 'invalid_email' end as "reason_1", case when "verdict_2" = 1 then unhex(substr("clean_2", 2)) else unhex(sha256(case "verdict_2" when 0 then "clean_2" end)) end as "digest_2", cast(null as varchar) as "reason_2", case when "verdict_3" = 1 then unhex(substr("clean_3", 2)) else unhex(sha256(case "verdict_3" when 0 then "clean_3" when 2 then substr("clean_3", 2) when 3 then ('+' || substr(substr("clean_3", 2), 3)) when 4 then regexp_replace(substr("clean_3", 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0', '+\2', 'g') when 5 then "raw_3" when 6 then "raw_3" when 7 then "raw_3" end)) end as "digest_3", case "verdict_3" when 5 then 'invalid_phone' when 6 then 'unknown_country' when 7 then 'invalid_phone' end as "reason_3", case when "verdict_4" = 1 then unhex(substr("clean_4", 2)) else unhex(sha256(case "verdict_4" when 0 then "clean_4" when 2 then "raw_4" end)) end as "digest_4", case "verdict_4" when 2 then 'invalid_sha256' end as "reason_4", case when "verdict_5" = 1 then unhex(substr("clean_5", 2)) else unhex(sha256(case "verdict_5" when 0 then "clean_5" when 2 then lower(substr("clean_5", 2)) when 3 then "raw_5" end)) end as "digest_5", case "verdict_5" when 3 then 'invalid_device_id' end as "reason_5", case when "verdict_6" = 1 then unhex(substr("clean_6", 2)) else unhex(sha256(case "verdict_6" when 0 then "clean_6" when 2 then "raw_6" end)) end as "digest_6", case "verdict_6" when 2 then 'invalid_sha512' end as "reason_6", case when "verdict_7" = 1 then unhex(substr("clean_7", 2)) else unhex(sha256(case "verdict_7" when 0 then "clean_7" when 2 then lower(case when substr("clean_7", 2) like '@%' then substr(substr("clean_7", 2), 2) else substr("clean_7", 2) end) when 3 then "raw_7" end)) end as "digest_7", case "verdict_7" when 3 then 'invalid_handle' end as "reason_7" from (select *, case when "clean_1" is null or "clean_1" = ' ' then null when "clean_1" not like ' %' then 0 when length(substr("clean_1", 2)) = 64 and regexp_matches(substr("clean_1", 2), '^[0-9a-fA-F]{64}$') then 1 when length(substr("clean_1", 2)) = 128 and regexp_matches(substr("clean_1", 2), '^[0-9a-fA-F]{128}$') then null when length(substr("clean_1", 2)) <= 254 and regexp_matches(substr("clean_1", 2), '^[a-zA-Z0-9!#$%&''*+/=?^_`{|}~.\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}-]+@([a-zA-Z0-9\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}]([-a-zA-Z0-9\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}]*[a-zA-Z0-9\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}])?[.])+[a-zA-Z\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}][-a-zA-Z0-9\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}]*[a-zA-Z0-9\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}]$') and not (length(substr("clean_1", 2)) > 64 and regexp_matches(substr("clean_1", 2), '^[^@]{65}|@([^@]*[.])?[^.@]{64}')) then 2 when 1 = 1 then 3 end as "verdict_1", case when "clean_2" is null or "clean_2" = ' ' then null when "clean_2" not like ' %' then 0 when length(substr("clean_2", 2)) = 128 and regexp_matches(substr("clean_2", 2), '^[0-9a-fA-F]{128}$') then 1  end as "verdict_2", case when "clean_3" is null or "clean_3" = ' ' then null when "clean_3" not like ' %' then 0 when length(substr("clean_3", 2)) = 64 and regexp_matches(substr("clean_3", 2), '^[0-9a-fA-F]{64}$') then 1 when substr("clean_3", 2) like '+%' and length(substr("clean_3", 2)) between 9 and 16 and regexp_matches(substr("clean_3", 2), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then 2 when substr("clean_3", 2) like '00%' and length(('+' || substr(substr("clean_3", 2), 3))) between 9 and 16 and regexp_matches(('+' || substr(substr("clean_3", 2), 3)), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then 3 when regexp_matches(substr("clean_3", 2), '^([+]|00)[0-9]{9,16}$') and regexp_matches(substr("clean_3", 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0[1-9]') then 4 when substr("clean_3", 2) like '+%' or substr("clean_3", 2) like '00%' then 5 when regexp_matches(substr("clean_3", 2), '^[0-9]{5,15}$') then 6 when 1 = 1 then 7 end as "verdict_3", case when "clean_4" is null or "clean_4" = ' ' then null when "clean_4" not like ' %' then 0 when length(substr("clean_4", 2)) = 64 and regexp_matches(substr("clean_4", 2), '^[0-9a-fA-F]{64}$') then 1 when 1 = 1 then 2 end as "verdict_4", case when "clean_5" is null or "clean_5" = ' ' then null when "clean_5" not like ' %' then 0 when length(substr("clean_5", 2)) = 64 and regexp_matches(substr("clean_5", 2), '^[0-9a-fA-F]{64}$') then 1 when regexp_matches(substr("clean_5", 2), '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$') and substr("clean_5", 2) not in ('00000000-0000-0000-0000-000000000000', '0000000000000000') then 2 when 1 = 1 then 3 end as "verdict_5", case when "clean_6" is null or "clean_6" = ' ' then null when "clean_6" not like ' %' then 0 when length(substr("clean_6", 2)) = 128 and regexp_matches(substr("clean_6", 2), '^[0-9a-fA-F]{128}$') then 1 when 1 = 1 then 2 end as "verdict_6", case when "clean_7" is null or "clean_7" = ' ' then null when "clean_7" not like ' %' then 0 when regexp_matches(substr("clean_7", 2), '^@?[a-zA-Z0-9_]{1,15}$') then 2 when 1 = 1 then 3 end as "verdict_7" from (select member_no, member_key, md5_number(concat(cast($1 as varchar), length("raw_1"), ':', "raw_1", length("raw_2"), ':', "raw_2", length("raw_3"), ':', "raw_3", length("raw_4"), ':', "raw_4", length("raw_5"), ':', "raw_5", length("raw_6"), ':', "raw_6", length("raw_7"), ':', "raw_7")) as fingerprint, "raw_1", "raw_2", "raw_3", "raw_4", "raw_5", "raw_6", "raw_7", case when length("raw_1") <= 64 and regexp_matches("raw_1", '^[a-zA-Z0-9!#$%&''*+/=?^_`{|}~.-]+@([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?[.])+[a-zA-Z][-a-zA-Z0-9]*[a-zA-Z0-9]$') then lower("raw_1") else ' ' || case when regexp_matches("raw_1", '^[!-~].*[!-~]$') then "raw_1" else regexp_extract("raw_1", '[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]((?s).*[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}])?') end end as "clean_1", case when 1 = 0 then "raw_2" else ' ' || case when length("raw_2") >= 128 then case when regexp_matches("raw_2", '^[!-~].*[!-~]$') then "raw_2" else regexp_extract("raw_2", '[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]((?s).*[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}])?') end end end as "clean_2", case when length("raw_3") between 9 and 16 and regexp_matches("raw_3", '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then "raw_3" else ' ' || case
  when regexp_matches("raw_3", '^[+]?[0-9]+$') or length("raw_3") = 64 then "raw_3"
  when regexp_matches("raw_3", '^[-+()./ ]*[0-9][-+()./ 0-9]*$') then translate("raw_3", ' ()-./', '')
  when regexp_matches("raw_3", '^[^0-9xX#]*[0-9]') then regexp_replace("raw_3", '[;,]?[ \x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]*([eE][xX][tT][a-zA-Z]*|[xX#])[.:=]?[ \x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]*[0-9]*[ \x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]*$|[-()./\x{ad}\x{2010}\x{2011}\x{2012}\x{2013}\x{2014}\x{2015}\x{2212} \x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]+', '', 'g')
  else case when regexp_matches("raw_3", '^[!-~].*[!-~]$') then "raw_3" else regexp_extract("raw_3", '[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]((?s).*[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}])?') end end end as "clean_3", case when 1 = 0 then "raw_4" else ' ' || case when regexp_matches("raw_4", '^[!-~].*[!-~]$') then "raw_4" else regexp_extract("raw_4", '[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]((?s).*[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}])?') end end as "clean_4", case when regexp_matches("raw_5", '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$') and "raw_5" not in ('00000000-0000-0000-0000-000000000000', '0000000000000000') then "raw_5" else ' ' || case when regexp_matches("raw_5", '^[!-~].*[!-~]$') then "raw_5" else regexp_extract("raw_5", '[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]((?s).*[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}])?') end end as "clean_5", case when 1 = 0 then "raw_6" else ' ' || case when regexp_matches("raw_6", '^[!-~].*[!-~]$') then "raw_6" else regexp_extract("raw_6", '[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]((?s).*[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}])?') end end as "clean_6", case when regexp_matches("raw_7", '^[a-zA-Z0-9_]{1,15}$') then lower("raw_7") else ' ' || case when regexp_matches("raw_7", '^[!-~].*[!-~]$') then "raw_7" else regexp_extract("raw_7", '[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]((?s).*[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}])?') end end as "clean_7" from (select c.member_no, s.* from (select case when cast(s."id" as varchar) collate "C" <> '' then lower(hex(unhex(sha256(cast(s."id" as varchar) collate "C")))) end as member_key, cast(s."c0" as varchar) collate "C" as "raw_1", cast(s."c1" as varchar) collate "C" as "raw_2", cast(s."c2" as varchar) collate "C" as "raw_3", cast(s."c3" as varchar) collate "C" as "raw_4", cast(s."c4" as varchar) collate "C" as "raw_5", cast(s."c5" as varchar) collate "C" as "raw_6", cast(s."c6" as varchar) collate "C" as "raw_7" from (select * from people
) as s) as s
join "tidemark_changed_members" as c on c.member_key = s.member_key) as r) as n) as n;
-- 1: 1|mapping|

create or replace temp view "tidemark_read_members" as select * from "tidemark_arrivals";

-- # wanted

create or replace temp table "tidemark_several" as select member_no from "tidemark_read_members" group by member_no having count(*) > 1;

create or replace temp table "tidemark_wanted_rows" as select distinct member_no, member_key, field, digest from (select member_no, member_key, cast('EMAIL_SHA256' as varchar) as field, "digest_1" as digest
from "tidemark_read_members" where "digest_1" is not null and "reason_1" is null union all select member_no, member_key, cast('PHONE_SHA256' as varchar) as field, "digest_2" as digest
from "tidemark_read_members" where "digest_2" is not null and "reason_2" is null) as w where member_no in (select member_no from "tidemark_several");

create or replace temp table "tidemark_oversized" as select member_no, min(member_key) as member_key, count(*) as identifiers from "tidemark_wanted_rows"
group by member_no having count(*) > 100;

delete from "tidemark_wanted_rows" where member_no in (select member_no from "tidemark_oversized");

create or replace temp view "tidemark_wanted" as select * from (select member_no, member_key, cast('EMAIL_SHA256' as varchar) as field, "digest_1" as digest
from "tidemark_read_members" where "digest_1" is not null and "reason_1" is null union all select member_no, member_key, cast('PHONE_SHA256' as varchar) as field, "digest_2" as digest
from "tidemark_read_members" where "digest_2" is not null and "reason_2" is null) as w where member_no not in (select member_no from "tidemark_several") union all select * from "tidemark_wanted_rows";

insert into "tidemark_state"."delta_rejections-people-tiktok-8" ("member_key", "field", "reason", "origin", "identifiers", "value") select distinct member_key, field, reason, cast('validation' as varchar) as origin, cast(1 as bigint) as identifiers, value
from (select member_key, cast($1 as varchar) as field, "reason_1" as reason, "digest_1" as value from "tidemark_read_members" union all select member_key, cast($2 as varchar) as field, "reason_2" as reason, "digest_2" as value from "tidemark_read_members") as f where reason is not null
union all select member_key, null, 'too_many_identifiers', 'validation', identifiers, null from "tidemark_oversized"
union all select null, null, 'null_member_key', 'validation', n, null from (select cast(3 as bigint) as n) as k where n > 0;
-- 1: email
-- 2: phone

select reason, cast(sum(identifiers) as varchar) as identifiers from "tidemark_state"."delta_rejections-people-tiktok-8"
group by reason order by reason;

select cast((select count("digest_1") from "tidemark_read_members") + (select count("digest_2") from "tidemark_read_members") as varchar) as checked;

-- # delta

create or replace temp table "tidemark_changed_or_kept" as select c.member_no, l.* from "tidemark_state"."ledger_identifiers_people-tiktok" as l
left join "tidemark_changed_members" as c on c.member_key = l.member_key
where c.member_no is not null or l.state = 3;

create or replace temp table "tidemark_dropped" as select l.* from "tidemark_changed_or_kept" as l where l.state <> 3
and not exists (select 1 from "tidemark_wanted" as w where w.member_no = l.member_no and w.field = l.field and w.digest = l.digest);

create or replace temp table "tidemark_candidates" as select field, digest from "tidemark_dropped" union distinct select field, digest from "tidemark_changed_or_kept" where state = 3;

create or replace temp table "tidemark_sharers" as select l.*, c.member_no from "tidemark_state"."ledger_identifiers_people-tiktok" as l
join (select field, digest from "tidemark_wanted" union distinct select field, digest from "tidemark_candidates") as d on d.field = l.field and d.digest = l.digest
left join "tidemark_changed_members" as c on c.member_key = l.member_key;

create or replace temp table "tidemark_placeholders" as with held as (select field, digest from "tidemark_wanted" union all select field, digest from "tidemark_sharers" where state <> 3 and member_no is null),
suspects as (select cast(hash("digest") % 1250 as BIGINT) as h from held group by 1 having count(*) > 20)
select field, digest from held where cast(hash("digest") % 1250 as BIGINT) in (select h from suspects)
group by field, digest having count(*) > 20;

create or replace temp table "tidemark_holders" as select s.* from "tidemark_sharers" as s
join "tidemark_candidates" as d on d.field = s.field and d.digest = s.digest;

create or replace temp table "tidemark_unwanted" as select d.field, d.digest, q.field is not null as waits from "tidemark_candidates" as d
left join (select distinct field, digest from "tidemark_state"."quarantine_people-tiktok" as x where x.op = 'remove' and x.until_at > make_timestamp(epoch_us(now()))) as q on q.field = d.field and q.digest = d.digest
where not exists (select 1 from "tidemark_wanted" as x where x.field = d.field and x.digest = d.digest)
  and not exists (select 1 from "tidemark_holders" as x where x.field = d.field and x.digest = d.digest and x.member_no is null and x.state <> 3);

create or replace temp table "tidemark_waiting_members" as select distinct h.member_key from "tidemark_holders" as h
join "tidemark_unwanted" as u on u.field = h.field and u.digest = h.digest where u.waits;

create or replace temp table "tidemark_gone" as select distinct u.field, u.digest from "tidemark_unwanted" as u
join "tidemark_holders" as h on h.field = u.field and h.digest = u.digest
where not u.waits and h.member_key not in (select member_key from "tidemark_waiting_members");

create or replace temp table "tidemark_touched" as select distinct h.member_key, h.member_no from "tidemark_holders" as h
join "tidemark_gone" as g on g.field = h.field and g.digest = h.digest;

select cast(count(*) as varchar) as members from "tidemark_touched" where member_no is null;

create or replace temp table "tidemark_exposed" as select distinct l.field, l.digest, false as elsewhere from "tidemark_changed_or_kept" as l join "tidemark_touched" as t on t.member_no = l.member_no
union distinct select l.field, l.digest, true from "tidemark_state"."ledger_identifiers_people-tiktok" as l join "tidemark_touched" as t on t.member_key = l.member_key where t.member_no is null;

create or replace temp table "tidemark_again_members" as select l.member_key from "tidemark_sharers" as l join "tidemark_exposed" as e on e.field = l.field and e.digest = l.digest
union distinct select l.member_key from "tidemark_state"."ledger_identifiers_people-tiktok" as l join (select * from "tidemark_exposed" where elsewhere) as e on e.field = l.field and e.digest = l.digest
union distinct select w.member_key from "tidemark_wanted" as w join "tidemark_exposed" as e on e.field = w.field and e.digest = w.digest;

create or replace temp table "tidemark_outside" as select member_key, row_number() over () + (select coalesce(max(member_no), 0) from "tidemark_changed_members") as member_no
from (select distinct m.member_key from (select member_key from "tidemark_touched"
union all select member_key from "tidemark_waiting_members"
union all select member_key from "tidemark_again_members") as m
  left join "tidemark_changed_members" as c on c.member_key = m.member_key where c.member_key is null) as o;

select cast(count(*) as varchar) as members from "tidemark_outside";

insert into "tidemark_state"."held-people-tiktok-8" ("member_no", "member_key", "field", "digest", "state", "since_at", "entered") select member_no, member_key, field, digest, state, since_at, entered from "tidemark_changed_or_kept" where member_no is not null
union all select o.member_no, l.member_key, l.field, l.digest, l.state, l.since_at, l.entered
from "tidemark_state"."ledger_identifiers_people-tiktok" as l join "tidemark_outside" as o on o.member_key = l.member_key;

insert into "tidemark_state"."members_before-people-tiktok-8" ("member_key", "fingerprint", "standing") select member_key, fingerprint, standing from "tidemark_state"."ledger_members_people-tiktok"
where member_key in (select member_key from "tidemark_changed_members" union all select member_key from "tidemark_outside");

create or replace temp table "tidemark_others" as select c.member_no from "tidemark_changed_members" as c join "tidemark_state"."members_before-people-tiktok-8" as l on l.member_key = c.member_key
union distinct select member_no from "tidemark_changed_or_kept" where member_no is not null
union distinct select w.member_no from "tidemark_wanted" as w join (select field, digest from "tidemark_placeholders"
union all select field, digest from "tidemark_state"."quarantine_people-tiktok" where op = 'add' and until_at > make_timestamp(epoch_us(now()))) as r on r.field = w.field and r.digest = w.digest
union distinct select member_no from "tidemark_several"
union distinct select member_no from "tidemark_changed_members" where due
union distinct select member_no from "tidemark_read_members" where "reason_1" is not null or "reason_2" is not null or ("digest_1" is null and "digest_2" is null);

insert into "tidemark_state"."delta_rows-people-tiktok-8" ("op", "member_no", "unit", "leads", "member_key", "field", "digest", "prior", "confirmed_before", "waits", "hold_reason", "hold_until_at") select op, member_no, (case when op = $1 and field = $2 then cast(0 as bigint) when op = $3 and field = $4 then cast(1000000000000 as bigint) when op = $5 and field = $6 then cast(2000000000000 as bigint) when op = $7 and field = $8 then cast(3000000000000 as bigint) when op = $9 and field = $10 then cast(4000000000000 as bigint) when op = $11 and field = $12 then cast(5000000000000 as bigint) when op = $13 and field = $14 then cast(6000000000000 as bigint) when op = $15 and field = $16 then cast(7000000000000 as bigint) when op = $17 and field = $18 then cast(8000000000000 as bigint) when op = $19 and field = $20 then cast(9000000000000 as bigint) end + send_no) as unit, coalesce(send_no = member_no and op in ('add', 'remove'), false) as leads,
  member_key, field, digest, prior, confirmed_before, waits, hold_reason, hold_until_at from (with adds as (select a.*, case when p.digest is not null then 'shared_by_many' else q.reason end as hold_reason, q.until_at as hold_until_at
from (select w.member_no, w.member_key, w.field, w.digest, coalesce(l.state, 0) as prior, l.since_at is not null as confirmed_before
from "tidemark_wanted" as w join "tidemark_others" as k on k.member_no = w.member_no
left join "tidemark_changed_or_kept" as l on l.member_no = w.member_no and l.field = w.field and l.digest = w.digest
where l.state is null or l.state <> 1 or w.member_key in (select member_key from "tidemark_again_members") or l.since_at <= (make_timestamp(epoch_us(now())) + to_microseconds(cast(cast(-28944000000 as bigint) as BIGINT) * 1000)) union all select o.member_no, l.member_key, l.field, l.digest, l.state as prior, l.since_at is not null as confirmed_before
from "tidemark_state"."held-people-tiktok-8" as l
join "tidemark_outside" as o on o.member_no = l.member_no
where l.state <> 3 and l.member_key in (select member_key from "tidemark_again_members")) as a
left join "tidemark_placeholders" as p on p.field = a.field and p.digest = a.digest
left join (select field, digest, max(reason) as reason, max(until_at) as until_at from "tidemark_state"."quarantine_people-tiktok"
  where op = 'add' and until_at > make_timestamp(epoch_us(now())) group by field, digest) as q on q.field = a.field and q.digest = a.digest), removes as (select coalesce(h.member_no, o.member_no) as member_no, h.member_key, h.field, h.digest, h.state, h.since_at,
  h.member_key in (select member_key from "tidemark_waiting_members") as waits
from "tidemark_holders" as h
join "tidemark_gone" as g on g.field = h.field and g.digest = h.digest
left join "tidemark_outside" as o on o.member_key = h.member_key)
select case when a.hold_reason is null then 'add' else 'hold' end as op, a.member_no, a.member_no as send_no, a.member_key, a.field,
  a.digest, a.prior, a.confirmed_before, false as waits, a.hold_reason, a.hold_until_at from adds as a
union all select 'remove', r.member_no, first_value(r.member_no) over (partition by r.field, r.digest order by r.member_key),
  r.member_key, r.field, r.digest, r.state, r.since_at is not null, r.waits, cast(null as varchar), cast(null as timestamp) from removes as r
union all select 'keep', d.member_no, cast(null as bigint), d.member_key, d.field, d.digest, d.state, d.since_at is not null,
  d.member_key in (select member_key from "tidemark_waiting_members"), cast(null as varchar), cast(null as timestamp) from "tidemark_dropped" as d
where not exists (select 1 from "tidemark_gone" as g where g.field = d.field and g.digest = d.digest)
union all select 'keep', coalesce(h.member_no, o.member_no), cast(null as bigint), h.member_key, h.field, h.digest, h.state, h.since_at is not null, true, cast(null as varchar), cast(null as timestamp)
from "tidemark_holders" as h
join "tidemark_unwanted" as u on u.field = h.field and u.digest = h.digest
left join "tidemark_outside" as o on o.member_key = h.member_key
where u.waits and h.state = 3) as d;
-- 1: remove
-- 2: EMAIL_SHA256
-- 3: remove
-- 4: PHONE_SHA256
-- 5: remove
-- 6: IDFA_SHA256
-- 7: remove
-- 8: AAID_SHA256
-- 9: remove
-- 10: EMAIL_SHA512
-- 11: add
-- 12: EMAIL_SHA256
-- 13: add
-- 14: PHONE_SHA256
-- 15: add
-- 16: IDFA_SHA256
-- 17: add
-- 18: AAID_SHA256
-- 19: add
-- 20: EMAIL_SHA512

insert into "tidemark_state"."delta_member_rows-people-tiktok-8" ("member_no", "member_key", "in_k", "fingerprint", "standing", "counts") select c.member_no, c.member_key, true as in_k, r.fingerprint,
  case when r.fingerprint is null then 0 when r.valid and c.member_no not in (select member_no from "tidemark_oversized"
union all select w.member_no from "tidemark_wanted" as w
join (select distinct w.member_no from "tidemark_wanted" as w join "tidemark_placeholders" as p on p.field = w.field and p.digest = w.digest) as s on s.member_no = w.member_no
left join "tidemark_placeholders" as p on p.field = w.field and p.digest = w.digest group by w.member_no having count(*) = count(p.digest)) then 2 else 1 end as standing,
  row_number() over (partition by c.member_no order by r.fingerprint) = 1 as counts
from (select * from "tidemark_changed_members" where member_no in (select member_no from "tidemark_others")) as c
left join (select distinct member_no, fingerprint, max(case when valid then 1 else 0 end) over (partition by member_no) = 1 as valid from (select member_no, fingerprint, ("digest_1" is not null and "reason_1" is null) or ("digest_2" is not null and "reason_2" is null) as valid from "tidemark_read_members"
where member_no in (select member_no from "tidemark_others")) as d) as r on r.member_no = c.member_no
union all select member_no, member_key, false, null, null, true from "tidemark_outside";

create view "tidemark_state"."delta-people-tiktok-8" as select "op", "member_no", "unit", "leads", "member_key", "field", "digest", "prior", "confirmed_before", "waits", "hold_reason", "hold_until_at" from "tidemark_state"."delta_rows-people-tiktok-8" union all select cast('add' as varchar), a.member_no, f.lane + a.member_no, true, a.member_key, f.field, case f.n when 1 then "digest_1" when 2 then "digest_2" end, 0, false, false, null, null
from "tidemark_state"."arrivals-people-tiktok-8" as a cross join (select 1 as n, cast('EMAIL_SHA256' as varchar) as field, 5000000000000 as lane union all select 2 as n, cast('PHONE_SHA256' as varchar) as field, 6000000000000 as lane) as f where case f.n when 1 then "digest_1" when 2 then "digest_2" end is not null;

create view "tidemark_state"."delta_members-people-tiktok-8" as select "member_no", "member_key", "in_k", "fingerprint", "standing", "counts" from "tidemark_state"."delta_member_rows-people-tiktok-8" union all select member_no, member_key, true, fingerprint, 2, true from "tidemark_state"."arrivals-people-tiktok-8";

delete from "tidemark_state"."arrivals-people-tiktok-8" where member_no in (select member_no from "tidemark_others");

-- # delta without persons

create or replace temp table "tidemark_again_members" as select member_key from "tidemark_touched" where 1 = 0;

-- # delta, nobody outside

create or replace temp table "tidemark_exposed" as select distinct l.field, l.digest, false as elsewhere from "tidemark_changed_or_kept" as l join "tidemark_touched" as t on t.member_no = l.member_no;

create or replace temp table "tidemark_again_members" as select l.member_key from "tidemark_sharers" as l join "tidemark_exposed" as e on e.field = l.field and e.digest = l.digest
union distinct select w.member_key from "tidemark_wanted" as w join "tidemark_exposed" as e on e.field = w.field and e.digest = w.digest;

insert into "tidemark_state"."held-people-tiktok-8" ("member_no", "member_key", "field", "digest", "state", "since_at", "entered") select member_no, member_key, field, digest, state, since_at, entered from "tidemark_changed_or_kept" where member_no is not null;

-- # guards

select
  cast((select count(*) from (select distinct member_no from "tidemark_state"."delta_rows-people-tiktok-8" where op = 'remove' and prior <> 3) as r where not exists (select 1 from "tidemark_state"."delta_rows-people-tiktok-8" as d where d.member_no = r.member_no and d.op in ('add', 'hold'))
    and not exists (select 1 from "tidemark_state"."held-people-tiktok-8" as l where l.member_no = r.member_no and l.state <> 3
  and not exists (select 1 from "tidemark_state"."delta_rows-people-tiktok-8" as d where d.member_no = r.member_no and d.field = l.field and d.digest = l.digest and d.op in ('remove', 'keep')))) as varchar) as emptied,
  cast((select count(*) from (select distinct member_no from "tidemark_state"."delta_rows-people-tiktok-8" where op = 'remove' and prior <> 3
    union distinct select d.member_no from "tidemark_state"."delta-people-tiktok-8" as d join "tidemark_again_members" as a on a.member_key = d.member_key where d.op = 'add') as t) as varchar) as touched;

select cast(segment_members as varchar) as segment_members, cast(reachable_members as varchar) as reachable_members
from (select cast(n.in_segment - b.in_segment as bigint) as segment_members, cast(n.reachable - b.reachable as bigint) as reachable_members
from (select coalesce(sum(case when standing >= 1 then 1 else 0 end), 0) as in_segment, coalesce(sum(case when standing >= 2 then 1 else 0 end), 0) as reachable from "tidemark_state"."delta_members-people-tiktok-8" where in_k and counts) as n cross join (select coalesce(sum(case when standing >= 1 then 1 else 0 end), 0) as in_segment, coalesce(sum(case when standing >= 2 then 1 else 0 end), 0) as reachable from (select max(l.standing) as standing from "tidemark_state"."members_before-people-tiktok-8" as l
  where l.member_key in (select member_key from "tidemark_state"."delta_member_rows-people-tiktok-8" where in_k) group by l.member_key) as l) as b) as s;

select op, cast(sum("identifiers") as varchar) as "identifiers", cast(sum("confirmed_before") as varchar) as "confirmed_before", cast(sum("waiting") as varchar) as "waiting" from (
select op, case when (op <> 'remove' or leads) then 1 else 0 end as identifiers, case when (op <> 'remove' or leads) and confirmed_before then 1 else 0 end as confirmed_before, case when waits then 1 else 0 end as waiting, 1 as n from "tidemark_state"."delta_rows-people-tiktok-8"
union all select cast('add' as varchar), count("digest_1") + count("digest_2"), 0, 0, count("digest_1") + count("digest_2") from "tidemark_state"."arrivals-people-tiktok-8") as d
group by op having sum(n) > 0 order by op;

-- # plan

create or replace temp table "tidemark_held" as select member_no, member_key, field, digest, state, since_at, entered from "tidemark_changed_or_kept" where member_no is not null
union all select o.member_no, l.member_key, l.field, l.digest, l.state, l.since_at, l.entered
from "tidemark_ledger_identifiers" as l join "tidemark_outside" as o on o.member_key = l.member_key;

create or replace temp table "tidemark_members_before" as select member_key, fingerprint, standing from "tidemark_ledger_members"
where member_key in (select member_key from "tidemark_changed_members" union all select member_key from "tidemark_outside");

create or replace temp table "tidemark_delta_rows" as select op, member_no, (case when op = $1 and field = $2 then cast(0 as bigint) when op = $3 and field = $4 then cast(1000000000000 as bigint) when op = $5 and field = $6 then cast(2000000000000 as bigint) when op = $7 and field = $8 then cast(3000000000000 as bigint) when op = $9 and field = $10 then cast(4000000000000 as bigint) when op = $11 and field = $12 then cast(5000000000000 as bigint) when op = $13 and field = $14 then cast(6000000000000 as bigint) when op = $15 and field = $16 then cast(7000000000000 as bigint) when op = $17 and field = $18 then cast(8000000000000 as bigint) when op = $19 and field = $20 then cast(9000000000000 as bigint) end + send_no) as unit, coalesce(send_no = member_no and op in ('add', 'remove'), false) as leads,
  member_key, field, digest, prior, confirmed_before, waits, hold_reason, hold_until_at from (with adds as (select a.*, case when p.digest is not null then 'shared_by_many' else q.reason end as hold_reason, q.until_at as hold_until_at
from (select w.member_no, w.member_key, w.field, w.digest, coalesce(l.state, 0) as prior, l.since_at is not null as confirmed_before
from "tidemark_wanted" as w join "tidemark_others" as k on k.member_no = w.member_no
left join "tidemark_changed_or_kept" as l on l.member_no = w.member_no and l.field = w.field and l.digest = w.digest
 union all select o.member_no, l.member_key, l.field, l.digest, l.state as prior, l.since_at is not null as confirmed_before
from "tidemark_held" as l
join "tidemark_outside" as o on o.member_no = l.member_no
where l.state <> 3 and l.member_key in (select member_key from "tidemark_again_members")) as a
left join "tidemark_placeholders" as p on p.field = a.field and p.digest = a.digest
left join (select field, digest, max(reason) as reason, max(until_at) as until_at from "tidemark_quarantine"
  where op = 'add' and until_at > make_timestamp(epoch_us(now())) group by field, digest) as q on q.field = a.field and q.digest = a.digest), removes as (select coalesce(h.member_no, o.member_no) as member_no, h.member_key, h.field, h.digest, h.state, h.since_at,
  h.member_key in (select member_key from "tidemark_waiting_members") as waits
from "tidemark_holders" as h
join "tidemark_gone" as g on g.field = h.field and g.digest = h.digest
left join "tidemark_outside" as o on o.member_key = h.member_key)
select case when a.hold_reason is null then 'add' else 'hold' end as op, a.member_no, a.member_no as send_no, a.member_key, a.field,
  a.digest, a.prior, a.confirmed_before, false as waits, a.hold_reason, a.hold_until_at from adds as a
union all select 'remove', r.member_no, first_value(r.member_no) over (partition by r.field, r.digest order by r.member_key),
  r.member_key, r.field, r.digest, r.state, r.since_at is not null, r.waits, cast(null as varchar), cast(null as timestamp) from removes as r
union all select 'keep', d.member_no, cast(null as bigint), d.member_key, d.field, d.digest, d.state, d.since_at is not null,
  d.member_key in (select member_key from "tidemark_waiting_members"), cast(null as varchar), cast(null as timestamp) from "tidemark_dropped" as d
where not exists (select 1 from "tidemark_gone" as g where g.field = d.field and g.digest = d.digest)
union all select 'keep', coalesce(h.member_no, o.member_no), cast(null as bigint), h.member_key, h.field, h.digest, h.state, h.since_at is not null, true, cast(null as varchar), cast(null as timestamp)
from "tidemark_holders" as h
join "tidemark_unwanted" as u on u.field = h.field and u.digest = h.digest
left join "tidemark_outside" as o on o.member_key = h.member_key
where u.waits and h.state = 3) as d;
-- 1: remove
-- 2: EMAIL_SHA256
-- 3: remove
-- 4: PHONE_SHA256
-- 5: remove
-- 6: IDFA_SHA256
-- 7: remove
-- 8: AAID_SHA256
-- 9: remove
-- 10: EMAIL_SHA512
-- 11: add
-- 12: EMAIL_SHA256
-- 13: add
-- 14: PHONE_SHA256
-- 15: add
-- 16: IDFA_SHA256
-- 17: add
-- 18: AAID_SHA256
-- 19: add
-- 20: EMAIL_SHA512

create or replace temp table "tidemark_delta_member_rows" as select c.member_no, c.member_key, true as in_k, r.fingerprint,
  case when r.fingerprint is null then 0 when r.valid and c.member_no not in (select member_no from "tidemark_oversized"
union all select w.member_no from "tidemark_wanted" as w
join (select distinct w.member_no from "tidemark_wanted" as w join "tidemark_placeholders" as p on p.field = w.field and p.digest = w.digest) as s on s.member_no = w.member_no
left join "tidemark_placeholders" as p on p.field = w.field and p.digest = w.digest group by w.member_no having count(*) = count(p.digest)) then 2 else 1 end as standing,
  true as counts
from (select * from "tidemark_changed_members" where member_no in (select member_no from "tidemark_others")) as c
left join (select member_no, fingerprint, ("digest_1" is not null and "reason_1" is null) or ("digest_2" is not null and "reason_2" is null) as valid from "tidemark_read_members"
where member_no in (select member_no from "tidemark_others")) as r on r.member_no = c.member_no
union all select member_no, member_key, false, null, null, true from "tidemark_outside";

create or replace temp table "tidemark_arrivals" as select member_no, member_key, fingerprint, case when "verdict_1" = 1 then unhex(substr("clean_1", 2)) else unhex(sha256(case "verdict_1" when 0 then "clean_1" when 2 then lower(substr("clean_1", 2)) when 3 then "raw_1" end)) end as "digest_1", case "verdict_1" when 3 then 'invalid_email' end as "reason_1", case when "verdict_2" = 1 then unhex(substr("clean_2", 2)) else unhex(sha256(case "verdict_2" when 0 then "clean_2" when 2 then substr("clean_2", 2) when 3 then ('+' || substr(substr("clean_2", 2), 3)) when 4 then regexp_replace(substr("clean_2", 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0', '+\2', 'g') when 5 then "raw_2" when 6 then '+33' || case when regexp_matches(substr("clean_2", 2), '^0([1-9][0-9]{8,8})$') then substr(substr("clean_2", 2), 2) else substr("clean_2", 2) end when 7 then '+' || substr("clean_2", 2) when 8 then "raw_2" end)) end as "digest_2", case "verdict_2" when 5 then 'invalid_phone' when 8 then 'invalid_phone' end as "reason_2" from (select *, case when "clean_1" is null or "clean_1" = ' ' then null when "clean_1" not like ' %' then 0 when length(substr("clean_1", 2)) = 64 and regexp_matches(substr("clean_1", 2), '^[0-9a-fA-F]{64}$') then 1 when length(substr("clean_1", 2)) <= 254 and regexp_matches(substr("clean_1", 2), '^[a-zA-Z0-9!#$%&''*+/=?^_`{|}~.\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}-]+@([a-zA-Z0-9\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}]([-a-zA-Z0-9\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}]*[a-zA-Z0-9\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}])?[.])+[a-zA-Z\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}][-a-zA-Z0-9\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}]*[a-zA-Z0-9\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{37d}\x{37f}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{2c00}-\x{2def}\x{3005}-\x{d7ff}\x{f900}-\x{fdcf}\x{20000}-\x{3134f}]$') and not (length(substr("clean_1", 2)) > 64 and regexp_matches(substr("clean_1", 2), '^[^@]{65}|@([^@]*[.])?[^.@]{64}')) then 2 when 1 = 1 then 3 end as "verdict_1", case when "clean_2" is null or "clean_2" = ' ' then null when "clean_2" not like ' %' then 0 when substr("clean_2", 2) like '+%' and length(substr("clean_2", 2)) between 9 and 16 and regexp_matches(substr("clean_2", 2), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then 2 when substr("clean_2", 2) like '00%' and length(('+' || substr(substr("clean_2", 2), 3))) between 9 and 16 and regexp_matches(('+' || substr(substr("clean_2", 2), 3)), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then 3 when regexp_matches(substr("clean_2", 2), '^([+]|00)[0-9]{9,16}$') and regexp_matches(substr("clean_2", 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0[1-9]') then 4 when substr("clean_2", 2) like '+%' or substr("clean_2", 2) like '00%' then 5 when regexp_matches(substr("clean_2", 2), '^(0)?([1-9][0-9]{8,8})$') then 6 when regexp_matches(substr("clean_2", 2), '^33([1-9][0-9]{8,8})$') then 7 when 1 = 1 then 8 end as "verdict_2" from (select member_no, member_key, md5_number(concat(cast($1 as varchar), length("raw_1"), ':', "raw_1", length("raw_2"), ':', "raw_2")) as fingerprint, "raw_1", "raw_2", case when length("raw_1") <= 64 and regexp_matches("raw_1", '^[a-zA-Z0-9!#$%&''*+/=?^_`{|}~.-]+@([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?[.])+[a-zA-Z][-a-zA-Z0-9]*[a-zA-Z0-9]$') then lower("raw_1") else ' ' || case when regexp_matches("raw_1", '^[!-~].*[!-~]$') then "raw_1" else regexp_extract("raw_1", '[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]((?s).*[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}])?') end end as "clean_1", case when length("raw_2") between 9 and 16 and regexp_matches("raw_2", '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then "raw_2" else ' ' || case
  when regexp_matches("raw_2", '^[+]?[0-9]+$') or length("raw_2") = 64 then "raw_2"
  when regexp_matches("raw_2", '^[-+()./ ]*[0-9][-+()./ 0-9]*$') then translate("raw_2", ' ()-./', '')
  when regexp_matches("raw_2", '^[^0-9xX#]*[0-9]') then regexp_replace("raw_2", '[;,]?[ \x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]*([eE][xX][tT][a-zA-Z]*|[xX#])[.:=]?[ \x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]*[0-9]*[ \x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]*$|[-()./\x{ad}\x{2010}\x{2011}\x{2012}\x{2013}\x{2014}\x{2015}\x{2212} \x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]+', '', 'g')
  else case when regexp_matches("raw_2", '^[!-~].*[!-~]$') then "raw_2" else regexp_extract("raw_2", '[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]((?s).*[^\x{20}\x{9}\x{a}\x{b}\x{c}\x{d}\x{85}\x{a0}\x{1680}\x{2000}\x{2001}\x{2002}\x{2003}\x{2004}\x{2005}\x{2006}\x{2007}\x{2008}\x{2009}\x{200a}\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}])?') end end end as "clean_2" from (select c.member_no, s.* from (select nullif(cast(s."id" as varchar) collate "C", '') as member_key, cast(s."work email" as varchar) collate "C" as "raw_1", cast(s."phone" as varchar) collate "C" as "raw_2" from "shop"."people" as s where s."country" in ($2, $3) and s."spent" >= cast($4 as float8) and s."orders" > cast($5 as bigint) and s."active" = cast($6 as boolean) and s."left_at" is null) as s
join "tidemark_changed_members" as c on c.member_key = s.member_key) as r) as n) as n;
-- 1: 1|mapping|
-- 2: FR
-- 3: DE
-- 4: 12.5
-- 5: 3
-- 6: true

create or replace temp view "tidemark_read_members" as select * from "tidemark_arrivals";

create or replace temp view "tidemark_delta" as select "op", "member_no", "unit", "leads", "member_key", "field", "digest", "prior", "confirmed_before", "waits", "hold_reason", "hold_until_at" from "tidemark_delta_rows" union all select cast('add' as varchar), a.member_no, f.lane + a.member_no, true, a.member_key, f.field, case f.n when 1 then "digest_1" when 2 then "digest_2" end, 0, false, false, null, null
from "tidemark_arrivals" as a cross join (select 1 as n, cast('EMAIL_SHA256' as varchar) as field, 5000000000000 as lane union all select 2 as n, cast('PHONE_SHA256' as varchar) as field, 6000000000000 as lane) as f where case f.n when 1 then "digest_1" when 2 then "digest_2" end is not null;

create or replace temp view "tidemark_delta_members" as select "member_no", "member_key", "in_k", "fingerprint", "standing", "counts" from "tidemark_delta_member_rows" union all select member_no, member_key, true, fingerprint, 2, true from "tidemark_arrivals";

select
  cast((select count(distinct member_key) from "tidemark_delta" where op = 'add' and member_key not in (select member_key from "tidemark_ledger_identifiers" where entered and state <> 3)) as varchar) as entering,
  cast((select count(*) from (select distinct member_key from "tidemark_delta" where op in ('remove', 'keep') and member_key in (select member_key from "tidemark_ledger_identifiers" where entered and state <> 3)) as r
    where r.member_key not in (select member_key from "tidemark_delta" where op = 'add') and not exists (select 1 from "tidemark_ledger_identifiers" as l where l.member_key = r.member_key and l.state <> 3
  and not exists (select 1 from "tidemark_delta" as d where d.member_key = l.member_key and d.field = l.field and d.digest = l.digest
    and d.op in ('remove', 'keep')))) as varchar) as leaving;

select hold_reason as reason, cast(count(*) as varchar) as identifiers from "tidemark_delta"
where op = 'hold' group by hold_reason order by hold_reason;

-- # batches: types

select distinct field from "tidemark_state"."delta-people-tiktok-8" where leads order by field;

select cast(b.batch_no as varchar) as batch_no, op, field, cast(members as varchar) as members,
  cast(identifiers as varchar) as identifiers, cast(request_rows as varchar) as request_rows, cast(bytes as varchar) as bytes,
  cast(first_unit as varchar) as first_unit, cast(last_unit as varchar) as last_unit
from "tidemark_state"."batches-people-tiktok-8" as b order by b.batch_no;

-- # batches: cut of members

create or replace temp table "tidemark_units" as select unit, count(*) as identifiers, 1 as request_rows,
  (cast(2 as bigint) + count(case when field = $1 then 1 end) * cast(67 as bigint) + max(case when field = $2 then cast(10 as bigint) else 0 end) + count(case when field = $3 then 1 end) * cast(67 as bigint) + max(case when field = $4 then cast(17 as bigint) else 0 end)) as bytes
from "tidemark_state"."delta_rows-people-tiktok-8" where leads group by unit union all select 1000000000000 + member_no, (case when "digest_1" is not null then 1 else 0 end + case when "digest_2" is not null then 1 else 0 end), 1, (2 + case when "digest_1" is not null then 77 else 0 end + case when "digest_2" is not null then 84 else 0 end) from "tidemark_state"."arrivals-people-tiktok-8" where true;
-- 1: email
-- 2: email
-- 3: phone_number
-- 4: phone_number

create or replace temp table "tidemark_cuts" as with placed as (select *, unit - mod(unit, cast(1000000000000 as bigint)) as lane, unit - mod(unit, cast(1000 as bigint)) as part from "tidemark_units"),
bounds as (select lane, case when max(bytes * cast(1000 as bigint) - request_rows * cast(999949 as bigint)) <= 0 then 'rows' when min(bytes * cast(1000 as bigint) - request_rows * cast(999949 as bigint)) >= 0 then 'bytes' else 'both' end as bound from placed group by lane),
u as (select p.*, b.bound, case bound when 'rows' then request_rows when 'bytes' then bytes else greatest(bytes * cast(1000 as bigint), request_rows * cast(999949 as bigint)) end as size from placed as p join bounds as b on b.lane = p.lane),
fits as (select lane, greatest(1, case bound when 'rows' then cast(1000 as bigint) when 'bytes' then cast(999949 as bigint) else cast(1000 as bigint) * cast(999949 as bigint) end - max(size) + 1) as fit from u group by lane, bound),
parts as (select p.*, f.fit, p.size_before + p.size as size_after from (select lane, part, sum(size) as size,
  coalesce(sum(sum(size)) over (partition by lane order by part rows between unbounded preceding and 1 preceding), 0) as size_before,
  min(unit) as first_unit, max(unit) as last_unit, count(*) as members, sum(identifiers) as identifiers,
  sum(request_rows) as request_rows, sum(bytes) as bytes from u group by lane, part) as p join fits as f on f.lane = p.lane),
whole as (select *, (size_before + 1) - 1 - mod((size_before + 1) - 1, fit) as cut from parts where (size_before + 1) - 1 - mod((size_before + 1) - 1, fit) = size_after - 1 - mod(size_after - 1, fit)),
split as (select u.*, p.fit, p.size_before + sum(u.size) over (partition by u.part order by u.unit) as size_after
  from u join (select part, fit, size_before from parts where part not in (select part from whole)) as p on p.part = u.part),
pieces as (select lane, part, cut, first_unit, last_unit, members, identifiers, request_rows, bytes from whole
  union all select lane, part, cut, min(unit) as first_unit, max(unit) as last_unit, count(*) as members, sum(identifiers) as identifiers,
  sum(request_rows) as request_rows, sum(bytes) as bytes from (select *, size_after - 1 - mod(size_after - 1, fit) as cut from split) as s group by lane, part, cut)
select dense_rank() over (order by lane, cut) as batch_no, * from pieces;

insert into "tidemark_state"."batches-people-tiktok-8" ("batch_no", "op", "field", "members", "identifiers", "request_rows", "bytes", "first_unit", "last_unit") select batch_no, case lane when cast(0 as bigint) then cast($1 as varchar) when cast(1000000000000 as bigint) then cast($2 as varchar) end as op,
  case lane when cast(0 as bigint) then cast($3 as varchar) when cast(1000000000000 as bigint) then cast($4 as varchar) end as field, cast(sum(members) as bigint) as members, cast(sum(identifiers) as bigint) as identifiers,
  cast(sum(request_rows) as bigint) as request_rows, cast(sum(bytes) as bigint) as bytes,
  min(first_unit) as first_unit, max(last_unit) as last_unit
from "tidemark_cuts" group by batch_no, lane;
-- 1: remove
-- 2: add
-- 3: NULL
-- 4: NULL

insert into "tidemark_state"."spans-people-tiktok-8" ("batch_no", "part", "first_unit", "last_unit") select batch_no, part, first_unit, last_unit from "tidemark_cuts";

-- # batches: cut of identifiers

create or replace temp table "tidemark_units" as select unit, count(*) as identifiers, count(*) as request_rows,
  sum(cast(3 as bigint) + case when field = cast($1 as varchar) then 96 else 0 end + case when field = cast($2 as varchar) then 96 else 0 end) as bytes
from "tidemark_state"."delta_rows-people-tiktok-8" where leads group by unit union all select 5000000000000 + member_no, 1, 1, cast(99 as bigint) from "tidemark_state"."arrivals-people-tiktok-8" where "digest_1" is not null union all select 6000000000000 + member_no, 1, 1, cast(99 as bigint) from "tidemark_state"."arrivals-people-tiktok-8" where "digest_2" is not null;
-- 1: EMAIL_SHA256
-- 2: PHONE_SHA256

create or replace temp table "tidemark_cuts" as with placed as (select *, unit - mod(unit, cast(1000000000000 as bigint)) as lane, unit - mod(unit, cast(1000 as bigint)) as part from "tidemark_units"),
bounds as (select lane, case when max(bytes * cast(1000 as bigint) - request_rows * cast(999882 as bigint)) <= 0 then 'rows' when min(bytes * cast(1000 as bigint) - request_rows * cast(999882 as bigint)) >= 0 then 'bytes' else 'both' end as bound from placed group by lane),
u as (select p.*, b.bound, case bound when 'rows' then request_rows when 'bytes' then bytes else greatest(bytes * cast(1000 as bigint), request_rows * cast(999882 as bigint)) end as size from placed as p join bounds as b on b.lane = p.lane),
fits as (select lane, greatest(1, case bound when 'rows' then cast(1000 as bigint) when 'bytes' then cast(999882 as bigint) else cast(1000 as bigint) * cast(999882 as bigint) end - max(size) + 1) as fit from u group by lane, bound),
parts as (select p.*, f.fit, p.size_before + p.size as size_after from (select lane, part, sum(size) as size,
  coalesce(sum(sum(size)) over (partition by lane order by part rows between unbounded preceding and 1 preceding), 0) as size_before,
  min(unit) as first_unit, max(unit) as last_unit, count(*) as members, sum(identifiers) as identifiers,
  sum(request_rows) as request_rows, sum(bytes) as bytes from u group by lane, part) as p join fits as f on f.lane = p.lane),
whole as (select *, (size_before + 1) - 1 - mod((size_before + 1) - 1, fit) as cut from parts where (size_before + 1) - 1 - mod((size_before + 1) - 1, fit) = size_after - 1 - mod(size_after - 1, fit)),
split as (select u.*, p.fit, p.size_before + sum(u.size) over (partition by u.part order by u.unit) as size_after
  from u join (select part, fit, size_before from parts where part not in (select part from whole)) as p on p.part = u.part),
pieces as (select lane, part, cut, first_unit, last_unit, members, identifiers, request_rows, bytes from whole
  union all select lane, part, cut, min(unit) as first_unit, max(unit) as last_unit, count(*) as members, sum(identifiers) as identifiers,
  sum(request_rows) as request_rows, sum(bytes) as bytes from (select *, size_after - 1 - mod(size_after - 1, fit) as cut from split) as s group by lane, part, cut)
select dense_rank() over (order by lane, cut) as batch_no, * from pieces;

insert into "tidemark_state"."batches-people-tiktok-8" ("batch_no", "op", "field", "members", "identifiers", "request_rows", "bytes", "first_unit", "last_unit") select batch_no, case lane when cast(0 as bigint) then cast($1 as varchar) when cast(1000000000000 as bigint) then cast($2 as varchar) when cast(2000000000000 as bigint) then cast($3 as varchar) when cast(3000000000000 as bigint) then cast($4 as varchar) when cast(4000000000000 as bigint) then cast($5 as varchar) when cast(5000000000000 as bigint) then cast($6 as varchar) when cast(6000000000000 as bigint) then cast($7 as varchar) when cast(7000000000000 as bigint) then cast($8 as varchar) when cast(8000000000000 as bigint) then cast($9 as varchar) when cast(9000000000000 as bigint) then cast($10 as varchar) end as op,
  case lane when cast(0 as bigint) then cast($11 as varchar) when cast(1000000000000 as bigint) then cast($12 as varchar) when cast(2000000000000 as bigint) then cast($13 as varchar) when cast(3000000000000 as bigint) then cast($14 as varchar) when cast(4000000000000 as bigint) then cast($15 as varchar) when cast(5000000000000 as bigint) then cast($16 as varchar) when cast(6000000000000 as bigint) then cast($17 as varchar) when cast(7000000000000 as bigint) then cast($18 as varchar) when cast(8000000000000 as bigint) then cast($19 as varchar) when cast(9000000000000 as bigint) then cast($20 as varchar) end as field, cast(sum(members) as bigint) as members, cast(sum(identifiers) as bigint) as identifiers,
  cast(sum(request_rows) as bigint) as request_rows, cast(sum(bytes) as bigint) as bytes,
  min(first_unit) as first_unit, max(last_unit) as last_unit
from "tidemark_cuts" group by batch_no, lane;
-- 1: remove
-- 2: remove
-- 3: remove
-- 4: remove
-- 5: remove
-- 6: add
-- 7: add
-- 8: add
-- 9: add
-- 10: add
-- 11: EMAIL_SHA256
-- 12: PHONE_SHA256
-- 13: IDFA_SHA256
-- 14: AAID_SHA256
-- 15: EMAIL_SHA512
-- 16: EMAIL_SHA256
-- 17: PHONE_SHA256
-- 18: IDFA_SHA256
-- 19: AAID_SHA256
-- 20: EMAIL_SHA512

insert into "tidemark_state"."spans-people-tiktok-8" ("batch_no", "part", "first_unit", "last_unit") select batch_no, part, first_unit, last_unit from "tidemark_cuts";

-- # batches: cut of positions

create or replace temp table "tidemark_units" as select unit, count(*) as identifiers, greatest(1, count(case when field = $1 then 1 end), count(case when field = $2 then 1 end)) as request_rows,
  (greatest(1, count(case when field = $3 then 1 end), count(case when field = $4 then 1 end)) * cast(8 as bigint) + sum(0 + case when field = cast($5 as varchar) then 94 else 0 end + case when field = cast($6 as varchar) then 94 else 0 end)) as bytes
from "tidemark_state"."delta_rows-people-tiktok-8" where leads group by unit union all select 1000000000000 + member_no, (case when "digest_1" is not null then 1 else 0 end + case when "digest_2" is not null then 1 else 0 end), 1, (8 + case when "digest_1" is not null then 94 else 0 end + case when "digest_2" is not null then 94 else 0 end) from "tidemark_state"."arrivals-people-tiktok-8" where true;
-- 1: EMAIL_SHA256
-- 2: PHONE_SHA256
-- 3: EMAIL_SHA256
-- 4: PHONE_SHA256
-- 5: EMAIL_SHA256
-- 6: PHONE_SHA256

create or replace temp table "tidemark_cuts" as with placed as (select *, unit - mod(unit, cast(1000000000000 as bigint)) as lane, unit - mod(unit, cast(1000 as bigint)) as part from "tidemark_units"),
bounds as (select lane, case when max(bytes * cast(1000 as bigint) - request_rows * cast(999824 as bigint)) <= 0 then 'rows' when min(bytes * cast(1000 as bigint) - request_rows * cast(999824 as bigint)) >= 0 then 'bytes' else 'both' end as bound from placed group by lane),
u as (select p.*, b.bound, case bound when 'rows' then request_rows when 'bytes' then bytes else greatest(bytes * cast(1000 as bigint), request_rows * cast(999824 as bigint)) end as size from placed as p join bounds as b on b.lane = p.lane),
fits as (select lane, greatest(1, case bound when 'rows' then cast(1000 as bigint) when 'bytes' then cast(999824 as bigint) else cast(1000 as bigint) * cast(999824 as bigint) end - max(size) + 1) as fit from u group by lane, bound),
parts as (select p.*, f.fit, p.size_before + p.size as size_after from (select lane, part, sum(size) as size,
  coalesce(sum(sum(size)) over (partition by lane order by part rows between unbounded preceding and 1 preceding), 0) as size_before,
  min(unit) as first_unit, max(unit) as last_unit, count(*) as members, sum(identifiers) as identifiers,
  sum(request_rows) as request_rows, sum(bytes) as bytes from u group by lane, part) as p join fits as f on f.lane = p.lane),
whole as (select *, (size_before + 1) - 1 - mod((size_before + 1) - 1, fit) as cut from parts where (size_before + 1) - 1 - mod((size_before + 1) - 1, fit) = size_after - 1 - mod(size_after - 1, fit)),
split as (select u.*, p.fit, p.size_before + sum(u.size) over (partition by u.part order by u.unit) as size_after
  from u join (select part, fit, size_before from parts where part not in (select part from whole)) as p on p.part = u.part),
pieces as (select lane, part, cut, first_unit, last_unit, members, identifiers, request_rows, bytes from whole
  union all select lane, part, cut, min(unit) as first_unit, max(unit) as last_unit, count(*) as members, sum(identifiers) as identifiers,
  sum(request_rows) as request_rows, sum(bytes) as bytes from (select *, size_after - 1 - mod(size_after - 1, fit) as cut from split) as s group by lane, part, cut)
select dense_rank() over (order by lane, cut) as batch_no, * from pieces;

insert into "tidemark_state"."batches-people-tiktok-8" ("batch_no", "op", "field", "members", "identifiers", "request_rows", "bytes", "first_unit", "last_unit") select batch_no, case lane when cast(0 as bigint) then cast($1 as varchar) when cast(1000000000000 as bigint) then cast($2 as varchar) end as op,
  case lane when cast(0 as bigint) then cast($3 as varchar) when cast(1000000000000 as bigint) then cast($4 as varchar) end as field, cast(sum(members) as bigint) as members, cast(sum(identifiers) as bigint) as identifiers,
  cast(sum(request_rows) as bigint) as request_rows, cast(sum(bytes) as bigint) as bytes,
  min(first_unit) as first_unit, max(last_unit) as last_unit
from "tidemark_cuts" group by batch_no, lane;
-- 1: remove
-- 2: add
-- 3: NULL
-- 4: NULL

insert into "tidemark_state"."spans-people-tiktok-8" ("batch_no", "part", "first_unit", "last_unit") select batch_no, part, first_unit, last_unit from "tidemark_cuts";

-- # batches: pack of members

select cast(batch_no as varchar) as batch_no, cast(sum(request_rows) as varchar) as request_rows,
  string_agg("body", ',') as body
from (select s.batch_no, d.unit, count(*) as identifiers, 1 as request_rows,
  concat(cast($1 as varchar), substr(concat(',"email":[' || string_agg(case when d.field = $2 then concat('"', lower(hex("d"."digest")), '"') end, ',') || ']', ',"phone_number":[' || string_agg(case when d.field = $3 then concat('"', lower(hex("d"."digest")), '"') end, ',') || ']'), 2), cast($4 as varchar)) as body
from "tidemark_state"."delta_rows-people-tiktok-8" as d join "tidemark_state"."spans-people-tiktok-8" as s on "s"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "s"."first_unit" and "s"."last_unit"
where d.leads and "d"."unit" between cast(1 as bigint) and cast(9 as bigint)
  and s.batch_no between cast(1 as bigint) and cast(3 as bigint) group by s.batch_no, d.unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 1000000000000 + member_no as unit, (case when "digest_1" is not null then 1 else 0 end + case when "digest_2" is not null then 1 else 0 end) as identifiers, concat('{', case when "digest_1" is not null then '"email":["' end, lower(hex("digest_1")), case when "digest_1" is not null then '"]' end, case when "digest_2" is not null and ("digest_1" is not null) then ',' end, case when "digest_2" is not null then '"phone_number":["' end, lower(hex("digest_2")), case when "digest_2" is not null then '"]' end, '}') as body from "tidemark_state"."arrivals-people-tiktok-8" where true) as a
join "tidemark_state"."spans-people-tiktok-8" as s on "s"."part" = "a"."unit" - mod("a"."unit", cast(1000 as bigint)) and "a"."unit" between "s"."first_unit" and "s"."last_unit" where "a"."unit" between cast(1 as bigint) and cast(9 as bigint)
  and s.batch_no between cast(1 as bigint) and cast(3 as bigint)) as b group by batch_no;
-- 1: {
-- 2: email
-- 3: phone_number
-- 4: }

select string_agg(cast("body" as varchar), chr(10) order by "unit") as "body", string_agg(cast("request_rows" as varchar), chr(10) order by "unit") as "request_rows", string_agg(cast("identifiers" as varchar), chr(10) order by "unit") as "identifiers"
from (select s.batch_no, d.unit, count(*) as identifiers, 1 as request_rows,
  concat(cast($1 as varchar), substr(concat(',"email":[' || string_agg(case when d.field = $2 then concat('"', lower(hex("d"."digest")), '"') end, ',') || ']', ',"phone_number":[' || string_agg(case when d.field = $3 then concat('"', lower(hex("d"."digest")), '"') end, ',') || ']'), 2), cast($4 as varchar)) as body
from "tidemark_state"."delta_rows-people-tiktok-8" as d join "tidemark_state"."spans-people-tiktok-8" as s on "s"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "s"."first_unit" and "s"."last_unit"
where d.leads and "d"."unit" between cast(1 as bigint) and cast(9 as bigint)
  and s.batch_no between cast(1 as bigint) and cast(3 as bigint) group by s.batch_no, d.unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 1000000000000 + member_no as unit, (case when "digest_1" is not null then 1 else 0 end + case when "digest_2" is not null then 1 else 0 end) as identifiers, concat('{', case when "digest_1" is not null then '"email":["' end, lower(hex("digest_1")), case when "digest_1" is not null then '"]' end, case when "digest_2" is not null and ("digest_1" is not null) then ',' end, case when "digest_2" is not null then '"phone_number":["' end, lower(hex("digest_2")), case when "digest_2" is not null then '"]' end, '}') as body from "tidemark_state"."arrivals-people-tiktok-8" where true) as a
join "tidemark_state"."spans-people-tiktok-8" as s on "s"."part" = "a"."unit" - mod("a"."unit", cast(1000 as bigint)) and "a"."unit" between "s"."first_unit" and "s"."last_unit" where "a"."unit" between cast(1 as bigint) and cast(9 as bigint)
  and s.batch_no between cast(1 as bigint) and cast(3 as bigint)) as b;
-- 1: {
-- 2: email
-- 3: phone_number
-- 4: }

-- # batches: pack of identifiers

select cast(batch_no as varchar) as batch_no, cast(sum(request_rows) as varchar) as request_rows,
  string_agg("body", ',') as body
from (select s.batch_no, d.unit, count(*) as identifiers, count(*) as request_rows,
  string_agg(concat(cast($1 as varchar), case d.field when cast($2 as varchar) then cast($3 as varchar) when cast($4 as varchar) then cast($5 as varchar) when cast($6 as varchar) then cast($7 as varchar) when cast($8 as varchar) then cast($9 as varchar) when cast($10 as varchar) then cast($11 as varchar) end, concat('"', lower(hex("d"."digest")), '"'), case d.field when cast($12 as varchar) then cast($13 as varchar) when cast($14 as varchar) then cast($15 as varchar) when cast($16 as varchar) then cast($17 as varchar) when cast($18 as varchar) then cast($19 as varchar) when cast($20 as varchar) then cast($21 as varchar) end, cast($22 as varchar)), ',') as body
from "tidemark_state"."delta_rows-people-tiktok-8" as d join "tidemark_state"."spans-people-tiktok-8" as s on "s"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "s"."first_unit" and "s"."last_unit"
where d.leads and "d"."unit" between cast(1 as bigint) and cast(9 as bigint)
  and s.batch_no between cast(1 as bigint) and cast(3 as bigint) group by s.batch_no, d.unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 5000000000000 + member_no as unit, 1 as identifiers, concat('[{"id":"', lower(hex("digest_1")), '","audience_ids":["aud"]}]') as body from "tidemark_state"."arrivals-people-tiktok-8" where "digest_1" is not null) as a
join "tidemark_state"."spans-people-tiktok-8" as s on "s"."part" = "a"."unit" - mod("a"."unit", cast(1000 as bigint)) and "a"."unit" between "s"."first_unit" and "s"."last_unit" where "a"."unit" between cast(1 as bigint) and cast(9 as bigint)
  and s.batch_no between cast(1 as bigint) and cast(3 as bigint) union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 6000000000000 + member_no as unit, 1 as identifiers, concat('[{"id":"', lower(hex("digest_2")), '","audience_ids":["aud"]}]') as body from "tidemark_state"."arrivals-people-tiktok-8" where "digest_2" is not null) as a
join "tidemark_state"."spans-people-tiktok-8" as s on "s"."part" = "a"."unit" - mod("a"."unit", cast(1000 as bigint)) and "a"."unit" between "s"."first_unit" and "s"."last_unit" where "a"."unit" between cast(1 as bigint) and cast(9 as bigint)
  and s.batch_no between cast(1 as bigint) and cast(3 as bigint)) as b group by batch_no;
-- 1: [
-- 2: EMAIL_SHA256
-- 3: {"id":
-- 4: PHONE_SHA256
-- 5: {"id":
-- 6: IDFA_SHA256
-- 7: {"id":
-- 8: AAID_SHA256
-- 9: {"id":
-- 10: EMAIL_SHA512
-- 11: {"id":
-- 12: EMAIL_SHA256
-- 13: ,"audience_ids":["aud"]}
-- 14: PHONE_SHA256
-- 15: ,"audience_ids":["aud"]}
-- 16: IDFA_SHA256
-- 17: ,"audience_ids":["aud"]}
-- 18: AAID_SHA256
-- 19: ,"audience_ids":["aud"]}
-- 20: EMAIL_SHA512
-- 21: ,"audience_ids":["aud"]}
-- 22: ]

select string_agg(cast("body" as varchar), chr(10) order by "unit") as "body", string_agg(cast("request_rows" as varchar), chr(10) order by "unit") as "request_rows", string_agg(cast("identifiers" as varchar), chr(10) order by "unit") as "identifiers"
from (select s.batch_no, d.unit, count(*) as identifiers, count(*) as request_rows,
  string_agg(concat(cast($1 as varchar), case d.field when cast($2 as varchar) then cast($3 as varchar) when cast($4 as varchar) then cast($5 as varchar) when cast($6 as varchar) then cast($7 as varchar) when cast($8 as varchar) then cast($9 as varchar) when cast($10 as varchar) then cast($11 as varchar) end, concat('"', lower(hex("d"."digest")), '"'), case d.field when cast($12 as varchar) then cast($13 as varchar) when cast($14 as varchar) then cast($15 as varchar) when cast($16 as varchar) then cast($17 as varchar) when cast($18 as varchar) then cast($19 as varchar) when cast($20 as varchar) then cast($21 as varchar) end, cast($22 as varchar)), ',') as body
from "tidemark_state"."delta_rows-people-tiktok-8" as d join "tidemark_state"."spans-people-tiktok-8" as s on "s"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "s"."first_unit" and "s"."last_unit"
where d.leads and "d"."unit" between cast(1 as bigint) and cast(9 as bigint)
  and s.batch_no between cast(1 as bigint) and cast(3 as bigint) group by s.batch_no, d.unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 5000000000000 + member_no as unit, 1 as identifiers, concat('[{"id":"', lower(hex("digest_1")), '","audience_ids":["aud"]}]') as body from "tidemark_state"."arrivals-people-tiktok-8" where "digest_1" is not null) as a
join "tidemark_state"."spans-people-tiktok-8" as s on "s"."part" = "a"."unit" - mod("a"."unit", cast(1000 as bigint)) and "a"."unit" between "s"."first_unit" and "s"."last_unit" where "a"."unit" between cast(1 as bigint) and cast(9 as bigint)
  and s.batch_no between cast(1 as bigint) and cast(3 as bigint) union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 6000000000000 + member_no as unit, 1 as identifiers, concat('[{"id":"', lower(hex("digest_2")), '","audience_ids":["aud"]}]') as body from "tidemark_state"."arrivals-people-tiktok-8" where "digest_2" is not null) as a
join "tidemark_state"."spans-people-tiktok-8" as s on "s"."part" = "a"."unit" - mod("a"."unit", cast(1000 as bigint)) and "a"."unit" between "s"."first_unit" and "s"."last_unit" where "a"."unit" between cast(1 as bigint) and cast(9 as bigint)
  and s.batch_no between cast(1 as bigint) and cast(3 as bigint)) as b;
-- 1: [
-- 2: EMAIL_SHA256
-- 3: {"id":
-- 4: PHONE_SHA256
-- 5: {"id":
-- 6: IDFA_SHA256
-- 7: {"id":
-- 8: AAID_SHA256
-- 9: {"id":
-- 10: EMAIL_SHA512
-- 11: {"id":
-- 12: EMAIL_SHA256
-- 13: ,"audience_ids":["aud"]}
-- 14: PHONE_SHA256
-- 15: ,"audience_ids":["aud"]}
-- 16: IDFA_SHA256
-- 17: ,"audience_ids":["aud"]}
-- 18: AAID_SHA256
-- 19: ,"audience_ids":["aud"]}
-- 20: EMAIL_SHA512
-- 21: ,"audience_ids":["aud"]}
-- 22: ]

-- # batches: pack of positions

select cast(batch_no as varchar) as batch_no, cast(sum(request_rows) as varchar) as request_rows,
  string_agg("body", ',') as body
from (select batch_no, unit, sum(identifiers) as identifiers, count(*) as request_rows, string_agg("body", ',') as body
from (select batch_no, unit, count(*) as identifiers, concat(cast($1 as varchar), coalesce(max(case when d.field = $2 then concat(cast($3 as varchar), concat('"', lower(hex("d"."digest")), '"'), cast($4 as varchar)) end), cast($5 as varchar)), cast($6 as varchar), coalesce(max(case when d.field = $7 then concat(cast($8 as varchar), concat('"', lower(hex("d"."digest")), '"'), cast($9 as varchar)) end), cast($10 as varchar)), cast($11 as varchar)) as body from (select s.batch_no, d.unit, d.field, d.digest, row_number() over (partition by d.unit, d.field order by d.digest) as place
from "tidemark_state"."delta_rows-people-tiktok-8" as d join "tidemark_state"."spans-people-tiktok-8" as s on "s"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "s"."first_unit" and "s"."last_unit"
where d.leads and "d"."unit" between cast(1 as bigint) and cast(9 as bigint)
  and s.batch_no between cast(1 as bigint) and cast(3 as bigint)) as d group by batch_no, unit, place) as r group by batch_no, unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 1000000000000 + member_no as unit, (case when "digest_1" is not null then 1 else 0 end + case when "digest_2" is not null then 1 else 0 end) as identifiers, concat('[', case when "digest_1" is null then '{}' else concat('{"id":"', lower(hex("digest_1")), '","audience_ids":["aud"]}') end, ',', case when "digest_2" is null then '{}' else concat('{"id":"', lower(hex("digest_2")), '","audience_ids":["aud"]}') end, ']') as body from "tidemark_state"."arrivals-people-tiktok-8" where true) as a
join "tidemark_state"."spans-people-tiktok-8" as s on "s"."part" = "a"."unit" - mod("a"."unit", cast(1000 as bigint)) and "a"."unit" between "s"."first_unit" and "s"."last_unit" where "a"."unit" between cast(1 as bigint) and cast(9 as bigint)
  and s.batch_no between cast(1 as bigint) and cast(3 as bigint)) as b group by batch_no;
-- 1: [
-- 2: EMAIL_SHA256
-- 3: {"id":
-- 4: ,"audience_ids":["aud"]}
-- 5: {}
-- 6: ,
-- 7: PHONE_SHA256
-- 8: {"id":
-- 9: ,"audience_ids":["aud"]}
-- 10: {}
-- 11: ]

select string_agg(cast("body" as varchar), chr(10) order by "unit") as "body", string_agg(cast("request_rows" as varchar), chr(10) order by "unit") as "request_rows", string_agg(cast("identifiers" as varchar), chr(10) order by "unit") as "identifiers"
from (select batch_no, unit, sum(identifiers) as identifiers, count(*) as request_rows, string_agg("body", ',') as body
from (select batch_no, unit, count(*) as identifiers, concat(cast($1 as varchar), coalesce(max(case when d.field = $2 then concat(cast($3 as varchar), concat('"', lower(hex("d"."digest")), '"'), cast($4 as varchar)) end), cast($5 as varchar)), cast($6 as varchar), coalesce(max(case when d.field = $7 then concat(cast($8 as varchar), concat('"', lower(hex("d"."digest")), '"'), cast($9 as varchar)) end), cast($10 as varchar)), cast($11 as varchar)) as body from (select s.batch_no, d.unit, d.field, d.digest, row_number() over (partition by d.unit, d.field order by d.digest) as place
from "tidemark_state"."delta_rows-people-tiktok-8" as d join "tidemark_state"."spans-people-tiktok-8" as s on "s"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "s"."first_unit" and "s"."last_unit"
where d.leads and "d"."unit" between cast(1 as bigint) and cast(9 as bigint)
  and s.batch_no between cast(1 as bigint) and cast(3 as bigint)) as d group by batch_no, unit, place) as r group by batch_no, unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 1000000000000 + member_no as unit, (case when "digest_1" is not null then 1 else 0 end + case when "digest_2" is not null then 1 else 0 end) as identifiers, concat('[', case when "digest_1" is null then '{}' else concat('{"id":"', lower(hex("digest_1")), '","audience_ids":["aud"]}') end, ',', case when "digest_2" is null then '{}' else concat('{"id":"', lower(hex("digest_2")), '","audience_ids":["aud"]}') end, ']') as body from "tidemark_state"."arrivals-people-tiktok-8" where true) as a
join "tidemark_state"."spans-people-tiktok-8" as s on "s"."part" = "a"."unit" - mod("a"."unit", cast(1000 as bigint)) and "a"."unit" between "s"."first_unit" and "s"."last_unit" where "a"."unit" between cast(1 as bigint) and cast(9 as bigint)
  and s.batch_no between cast(1 as bigint) and cast(3 as bigint)) as b;
-- 1: [
-- 2: EMAIL_SHA256
-- 3: {"id":
-- 4: ,"audience_ids":["aud"]}
-- 5: {}
-- 6: ,
-- 7: PHONE_SHA256
-- 8: {"id":
-- 9: ,"audience_ids":["aud"]}
-- 10: {}
-- 11: ]

-- # batches: identifiers of a row

select d.field, lower(hex(d.digest)) as digest from "tidemark_state"."delta-people-tiktok-8" as d
join (select s.batch_no, d.unit, row_number() over (partition by s.batch_no order by d.unit) as row_no
from "tidemark_state"."spans-people-tiktok-8" as s join "tidemark_state"."delta-people-tiktok-8" as d on "s"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "s"."first_unit" and "s"."last_unit"
where s.batch_no in (cast(1 as bigint)) group by s.batch_no, d.unit) as r on r.unit = d.unit where r.row_no = cast(2 as bigint) and d.leads order by d.field, d.digest;

-- # run: before and while sending

update "tidemark_state"."control_people-tiktok" set sending = true where owner = $1 and fence = cast(8 as bigint);
-- 1: run-2

update "tidemark_state"."control_people-tiktok" set audience_intent = $1, audience_intent_at = make_timestamp(epoch_us(now())), sending = true
where owner = $2 and fence = cast(8 as bigint);
-- 1: People
-- 2: run-2

update "tidemark_state"."control_people-tiktok" set audience_intent = null, audience_intent_at = null where owner = $1 and fence = cast(8 as bigint);
-- 1: run-2

update "tidemark_state"."control_people-tiktok" set audience_id = $1, audience_name = $2,
  audience_description = cast($3 as varchar), audience_intent = null, audience_intent_at = null where owner = $4 and fence = cast(8 as bigint);
-- 1: aud
-- 2: People
-- 3: NULL
-- 4: run-2

update "tidemark_state"."control_people-tiktok" set mark = cast(5 as bigint), sending = true, open_fence = fence,
  lease_until = (make_timestamp(epoch_us(now())) + to_microseconds(cast(cast(120000 as bigint) as BIGINT) * 1000)) where owner = $1 and fence = cast(8 as bigint) and run_open;
-- 1: run-2

insert into "tidemark"."receipts" (receipt_id, run_id, activation, platform, audience_id, audience_name,
  op, batch_no, members, identifiers, status, http_status, platform_code, platform_request_id, attempts, message, sent_at, answered_at)
select n.receipt_id, cast($1 as varchar), cast($2 as varchar), cast($3 as varchar), cast($4 as varchar), cast($5 as varchar),
  n.op, n.batch_no, n.members, n.identifiers, n.status, n.http_status, n.platform_code, n.platform_request_id, n.attempts,
  n.message, (make_timestamp(epoch_us(now())) + to_microseconds(cast(n.sent_ms as BIGINT) * 1000)), (make_timestamp(epoch_us(now())) + to_microseconds(cast(n.answered_ms as BIGINT) * 1000))
from (select unnest(from_json(cast($6 as varchar), '[{"receipt_id":"VARCHAR","op":"VARCHAR","batch_no":"BIGINT","members":"BIGINT","identifiers":"BIGINT","status":"VARCHAR","http_status":"BIGINT","platform_code":"VARCHAR","platform_request_id":"VARCHAR","attempts":"BIGINT","message":"VARCHAR","sent_ms":"BIGINT","answered_ms":"BIGINT"}]'), recursive := true)) as n
where exists (select 1 from "tidemark_state"."control_people-tiktok" where owner = $7 and fence = cast(8 as bigint))
  and not exists (select 1 from "tidemark"."receipts" as r where r.run_id = $8 and r.receipt_id = n.receipt_id);
-- 1: run-2
-- 2: people.tiktok
-- 3: tiktok_ads
-- 4: aud
-- 5: People
-- 6: [{"receipt_id":"run-2/add/1","op":"add","batch_no":1,"members":2,"identifiers":3,"status":"accepted","http_status":200,"platform_code":"0","platform_request_id":"rq","attempts":1,"message":null,"sent_ms":-20,"answered_ms":-10}]
-- 7: run-2
-- 8: run-2

insert into "tidemark_state"."refused-people-tiktok-8" (batch_no, row_no, outcome, reason, field, digest)
select n.batch_no, n.row_no, n.outcome, n.reason, n.field, unhex(n.digest) from (select unnest(from_json(cast($1 as varchar), '[{"batch_no":"BIGINT","row_no":"BIGINT","outcome":"VARCHAR","reason":"VARCHAR","field":"VARCHAR","digest":"VARCHAR"}]'), recursive := true)) as n;
-- 1: [{"batch_no":1,"row_no":2,"outcome":"refused","reason":"bad","field":"EMAIL_SHA256","digest":"00"}]

-- # settle

create or replace temp table "tidemark_outcomes" ("batch_no" BIGINT, "part" BIGINT, "first_unit" BIGINT, "last_unit" BIGINT, "outcome" VARCHAR, "reason" VARCHAR);

create or replace temp table "tidemark_culprits" ("unit" BIGINT, "field" VARCHAR, "digest" BLOB using compression uncompressed, "outcome" VARCHAR, "reason" VARCHAR);

create or replace temp table "tidemark_trouble" ("member_no" BIGINT, "member_key" VARCHAR, "open_removal" BOOLEAN, "open_add" BOOLEAN, "begun" BOOLEAN, "accepted" BOOLEAN, "waiting" BOOLEAN);

create or replace temp table "tidemark_standing" ("member_no" BIGINT, "member_key" VARCHAR, "had_entered" BOOLEAN, "held_before" BOOLEAN);

create or replace temp table "tidemark_ledger_changes" ("member_no" BIGINT, "member_key" VARCHAR, "field" VARCHAR, "digest" BLOB using compression uncompressed, "next_state" BIGINT, "entered" BOOLEAN);

create or replace temp table "tidemark_held_after" ("member_no" BIGINT, "field" VARCHAR, "digest" BLOB using compression uncompressed, "state" BIGINT, "since_at" TIMESTAMP);

create or replace temp table "tidemark_standing_after" ("member_no" BIGINT, "confirmed" BOOLEAN, "holds" BOOLEAN);

create or replace temp table "tidemark_counts" ("name" VARCHAR, "value" BIGINT);

create or replace temp table "tidemark_member_changes" ("member_key" VARCHAR, "fingerprint" UHUGEINT using compression uncompressed, "standing" BIGINT, "gone" BOOLEAN);

create or replace temp table "tidemark_due_before" ("member_key" VARCHAR, "due_at" TIMESTAMP);

create or replace temp table "tidemark_due_changes" ("member_key" VARCHAR, "due_at" TIMESTAMP);

update "tidemark_state"."control_people-tiktok" set run_open = false, open_fence = null, sending = false, mark = least(mark, cast(5 as bigint)), quiet_until = greatest(coalesce(quiet_until, make_timestamp(epoch_us(now()))), (make_timestamp(epoch_us(now())) + to_microseconds(cast(cast(120000 as bigint) as BIGINT) * 1000)))
where owner = $1 and fence = cast(8 as bigint) and run_open and run_id = $2 and open_fence = cast(8 as bigint)
  and state_version = 3;
-- 1: run-2
-- 2: run-2

insert into "tidemark_outcomes" (batch_no, part, first_unit, last_unit, outcome, reason)
select s.batch_no, s.part, s.first_unit, s.last_unit, b.outcome, b.reason from "tidemark_state"."spans-people-tiktok-8" as s join (
select b.batch_no, max(w.reason) as reason, coalesce(max(w.outcome), case max(r.status) when 'accepted' then 'accepted' when 'partial' then 'accepted'
  when 'refused' then 'uncertain' when 'uncertain' then 'uncertain'
  else case when b.batch_no <= (select mark from "tidemark_state"."control_people-tiktok") then 'uncertain' else 'unsent' end end) as outcome
from "tidemark_state"."batches-people-tiktok-8" as b
left join "tidemark"."receipts" as r on r.run_id = $1 and r.batch_no = b.batch_no
left join "tidemark_state"."refused-people-tiktok-8" as w on w.batch_no = b.batch_no and w.row_no = 0
group by b.batch_no) as b on b.batch_no = s.batch_no;
-- 1: run-2

insert into "tidemark_culprits" (unit, field, digest, outcome, reason)
select r.unit, f.field, f.digest, f.outcome, f.reason from "tidemark_state"."refused-people-tiktok-8" as f
join (select s.batch_no, d.unit, row_number() over (partition by s.batch_no order by d.unit) as row_no
from "tidemark_state"."spans-people-tiktok-8" as s join "tidemark_state"."delta-people-tiktok-8" as d on "s"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "s"."first_unit" and "s"."last_unit"
where s.batch_no in (select batch_no from "tidemark_state"."refused-people-tiktok-8" where row_no > 0) group by s.batch_no, d.unit) as r on r.batch_no = f.batch_no and r.row_no = f.row_no;

insert into "tidemark_trouble" (member_no, member_key, open_removal, open_add, begun, accepted, waiting)
select member_no, member_key, max(case when op = 'remove' and outcome in ('uncertain', 'unsent') then 1 else 0 end) = 1, max(case when op = 'add' and outcome in ('uncertain', 'unsent') then 1 else 0 end) = 1,
  max(case when op = 'add' and outcome in ('accepted', 'uncertain') then 1 else 0 end) = 1,
  max(case when op = 'add' and outcome = 'accepted' then 1 else 0 end) = 1,
  max(case when waits or (op = 'remove' and outcome = 'refused') then 1 else 0 end) = 1
from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from (select * from "tidemark_state"."delta-people-tiktok-8" where member_no in (select member_no from "tidemark_state"."delta-people-tiktok-8" where op = 'hold' or waits
union distinct select d.member_no from "tidemark_state"."delta-people-tiktok-8" as d
  join (select * from "tidemark_outcomes" where outcome <> 'accepted') as o on "o"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "o"."first_unit" and "o"."last_unit"
union distinct select d.member_no from "tidemark_state"."delta-people-tiktok-8" as d join "tidemark_culprits" as f on f.unit = d.unit)) as d
left join "tidemark_outcomes" as o on "o"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "o"."first_unit" and "o"."last_unit"
left join "tidemark_culprits" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r
group by member_no, member_key;

insert into "tidemark_state"."delta_rows-people-tiktok-8" ("op", "member_no", "unit", "leads", "member_key", "field", "digest", "prior", "confirmed_before", "waits", "hold_reason", "hold_until_at") select "op", "member_no", "unit", "leads", "member_key", "field", "digest", "prior", "confirmed_before", "waits", "hold_reason", "hold_until_at" from "tidemark_state"."delta-people-tiktok-8"
where member_no in (select member_no from "tidemark_state"."arrivals-people-tiktok-8" where member_no in (select member_no from "tidemark_trouble"));

insert into "tidemark_state"."delta_member_rows-people-tiktok-8" ("member_no", "member_key", "in_k", "fingerprint", "standing", "counts") select "member_no", "member_key", "in_k", "fingerprint", "standing", "counts" from "tidemark_state"."delta_members-people-tiktok-8"
where member_no in (select member_no from "tidemark_state"."arrivals-people-tiktok-8" where member_no in (select member_no from "tidemark_trouble"));

delete from "tidemark_state"."arrivals-people-tiktok-8" where member_no in (select member_no from "tidemark_trouble");

insert into "tidemark_standing" (member_no, member_key, had_entered, held_before)
select member_no, member_key, max(case when entered and state <> 3 then 1 else 0 end) = 1,
  max(case when state <> 3 then 1 else 0 end) = 1
from "tidemark_state"."held-people-tiktok-8" group by member_no, member_key
union all select t.member_no, t.member_key, false, false from "tidemark_trouble" as t
where not exists (select 1 from "tidemark_state"."held-people-tiktok-8" as h where h.member_no = t.member_no);

delete from "tidemark_state"."quarantine_people-tiktok" where until_at <= make_timestamp(epoch_us(now()));

delete from "tidemark_state"."quarantine_people-tiktok" where op = 'remove' and exists (select 1 from (select field as removed_field, digest as removed_digest from "tidemark_state"."delta_rows-people-tiktok-8"
where op = 'remove' and leads) as r
  where r.removed_field = field and r.removed_digest = digest);

insert into "tidemark_state"."quarantine_people-tiktok" (op, field, digest, reason, origin, until_at)
select distinct r.op, r.field, r.digest, r.refusal, 'platform', (make_timestamp(epoch_us(now())) + to_microseconds(cast(cast(2592000000 as bigint) as BIGINT) * 1000)) from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from (select * from "tidemark_state"."delta_rows-people-tiktok-8" where member_no in (select member_no from "tidemark_trouble")) as d
left join "tidemark_outcomes" as o on "o"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "o"."first_unit" and "o"."last_unit"
left join "tidemark_culprits" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where r.outcome = 'refused'
union all select distinct 'add', r.field, r.digest, r.hold_reason, 'validation', (make_timestamp(epoch_us(now())) + to_microseconds(cast(cast(2592000000 as bigint) as BIGINT) * 1000)) from "tidemark_state"."delta_rows-people-tiktok-8" as r
where r.op = 'hold' and r.hold_until_at is null;

insert into "tidemark_ledger_changes" (member_no, member_key, field, digest, next_state, entered)
select * from (select r.member_no, r.member_key, r.field, r.digest, case r.op
  when 'add' then case when r.outcome = 'accepted' then 1 when r.prior <> 0 or t.begun then 2 end
  when 'hold' then case when r.prior <> 0 or (t.begun and r.hold_reason <> 'shared_by_many') then 2 end
  when 'keep' then 3
  else case when t.waiting and r.outcome in ('accepted', 'refused') then 3
    when r.outcome = 'accepted' and not coalesce(t.open_removal, false) then 0 else 2 end end as next_state,
  coalesce(r.op = 'add' and r.outcome = 'accepted', false) or coalesce(t.accepted, false) or s.had_entered as entered
  from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from (select * from "tidemark_state"."delta_rows-people-tiktok-8" where member_no in (select member_no from "tidemark_standing")) as d
left join "tidemark_outcomes" as o on "o"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "o"."first_unit" and "o"."last_unit"
left join "tidemark_culprits" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r
  left join "tidemark_trouble" as t on t.member_no = r.member_no
  join "tidemark_standing" as s on s.member_no = r.member_no) as n
where next_state is not null;

merge into "tidemark_state"."ledger_identifiers_people-tiktok" as l using "tidemark_ledger_changes" as n
on l.member_key = n.member_key and l.field = n.field and l.digest = n.digest
when matched and n.next_state = 0 then delete
when matched then update set state = n.next_state, entered = n.entered,
  since_at = case when n.next_state = 1 then make_timestamp(epoch_us(now())) else l.since_at end
when not matched and n.next_state <> 0 then insert (member_key, field, digest, state, since_at, entered)
  values (n.member_key, n.field, n.digest, n.next_state, case when n.next_state = 1 then make_timestamp(epoch_us(now())) end, n.entered);

insert into "tidemark_held_after" (member_no, field, digest, state, since_at)
select h.member_no, h.field, h.digest, h.state, h.since_at from "tidemark_state"."held-people-tiktok-8" as h
where not exists (select 1 from "tidemark_ledger_changes" as c where c.member_no = h.member_no and c.field = h.field and c.digest = h.digest)
union all select member_no, field, digest, next_state, make_timestamp(epoch_us(now())) from "tidemark_ledger_changes" where next_state <> 0;

insert into "tidemark_standing_after" (member_no, confirmed, holds)
select s.member_no, max(case when l.state = 1 then 1 else 0 end) = 1, max(case when l.state <> 3 then 1 else 0 end) = 1
from "tidemark_standing" as s left join "tidemark_held_after" as l on l.member_no = s.member_no group by s.member_no;

insert into "tidemark_state"."ledger_identifiers_people-tiktok" (member_key, field, digest, state, since_at, entered)
select member_key, field, digest, 1, make_timestamp(epoch_us(now())), true from "tidemark_state"."delta-people-tiktok-8"
where op = 'add' and member_no not in (select member_no from "tidemark_standing");

insert into "tidemark"."membership_events" (activation, audience_id, audience_name, member_key, event, run_id, event_at)
select (select "activation" from "tidemark_state"."control_people-tiktok"), (select "audience_id" from "tidemark_state"."control_people-tiktok"), (select "audience_name" from "tidemark_state"."control_people-tiktok"), m.member_key, 'entered', (select "run_id" from "tidemark_state"."control_people-tiktok"), make_timestamp(epoch_us(now()))
from "tidemark_state"."arrivals-people-tiktok-8" as m;

insert into "tidemark"."membership_events" (activation, audience_id, audience_name, member_key, event, run_id, event_at)
select (select "activation" from "tidemark_state"."control_people-tiktok"), (select "audience_id" from "tidemark_state"."control_people-tiktok"), (select "audience_name" from "tidemark_state"."control_people-tiktok"), m.member_key, m.event, (select "run_id" from "tidemark_state"."control_people-tiktok"), make_timestamp(epoch_us(now()))
from (select s.member_key, case when s.had_entered then 'left' else 'entered' end as event
from "tidemark_standing" as s join "tidemark_standing_after" as a on a.member_no = s.member_no
where (s.had_entered and not a.holds) or (not s.had_entered and a.confirmed) union all select a.member_key, 'entered' from (select member_no, member_key from "tidemark_state"."delta_member_rows-people-tiktok-8" where in_k and counts and standing = 2
  and member_no not in (select member_no from "tidemark_standing")) as a) as m;

insert into "tidemark_counts" (name, value) select n.name, case n.name when 'in_segment' then s.segment_members else s.reachable_members end
from (select cast(n.in_segment - b.in_segment as bigint) as segment_members, cast(n.reachable - b.reachable as bigint) as reachable_members
from (select coalesce(sum(case when standing >= 1 then 1 else 0 end), 0) as in_segment, coalesce(sum(case when standing >= 2 then 1 else 0 end), 0) as reachable from "tidemark_state"."delta_members-people-tiktok-8" where in_k and counts) as n cross join (select coalesce(sum(case when standing >= 1 then 1 else 0 end), 0) as in_segment, coalesce(sum(case when standing >= 2 then 1 else 0 end), 0) as reachable from (select max(l.standing) as standing from "tidemark_state"."members_before-people-tiktok-8" as l
  where l.member_key in (select member_key from "tidemark_state"."delta_member_rows-people-tiktok-8" where in_k) group by l.member_key) as l) as b) as s cross join (select 'in_segment' as name union all select 'reachable') as n
union all select 'holders', (select count(*) from "tidemark_state"."arrivals-people-tiktok-8" as a) + (select count(*) from (select member_no, member_key from "tidemark_state"."delta_member_rows-people-tiktok-8" where in_k and counts and standing = 2
  and member_no not in (select member_no from "tidemark_standing")) as a) + (select count(*) from "tidemark_standing_after" where holds)
  - (select count(*) from "tidemark_standing" where held_before);

update "tidemark_state"."control_people-tiktok" set segment_members = segment_members + (select value from "tidemark_counts" where name = $1),
  reachable_members = reachable_members + (select value from "tidemark_counts" where name = $2), ledger_members = ledger_members + (select value from "tidemark_counts" where name = $3),
  first_synced_at = coalesce(first_synced_at, make_timestamp(epoch_us(now()))) where 1 = 1;
-- 1: in_segment
-- 2: reachable
-- 3: holders

insert into "tidemark_member_changes" (member_key, fingerprint, standing, gone)
select coalesce(d.member_key, e.member_key), coalesce(d.fingerprint, e.fingerprint), d.standing, d.member_key is null
from (select member_key, fingerprint, standing from "tidemark_state"."delta_member_rows-people-tiktok-8"
where in_k and fingerprint is not null and member_no not in (select member_no from (select member_no, member_key from "tidemark_trouble" where open_removal or open_add) as u)
union all select u.member_key, cast('0' as UHUGEINT), coalesce((select max(m.standing) from "tidemark_state"."delta_member_rows-people-tiktok-8" as m where m.member_no = u.member_no),
  (select max(e.standing) from "tidemark_state"."members_before-people-tiktok-8" as e where e.member_key = u.member_key), 0) from (select member_no, member_key from "tidemark_trouble" where open_removal or open_add) as u) as d full join (select member_key, fingerprint from "tidemark_state"."members_before-people-tiktok-8" where member_key in (
  select member_key from "tidemark_state"."delta_member_rows-people-tiktok-8" where in_k union all select member_key from (select member_no, member_key from "tidemark_trouble" where open_removal or open_add) as u)) as e on e.member_key = d.member_key and e.fingerprint = d.fingerprint;

merge into "tidemark_state"."ledger_members_people-tiktok" as l using "tidemark_member_changes" as n
on l.member_key = n.member_key and l.fingerprint = n.fingerprint
when matched and n.gone then delete
when matched then update set standing = n.standing
when not matched and not n.gone then insert (member_key, fingerprint, standing) values (n.member_key, n.fingerprint, n.standing);

insert into "tidemark_state"."ledger_members_people-tiktok" (member_key, fingerprint, standing)
select member_key, fingerprint, 2 from "tidemark_state"."arrivals-people-tiktok-8";

insert into "tidemark_due_before" (member_key, due_at) select member_key, due_at from "tidemark_state"."due_people-tiktok"
where member_key in (select member_key from "tidemark_state"."delta_member_rows-people-tiktok-8");

insert into "tidemark_due_changes" (member_key, due_at)
with consumed as (select member_key from "tidemark_due_before" where due_at <= (select run_started_at from "tidemark_state"."control_people-tiktok")
  and member_key in (select member_key from "tidemark_state"."delta_member_rows-people-tiktok-8" where in_k)),
ahead as (select member_key, case when op = 'hold' then coalesce(hold_until_at, (make_timestamp(epoch_us(now())) + to_microseconds(cast(cast(2592000000 as bigint) as BIGINT) * 1000))) else (make_timestamp(epoch_us(now())) + to_microseconds(cast(cast(2592000000 as bigint) as BIGINT) * 1000)) end as due_at
from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from (select * from "tidemark_state"."delta_rows-people-tiktok-8" where member_no in (select member_no from "tidemark_trouble")) as d
left join "tidemark_outcomes" as o on "o"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "o"."first_unit" and "o"."last_unit"
left join "tidemark_culprits" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where op = 'hold' or (op = 'add' and outcome = 'refused') union all select t.member_key, coalesce(min(case when q.until_at > make_timestamp(epoch_us(now())) then q.until_at end), make_timestamp(epoch_us(now()))) as due_at
from "tidemark_trouble" as t
left join "tidemark_held_after" as l on l.member_no = t.member_no
left join "tidemark_state"."quarantine_people-tiktok" as q on q.op = 'remove' and q.field = l.field and q.digest = l.digest
where t.waiting group by t.member_key union all select s.member_key, (min(h.since_at) + to_microseconds(cast((cast(335 as bigint) + cast(hash(s.member_key) % 30 as BIGINT)) * cast(86400000 as bigint) as BIGINT) * 1000)) from "tidemark_held_after" as h
join "tidemark_standing" as s on s.member_no = h.member_no where h.state = 1 group by s.member_key),
known as (select member_key, due_at from "tidemark_due_before" where member_key in (select member_key from ahead)
  and member_key not in (select member_key from consumed))
select member_key, min(due_at) as due_at from (select * from ahead union all select * from known
  union all select member_key, null from consumed) as a group by member_key;

merge into "tidemark_state"."due_people-tiktok" as d using "tidemark_due_changes" as n
on d.member_key = n.member_key
when matched and n.due_at is null then delete
when matched then update set due_at = n.due_at
when not matched and n.due_at is not null then insert (member_key, due_at) values (n.member_key, n.due_at);

delete from "tidemark_state"."due_people-tiktok" where member_key in (select a.member_key from "tidemark_state"."arrivals-people-tiktok-8" as a union all select a.member_key from (select member_no, member_key from "tidemark_state"."delta_member_rows-people-tiktok-8" where in_k and counts and standing = 2
  and member_no not in (select member_no from "tidemark_standing")) as a);

insert into "tidemark_state"."due_people-tiktok" (member_key, due_at) select a.member_key, (make_timestamp(epoch_us(now())) + to_microseconds(cast((cast(335 as bigint) + cast(hash(a.member_key) % 30 as BIGINT)) * cast(86400000 as bigint) as BIGINT) * 1000)) from "tidemark_state"."arrivals-people-tiktok-8" as a;

insert into "tidemark_state"."due_people-tiktok" (member_key, due_at) select a.member_key, (make_timestamp(epoch_us(now())) + to_microseconds(cast((cast(335 as bigint) + cast(hash(a.member_key) % 30 as BIGINT)) * cast(86400000 as bigint) as BIGINT) * 1000)) from (select member_no, member_key from "tidemark_state"."delta_member_rows-people-tiktok-8" where in_k and counts and standing = 2
  and member_no not in (select member_no from "tidemark_standing")) as a;

insert into "tidemark"."rejections_cleared" (activation, run_id, member_key, cleared_at)
select distinct cast($1 as varchar), cast($2 as varchar), r.member_key, make_timestamp(epoch_us(now())) from "tidemark"."current_rejections" as r
join "tidemark_state"."delta_members-people-tiktok-8" as m on m.member_key = r.member_key
where r.activation = $3 and m.in_k
union all select distinct cast($4 as varchar), cast($5 as varchar), r.member_key, make_timestamp(epoch_us(now())) from "tidemark"."current_rejections" as r
where r.activation = $6 and r.member_key is null;
-- 1: people.tiktok
-- 2: run-2
-- 3: people.tiktok
-- 4: people.tiktok
-- 5: run-2
-- 6: people.tiktok

insert into "tidemark"."rejections" (activation, run_id, member_key, field, reason, origin, batch_no, identifiers,
  rejected_at, quarantined_until_at)
select cast($1 as varchar), cast($2 as varchar), r.member_key, r.field, r.reason, r.origin, r.batch_no, r.identifiers, make_timestamp(epoch_us(now())), r.until_at from (
  select member_key, field, reason, origin, cast(null as bigint) as batch_no, identifiers, cast(null as timestamp) as until_at
    from "tidemark_state"."delta_rejections-people-tiktok-8"
  union all select r.member_key, case r.field when cast($3 as varchar) then cast($4 as varchar) when cast($5 as varchar) then cast($6 as varchar) else r.field end, r.hold_reason, case r.hold_reason when 'shared_by_many' then 'validation' else 'platform' end,
    null, 1, coalesce(r.hold_until_at, (make_timestamp(epoch_us(now())) + to_microseconds(cast(cast(2592000000 as bigint) as BIGINT) * 1000))) from "tidemark_state"."delta_rows-people-tiktok-8" as r
      join "tidemark_state"."delta_member_rows-people-tiktok-8" as m on m.member_no = r.member_no where r.op = 'hold' and m.in_k and m.counts
  union all select r.member_key, case r.field when cast($7 as varchar) then cast($8 as varchar) when cast($9 as varchar) then cast($10 as varchar) else r.field end, r.refusal, 'platform', r.batch_no, 1, (make_timestamp(epoch_us(now())) + to_microseconds(cast(cast(2592000000 as bigint) as BIGINT) * 1000))
    from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from (select * from "tidemark_state"."delta_rows-people-tiktok-8" where member_no in (select member_no from "tidemark_trouble")) as d
left join "tidemark_outcomes" as o on "o"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "o"."first_unit" and "o"."last_unit"
left join "tidemark_culprits" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where r.outcome = 'refused' and r.leads
  union all select r.member_key, case r.field when cast($11 as varchar) then cast($12 as varchar) when cast($13 as varchar) then cast($14 as varchar) else r.field end, q.reason, 'platform', null, 1, q.until_at from "tidemark_state"."delta_rows-people-tiktok-8" as r
    join "tidemark_state"."quarantine_people-tiktok" as q on q.op = 'remove' and q.field = r.field and q.digest = r.digest
    join "tidemark_state"."delta_member_rows-people-tiktok-8" as m on m.member_no = r.member_no
    where r.op = 'keep' and r.waits and m.in_k) as r;
-- 1: people.tiktok
-- 2: run-2
-- 3: EMAIL_SHA256
-- 4: email
-- 5: PHONE_SHA256
-- 6: phone
-- 7: EMAIL_SHA256
-- 8: email
-- 9: PHONE_SHA256
-- 10: phone
-- 11: EMAIL_SHA256
-- 12: email
-- 13: PHONE_SHA256
-- 14: phone

update "tidemark_state"."control_people-tiktok" set member_rows = (select count(*) from "tidemark_state"."ledger_members_people-tiktok"),
  identifier_rows = (select count(*) from "tidemark_state"."ledger_identifiers_people-tiktok") where 1 = 1;

insert into "tidemark_counts" (name, value) select cast($1 as varchar), cast((select segment_members from "tidemark_state"."control_people-tiktok") as bigint) union all select cast($2 as varchar), cast((select reachable_members from "tidemark_state"."control_people-tiktok") as bigint) union all select cast($3 as varchar), cast((select count(*) from "tidemark_state"."arrivals-people-tiktok-8" as a) + (select count(*) from (select member_no, member_key from "tidemark_state"."delta_member_rows-people-tiktok-8" where in_k and counts and standing = 2
  and member_no not in (select member_no from "tidemark_standing")) as a) + (select count(*) from (select s.member_key, case when s.had_entered then 'left' else 'entered' end as event
from "tidemark_standing" as s join "tidemark_standing_after" as a on a.member_no = s.member_no
where (s.had_entered and not a.holds) or (not s.had_entered and a.confirmed)) as m where m.event = $4) as bigint) union all select cast($5 as varchar), cast((select count(*) from (select s.member_key, case when s.had_entered then 'left' else 'entered' end as event
from "tidemark_standing" as s join "tidemark_standing_after" as a on a.member_no = s.member_no
where (s.had_entered and not a.holds) or (not s.had_entered and a.confirmed)) as m where m.event = $6) as bigint) union all select cast($7 as varchar), cast((select count(*) from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from "tidemark_state"."delta_rows-people-tiktok-8" as d
left join "tidemark_outcomes" as o on "o"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "o"."first_unit" and "o"."last_unit"
left join "tidemark_culprits" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where outcome = 'accepted' and op = 'add' and not confirmed_before) + (select count(*) from "tidemark_state"."delta-people-tiktok-8" where op = 'add') - (select count(*) from "tidemark_state"."delta_rows-people-tiktok-8" where op = 'add') as bigint) union all select cast($8 as varchar), cast((select count(*) from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from "tidemark_state"."delta_rows-people-tiktok-8" as d
left join "tidemark_outcomes" as o on "o"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "o"."first_unit" and "o"."last_unit"
left join "tidemark_culprits" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where outcome = 'accepted' and op = 'remove' and leads) as bigint) union all select cast($9 as varchar), cast((select count(*) from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from "tidemark_state"."delta_rows-people-tiktok-8" as d
left join "tidemark_outcomes" as o on "o"."part" = "d"."unit" - mod("d"."unit", cast(1000 as bigint)) and "d"."unit" between "o"."first_unit" and "o"."last_unit"
left join "tidemark_culprits" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where outcome = 'accepted' and op = 'add' and confirmed_before) as bigint) union all select cast($10 as varchar), cast((select coalesce(sum(identifiers), 0) from "tidemark"."rejections" where run_id = $11) as bigint);
-- 1: segment_members
-- 2: reachable_members
-- 3: members_added
-- 4: entered
-- 5: members_removed
-- 6: left
-- 7: identifiers_added
-- 8: identifiers_removed
-- 9: identifiers_resent
-- 10: identifiers_rejected
-- 11: run-2

insert into "tidemark"."runs" ("run_id", "run_key", "attempt", "activation", "segment", "destination", "platform", "account_id", "audience_id", "audience_name", "status", "started_at", "finished_at", "duration_ms", "segment_members", "reachable_members", "members_added", "members_removed", "identifiers_added", "identifiers_removed", "identifiers_resent", "identifiers_rejected", "batches", "api_calls", "api_retries", "throttled_ms", "full", "guards_overridden", "error_code", "error_message", "dbt_invocation_id", "orchestrator", "orchestrator_run_id", "connector_version", "config_hash")
select cast($1 as varchar), c.run_key, c.attempt, cast($2 as varchar), cast($3 as varchar), cast($4 as varchar), cast($5 as varchar),
  cast($6 as varchar), c.audience_id, cast($7 as varchar), cast($8 as varchar), c.run_started_at, (c.run_started_at + to_microseconds(cast(cast(1234 as bigint) as BIGINT) * 1000)),
  date_sub('millisecond', c.run_started_at, (c.run_started_at + to_microseconds(cast(cast(1234 as bigint) as BIGINT) * 1000))), "k"."segment_members", "k"."reachable_members", "k"."members_added", "k"."members_removed", "k"."identifiers_added", "k"."identifiers_removed", "k"."identifiers_resent", "k"."identifiers_rejected",
  r.batches, greatest(cast(3 as bigint), r.attempts), cast(1 as bigint), cast(0 as bigint),
  c.run_full, c.run_overridden, cast($9 as varchar), cast($10 as varchar),
  cast($11 as varchar), cast($12 as varchar), cast($13 as varchar), cast($14 as varchar), cast($15 as varchar)
from "tidemark_state"."control_people-tiktok" as c cross join (select max(case when name = $16 then value end) as "segment_members", max(case when name = $17 then value end) as "reachable_members", max(case when name = $18 then value end) as "members_added", max(case when name = $19 then value end) as "members_removed", max(case when name = $20 then value end) as "identifiers_added", max(case when name = $21 then value end) as "identifiers_removed", max(case when name = $22 then value end) as "identifiers_resent", max(case when name = $23 then value end) as "identifiers_rejected" from "tidemark_counts") as k cross join (select count(case when batch_no > 0 then 1 end) as batches, coalesce(sum(attempts), 0) as attempts
from "tidemark"."receipts" where run_id = $24) as r;
-- 1: run-2
-- 2: people.tiktok
-- 3: people
-- 4: tiktok
-- 5: tiktok_ads
-- 6: 7
-- 7: People
-- 8: succeeded
-- 9: NULL
-- 10: NULL
-- 11: NULL
-- 12: NULL
-- 13: NULL
-- 14: 1.0.0
-- 15: hash
-- 16: segment_members
-- 17: reachable_members
-- 18: members_added
-- 19: members_removed
-- 20: identifiers_added
-- 21: identifiers_removed
-- 22: identifiers_resent
-- 23: identifiers_rejected
-- 24: run-2

-- # reset

select cast((select count(*) from "tidemark_state"."ledger_identifiers_people-tiktok") as varchar) as identifiers,
  cast((select count(*) from "tidemark"."audience_members" where activation = $1) as varchar) as members;
-- 1: people.tiktok

update "tidemark_state"."control_people-tiktok" set run_id = null, run_key = null, run_open = false, open_fence = null, mark = 0,
  sending = false, audience_intent = null, audience_intent_at = null, audience_id = null, audience_name = null,
  audience_description = null, account_id = null, member_rows = 0,
  identifier_rows = 0, segment_members = 0, reachable_members = 0, ledger_members = 0, first_synced_at = null,
  override_run_key = null
where owner = $1 and fence = cast(8 as bigint);
-- 1: run-2

insert into "tidemark"."membership_events" (activation, audience_id, audience_name, member_key, event, run_id, event_at)
select activation, audience_id, audience_name, member_key, 'left', cast($1 as varchar), make_timestamp(epoch_us(now()))
from "tidemark"."audience_members" where activation = $2;
-- 1: reset-1
-- 2: people.tiktok

insert into "tidemark"."rejections_cleared" (activation, run_id, member_key, cleared_at)
select distinct activation, cast($1 as varchar), member_key, make_timestamp(epoch_us(now())) from "tidemark"."current_rejections"
where activation = $2;
-- 1: reset-1
-- 2: people.tiktok

insert into "tidemark"."activation_log" (activation, segment, destination, platform, account_id, audience_name,
  audience_description, fields, schedule, dbt_unique_id, config_hash, logged_at)
select activation, segment, destination, platform, account_id, audience_name, audience_description, fields, schedule,
  dbt_unique_id, config_hash, make_timestamp(epoch_us(now()))
from "tidemark"."activations" where activation = $1;
-- 1: people.tiktok

delete from "tidemark_state"."ledger_members_people-tiktok" where 1 = 1;

delete from "tidemark_state"."ledger_identifiers_people-tiktok" where 1 = 1;

delete from "tidemark_state"."due_people-tiktok" where 1 = 1;

delete from "tidemark_state"."quarantine_people-tiktok" where 1 = 1;

-- # sizes

insert into "tidemark"."audience_sizes" ("activation", "audience_id", "platform_size", "ledger_members", "observed_at", "notes")
select cast($1 as varchar), audience_id, cast(1000 as bigint), ledger_members, make_timestamp(epoch_us(now())), cast($2 as varchar)
from "tidemark_state"."control_people-tiktok" where audience_id = $3;
-- 1: people.tiktok
-- 2: NULL
-- 3: aud

select cast(platform_size as varchar) as platform_size, cast(ledger_members as varchar) as ledger_members, notes,
  strftime("observed_at", '%Y-%m-%dT%H:%M:%S.%gZ') as observed_at
from "tidemark"."audience_sizes" as s where activation = $1
  and audience_id = (select audience_id from "tidemark_state"."control_people-tiktok") order by s.observed_at desc limit 1;
-- 1: people.tiktok

-- # status

select activation, audience_id, cast(ledger_members as varchar) as ledger_members,
  cast(audience_id is not null or audience_intent is not null or identifier_rows > 0 or run_open as varchar) as holds_something
from "tidemark_state"."control_people-tiktok";

select cast((select count(*) from "tidemark_state"."ledger_identifiers_people-tiktok" where state = 1) as varchar) as confirmed, cast((select count(*) from "tidemark_state"."ledger_identifiers_people-tiktok" where state = 2) as varchar) as unconfirmed,
  cast((select count(*) from "tidemark_state"."ledger_identifiers_people-tiktok" where state = 3) as varchar) as kept,
  cast((select count(*) from "tidemark_state"."due_people-tiktok" where due_at <= make_timestamp(epoch_us(now()))) as varchar) as due_now,
  (select strftime(min(due_at), '%Y-%m-%dT%H:%M:%S.%gZ') from "tidemark_state"."due_people-tiktok" where due_at > make_timestamp(epoch_us(now()))) as next_due_at,
  cast((select count(*) from "tidemark_state"."quarantine_people-tiktok" where until_at > make_timestamp(epoch_us(now()))) as varchar) as quarantined;

select cast(count(*) as varchar) as batches from "tidemark_state"."batches-people-tiktok-8";

select segment, destination, platform, account_id, audience_name, config_hash
from "tidemark"."activations" where activation = cast($1 as varchar);
-- 1: people.tiktok

-- # uninstall

select table_name, cast(table_type = 'VIEW' as varchar) as is_view
from (select * from information_schema.tables where table_schema = $1) as t order by table_name;
-- 1: tidemark

select activation, cast(date_sub('millisecond', make_timestamp(epoch_us(now())), "lease_until") as varchar) as lease_ms
from "tidemark_state"."control_people-tiktok" where owner is not null;

-- # clean up

drop view if exists "tidemark_state"."delta-people-tiktok-8";

drop view if exists "tidemark_state"."delta_members-people-tiktok-8";

drop table if exists "tidemark_state"."delta_rows-people-tiktok-8";

drop table if exists "tidemark_state"."delta_member_rows-people-tiktok-8";

drop table if exists "tidemark_state"."held-people-tiktok-8";

drop table if exists "tidemark_state"."members_before-people-tiktok-8";

drop table if exists "tidemark_state"."arrivals-people-tiktok-8";

drop table if exists "tidemark_state"."delta_rejections-people-tiktok-8";

drop table if exists "tidemark_state"."batches-people-tiktok-8";

drop table if exists "tidemark_state"."spans-people-tiktok-8";

drop table if exists "tidemark_state"."refused-people-tiktok-8";
