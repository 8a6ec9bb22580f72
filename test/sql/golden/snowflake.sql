-- # state: what is there

select schema_name from (select lower(schema_name) as schema_name from information_schema.schemata) as s where schema_name = ?;
-- 1: tidemark

select table_name, column_name from (select lower(table_name) as table_name, lower(column_name) as column_name from information_schema.columns where table_schema = ?) as c;
-- 1: TIDEMARK

select cast(count(case when table_name = ? then 1 end) as varchar) as there, cast(count(case when table_name = ? then 1 end) as varchar) as recorded
from (select lower(table_name) as table_name, table_type from information_schema.tables where table_schema = ?) as t where table_name in (?, 'schema_version');
-- 1: control_people-tiktok
-- 2: schema_version
-- 3: TIDEMARK_STATE
-- 4: control_people-tiktok

select table_name from (select lower(table_name) as table_name, table_type from information_schema.tables where table_schema = ?) as t
where table_name in (?, ?, ?, ?, ?);
-- 1: TIDEMARK_STATE
-- 2: control_people-tiktok
-- 3: ledger_members_people-tiktok
-- 4: ledger_identifiers_people-tiktok
-- 5: due_people-tiktok
-- 6: quarantine_people-tiktok

select table_name from (select lower(table_name) as table_name, table_type from information_schema.tables where table_schema = ?) as t where table_name like ?;
-- 1: TIDEMARK_STATE
-- 2: %-people-tiktok-%

select table_name from (select lower(table_name) as table_name, table_type from information_schema.tables where table_schema = ?) as t
where table_name like 'control_%' order by table_name;
-- 1: TIDEMARK_STATE

-- # state: make

create schema if not exists "TIDEMARK";

create schema if not exists "TIDEMARK_STATE";

create table if not exists "TIDEMARK"."ACTIVATION_LOG" ("ACTIVATION" varchar, "SEGMENT" varchar, "DESTINATION" varchar, "PLATFORM" varchar, "ACCOUNT_ID" varchar, "AUDIENCE_ID" varchar, "AUDIENCE_NAME" varchar, "AUDIENCE_DESCRIPTION" varchar, "FIELDS" varchar, "SCHEDULE" varchar, "DBT_UNIQUE_ID" varchar, "CONFIG_HASH" varchar, "LOGGED_AT" timestamp_ntz);

create table if not exists "TIDEMARK"."RUNS" ("RUN_ID" varchar, "RUN_KEY" varchar, "ATTEMPT" number(38, 0), "ACTIVATION" varchar, "SEGMENT" varchar, "DESTINATION" varchar, "PLATFORM" varchar, "ACCOUNT_ID" varchar, "AUDIENCE_ID" varchar, "AUDIENCE_NAME" varchar, "STATUS" varchar, "STARTED_AT" timestamp_ntz, "FINISHED_AT" timestamp_ntz, "DURATION_MS" number(38, 0), "SEGMENT_MEMBERS" number(38, 0), "REACHABLE_MEMBERS" number(38, 0), "MEMBERS_ADDED" number(38, 0), "MEMBERS_REMOVED" number(38, 0), "IDENTIFIERS_ADDED" number(38, 0), "IDENTIFIERS_REMOVED" number(38, 0), "IDENTIFIERS_RESENT" number(38, 0), "IDENTIFIERS_REJECTED" number(38, 0), "BATCHES" number(38, 0), "API_CALLS" number(38, 0), "API_RETRIES" number(38, 0), "THROTTLED_MS" number(38, 0), "FULL" boolean, "GUARDS_OVERRIDDEN" boolean, "ERROR_CODE" varchar, "ERROR_MESSAGE" varchar, "DBT_INVOCATION_ID" varchar, "ORCHESTRATOR" varchar, "ORCHESTRATOR_RUN_ID" varchar, "CONNECTOR_VERSION" varchar, "CONFIG_HASH" varchar);

create table if not exists "TIDEMARK"."RECEIPTS" ("RECEIPT_ID" varchar, "RUN_ID" varchar, "ACTIVATION" varchar, "PLATFORM" varchar, "AUDIENCE_ID" varchar, "AUDIENCE_NAME" varchar, "OP" varchar, "BATCH_NO" number(38, 0), "MEMBERS" number(38, 0), "IDENTIFIERS" number(38, 0), "STATUS" varchar, "HTTP_STATUS" number(38, 0), "PLATFORM_CODE" varchar, "PLATFORM_REQUEST_ID" varchar, "ATTEMPTS" number(38, 0), "MESSAGE" varchar, "SENT_AT" timestamp_ntz, "ANSWERED_AT" timestamp_ntz);

create table if not exists "TIDEMARK"."MEMBERSHIP_EVENTS" ("ACTIVATION" varchar, "AUDIENCE_ID" varchar, "AUDIENCE_NAME" varchar, "MEMBER_KEY" varchar, "EVENT" varchar, "RUN_ID" varchar, "EVENT_AT" timestamp_ntz);

create table if not exists "TIDEMARK"."REJECTIONS" ("ACTIVATION" varchar, "RUN_ID" varchar, "MEMBER_KEY" varchar, "FIELD" varchar, "REASON" varchar, "ORIGIN" varchar, "BATCH_NO" number(38, 0), "IDENTIFIERS" number(38, 0), "REJECTED_AT" timestamp_ntz, "QUARANTINED_UNTIL_AT" timestamp_ntz);

create table if not exists "TIDEMARK"."REJECTIONS_CLEARED" ("ACTIVATION" varchar, "RUN_ID" varchar, "MEMBER_KEY" varchar, "CLEARED_AT" timestamp_ntz);

create table if not exists "TIDEMARK"."AUDIENCE_SIZES" ("ACTIVATION" varchar, "AUDIENCE_ID" varchar, "PLATFORM_SIZE" number(38, 0), "LEDGER_MEMBERS" number(38, 0), "OBSERVED_AT" timestamp_ntz, "NOTES" varchar);

create table if not exists "TIDEMARK_STATE"."SCHEMA_VERSION" ("ACTIVATION" varchar, "VERSION" number(38, 0), "CONNECTOR_VERSION" varchar, "SINCE_AT" timestamp_ntz);

alter table "TIDEMARK"."RUNS" add column if not exists "CONFIG_HASH" varchar;

create or replace view "TIDEMARK"."ACTIVATIONS" as
select activation, segment, destination, platform, account_id, audience_id, audience_name, audience_description, fields,
  schedule, dbt_unique_id, config_hash, created_at, logged_at as updated_at
from (select *, row_number() over (partition by activation order by logged_at desc) as latest,
  min(logged_at) over (partition by activation) as created_at from "TIDEMARK"."ACTIVATION_LOG") as l
where latest = 1;

create or replace view "TIDEMARK"."CURRENT_REJECTIONS" as
select r.* from "TIDEMARK"."REJECTIONS" as r
where not exists (select 1 from "TIDEMARK"."REJECTIONS_CLEARED" as c where c.activation = r.activation
  and coalesce(c.member_key, '') = coalesce(r.member_key, '') and c.run_id <> r.run_id and c.cleared_at >= r.rejected_at);

create or replace view "TIDEMARK"."AUDIENCE_MEMBERS" as
select activation, audience_id, audience_name, member_key, event_at as since_at
from (select *, row_number() over (partition by activation, member_key order by event_at desc) as latest
  from "TIDEMARK"."MEMBERSHIP_EVENTS") as e
where latest = 1 and event = 'entered';

insert into "TIDEMARK_STATE"."SCHEMA_VERSION" (activation, version, connector_version, since_at)
select cast(null as varchar), cast(3 as number(38, 0)), cast(? as varchar), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz);
-- 1: 1.0.0

create table if not exists "TIDEMARK_STATE"."LEDGER_MEMBERS_PEOPLE-TIKTOK" ("MEMBER_KEY" varchar, "FINGERPRINT" binary, "STANDING" number(38, 0));

create table if not exists "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK" ("MEMBER_KEY" varchar, "FIELD" varchar, "DIGEST" binary, "STATE" number(38, 0), "SINCE_AT" timestamp_ntz, "ENTERED" boolean);

create table if not exists "TIDEMARK_STATE"."DUE_PEOPLE-TIKTOK" ("MEMBER_KEY" varchar, "DUE_AT" timestamp_ntz);

create table if not exists "TIDEMARK_STATE"."QUARANTINE_PEOPLE-TIKTOK" ("OP" varchar, "FIELD" varchar, "DIGEST" binary, "REASON" varchar, "ORIGIN" varchar, "UNTIL_AT" timestamp_ntz);

insert into "TIDEMARK_STATE"."SCHEMA_VERSION" (activation, version, connector_version, since_at)
select cast(? as varchar), cast(3 as number(38, 0)), cast(? as varchar), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz);
-- 1: people.tiktok
-- 2: 1.0.0

create table if not exists "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" as select cast(cast(? as varchar) as varchar) as "ACTIVATION", cast(3 as number(38, 0)) as "STATE_VERSION", cast(null as varchar) as "OWNER", cast(null as timestamp_ntz) as "LEASE_UNTIL", cast(0 as number(38, 0)) as "FENCE", cast(null as varchar) as "RUN_ID", cast(null as varchar) as "RUN_KEY", cast(null as number(38, 0)) as "ATTEMPT", cast(null as timestamp_ntz) as "RUN_STARTED_AT", cast(null as boolean) as "RUN_FULL", cast(null as boolean) as "RUN_OVERRIDDEN", cast(false as boolean) as "RUN_OPEN", cast(null as number(38, 0)) as "OPEN_FENCE", cast(0 as number(38, 0)) as "MARK", cast(false as boolean) as "SENDING", cast(null as timestamp_ntz) as "QUIET_UNTIL", cast(null as varchar) as "AUDIENCE_INTENT", cast(null as timestamp_ntz) as "AUDIENCE_INTENT_AT", cast(null as varchar) as "AUDIENCE_ID", cast(null as varchar) as "AUDIENCE_NAME", cast(null as varchar) as "AUDIENCE_DESCRIPTION", cast(null as varchar) as "ACCOUNT_ID", cast(cast(? as varchar) as varchar) as "MEMBER_KEY", cast(0 as number(38, 0)) as "MEMBER_ROWS", cast(0 as number(38, 0)) as "IDENTIFIER_ROWS", cast(0 as number(38, 0)) as "SEGMENT_MEMBERS", cast(0 as number(38, 0)) as "REACHABLE_MEMBERS", cast(0 as number(38, 0)) as "LEDGER_MEMBERS", cast(null as timestamp_ntz) as "FIRST_SYNCED_AT", cast(null as varchar) as "OVERRIDE_RUN_KEY", cast(null as varchar) as "RUN_CONNECTOR_VERSION", cast(null as varchar) as "RUN_CONFIG_HASH", cast(null as varchar) as "RUN_ORCHESTRATOR", cast(null as varchar) as "RUN_ORCHESTRATOR_RUN_ID", cast(null as varchar) as "RUN_DBT_INVOCATION_ID";
-- 1: people.tiktok
-- 2: id

-- # state: versions

select cast(state_version as varchar) as state_version from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK";

select cast(max(version) as varchar) as version from "TIDEMARK_STATE"."SCHEMA_VERSION" where activation is null;

select connector_version from "TIDEMARK_STATE"."SCHEMA_VERSION" where activation = ?
order by version desc, since_at desc limit 1;
-- 1: people.tiktok

-- # state: migrate

alter table "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" add column if not exists "RUN_CONNECTOR_VERSION" varchar;

alter table "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" add column if not exists "RUN_CONFIG_HASH" varchar;

alter table "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" add column if not exists "RUN_ORCHESTRATOR" varchar;

alter table "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" add column if not exists "RUN_ORCHESTRATOR_RUN_ID" varchar;

alter table "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" add column if not exists "RUN_DBT_INVOCATION_ID" varchar;

update "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" set state_version = cast(3 as number(38, 0))
where owner = ? and fence = cast(8 as number(38, 0)) and state_version = cast(2 as number(38, 0));
-- 1: run-2

-- # state: copy

create or replace temporary table "TIDEMARK_CONTROL" as select * from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK";

create or replace temporary table "TIDEMARK_LEDGER_MEMBERS" as select * from "TIDEMARK_STATE"."LEDGER_MEMBERS_PEOPLE-TIKTOK";

create or replace temporary table "TIDEMARK_LEDGER_IDENTIFIERS" as select * from "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK";

create or replace temporary table "TIDEMARK_DUE" as select * from "TIDEMARK_STATE"."DUE_PEOPLE-TIKTOK";

create or replace temporary table "TIDEMARK_QUARANTINE" as select * from "TIDEMARK_STATE"."QUARANTINE_PEOPLE-TIKTOK";

-- # state: scratch

create or replace temporary table "TIDEMARK_LEDGER_MEMBERS" ("MEMBER_KEY" varchar, "FINGERPRINT" binary, "STANDING" number(38, 0));

create or replace temporary table "TIDEMARK_LEDGER_IDENTIFIERS" ("MEMBER_KEY" varchar, "FIELD" varchar, "DIGEST" binary, "STATE" number(38, 0), "SINCE_AT" timestamp_ntz, "ENTERED" boolean);

create or replace temporary table "TIDEMARK_DUE" ("MEMBER_KEY" varchar, "DUE_AT" timestamp_ntz);

create or replace temporary table "TIDEMARK_QUARANTINE" ("OP" varchar, "FIELD" varchar, "DIGEST" binary, "REASON" varchar, "ORIGIN" varchar, "UNTIL_AT" timestamp_ntz);

-- # lease

update "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" set
  quiet_until = case when sending
    then greatest(coalesce(quiet_until, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)), timestampadd(millisecond, cast(120000 as number(38, 0)), least(cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz), coalesce(lease_until, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz))))) else quiet_until end,
  owner = ?, fence = fence + 1, lease_until = timestampadd(millisecond, cast(120000 as number(38, 0)), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz))
where (owner is null or lease_until <= cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz) or cast(? as boolean))
  and state_version = cast(3 as number(38, 0));
-- 1: run-2
-- 2: false

select owner, cast(fence as varchar) as fence, cast(run_open as varchar) as run_open, cast(open_fence as varchar) as open_fence,
  cast(timestampdiff(millisecond, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz), "LEASE_UNTIL") as varchar) as lease_ms from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK";

select cast("ACTIVATION" as varchar) as "ACTIVATION", cast("STATE_VERSION" as varchar) as "STATE_VERSION", cast("OWNER" as varchar) as "OWNER", to_char("LEASE_UNTIL", 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"') as "LEASE_UNTIL", cast("FENCE" as varchar) as "FENCE", cast("RUN_ID" as varchar) as "RUN_ID", cast("RUN_KEY" as varchar) as "RUN_KEY", cast("ATTEMPT" as varchar) as "ATTEMPT", to_char("RUN_STARTED_AT", 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"') as "RUN_STARTED_AT", cast("RUN_FULL" as varchar) as "RUN_FULL", cast("RUN_OVERRIDDEN" as varchar) as "RUN_OVERRIDDEN", cast("RUN_OPEN" as varchar) as "RUN_OPEN", cast("OPEN_FENCE" as varchar) as "OPEN_FENCE", cast("MARK" as varchar) as "MARK", cast("SENDING" as varchar) as "SENDING", to_char("QUIET_UNTIL", 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"') as "QUIET_UNTIL", cast("AUDIENCE_INTENT" as varchar) as "AUDIENCE_INTENT", to_char("AUDIENCE_INTENT_AT", 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"') as "AUDIENCE_INTENT_AT", cast("AUDIENCE_ID" as varchar) as "AUDIENCE_ID", cast("AUDIENCE_NAME" as varchar) as "AUDIENCE_NAME", cast("AUDIENCE_DESCRIPTION" as varchar) as "AUDIENCE_DESCRIPTION", cast("ACCOUNT_ID" as varchar) as "ACCOUNT_ID", cast("MEMBER_KEY" as varchar) as "MEMBER_KEY", cast("MEMBER_ROWS" as varchar) as "MEMBER_ROWS", cast("IDENTIFIER_ROWS" as varchar) as "IDENTIFIER_ROWS", cast("SEGMENT_MEMBERS" as varchar) as "SEGMENT_MEMBERS", cast("REACHABLE_MEMBERS" as varchar) as "REACHABLE_MEMBERS", cast("LEDGER_MEMBERS" as varchar) as "LEDGER_MEMBERS", to_char("FIRST_SYNCED_AT", 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"') as "FIRST_SYNCED_AT", cast("OVERRIDE_RUN_KEY" as varchar) as "OVERRIDE_RUN_KEY", cast("RUN_CONNECTOR_VERSION" as varchar) as "RUN_CONNECTOR_VERSION", cast("RUN_CONFIG_HASH" as varchar) as "RUN_CONFIG_HASH", cast("RUN_ORCHESTRATOR" as varchar) as "RUN_ORCHESTRATOR", cast("RUN_ORCHESTRATOR_RUN_ID" as varchar) as "RUN_ORCHESTRATOR_RUN_ID", cast("RUN_DBT_INVOCATION_ID" as varchar) as "RUN_DBT_INVOCATION_ID",
  cast(greatest(0, coalesce(timestampdiff(millisecond, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz), "QUIET_UNTIL"), 0)) as varchar) as quiet_ms,
  cast(timestampdiff(millisecond, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz), "LEASE_UNTIL") as varchar) as lease_ms,
  cast(timestampdiff(millisecond, "AUDIENCE_INTENT_AT", cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) as varchar) as intent_age_ms
from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK";

update "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" set lease_until = timestampadd(millisecond, cast(120000 as number(38, 0)), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) where owner = ? and fence = cast(8 as number(38, 0));
-- 1: run-2

update "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" set owner = null, lease_until = null where owner = ? and fence = cast(8 as number(38, 0));
-- 1: run-2

-- # run: begin and close

select cast("RUN_ID" as varchar) as "RUN_ID", cast("RUN_KEY" as varchar) as "RUN_KEY", cast("ATTEMPT" as varchar) as "ATTEMPT", cast("ACTIVATION" as varchar) as "ACTIVATION", cast("SEGMENT" as varchar) as "SEGMENT", cast("DESTINATION" as varchar) as "DESTINATION", cast("PLATFORM" as varchar) as "PLATFORM", cast("ACCOUNT_ID" as varchar) as "ACCOUNT_ID", cast("AUDIENCE_ID" as varchar) as "AUDIENCE_ID", cast("AUDIENCE_NAME" as varchar) as "AUDIENCE_NAME", cast("STATUS" as varchar) as "STATUS", to_char("STARTED_AT", 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"') as "STARTED_AT", to_char("FINISHED_AT", 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"') as "FINISHED_AT", cast("DURATION_MS" as varchar) as "DURATION_MS", cast("SEGMENT_MEMBERS" as varchar) as "SEGMENT_MEMBERS", cast("REACHABLE_MEMBERS" as varchar) as "REACHABLE_MEMBERS", cast("MEMBERS_ADDED" as varchar) as "MEMBERS_ADDED", cast("MEMBERS_REMOVED" as varchar) as "MEMBERS_REMOVED", cast("IDENTIFIERS_ADDED" as varchar) as "IDENTIFIERS_ADDED", cast("IDENTIFIERS_REMOVED" as varchar) as "IDENTIFIERS_REMOVED", cast("IDENTIFIERS_RESENT" as varchar) as "IDENTIFIERS_RESENT", cast("IDENTIFIERS_REJECTED" as varchar) as "IDENTIFIERS_REJECTED", cast("BATCHES" as varchar) as "BATCHES", cast("API_CALLS" as varchar) as "API_CALLS", cast("API_RETRIES" as varchar) as "API_RETRIES", cast("THROTTLED_MS" as varchar) as "THROTTLED_MS", cast("FULL" as varchar) as "FULL", cast("GUARDS_OVERRIDDEN" as varchar) as "GUARDS_OVERRIDDEN", cast("ERROR_CODE" as varchar) as "ERROR_CODE", cast("ERROR_MESSAGE" as varchar) as "ERROR_MESSAGE", cast("DBT_INVOCATION_ID" as varchar) as "DBT_INVOCATION_ID", cast("ORCHESTRATOR" as varchar) as "ORCHESTRATOR", cast("ORCHESTRATOR_RUN_ID" as varchar) as "ORCHESTRATOR_RUN_ID", cast("CONNECTOR_VERSION" as varchar) as "CONNECTOR_VERSION", cast("CONFIG_HASH" as varchar) as "CONFIG_HASH" from "TIDEMARK"."RUNS" as r
where activation = ? and run_key = ? and status = 'succeeded' order by r.finished_at desc limit 1;
-- 1: people.tiktok
-- 2: key

update "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" set run_id = ?, run_key = ?,
  attempt = 1 + (select count(*) from "TIDEMARK"."RUNS" where activation = ? and run_key = ?),
  run_started_at = cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz), run_full = cast(? as boolean),
  run_overridden = cast(? as boolean),
  override_run_key = case when cast(? as boolean) then ? else override_run_key end,
  run_open = true, open_fence = null, mark = 0, account_id = ?,
  member_key = ?, run_connector_version = ?, run_config_hash = ?,
  run_orchestrator = cast(? as varchar), run_orchestrator_run_id = cast(? as varchar),
  run_dbt_invocation_id = cast(? as varchar)
where owner = ? and fence = cast(8 as number(38, 0)) and not run_open;
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

update "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" set run_open = false, open_fence = null, sending = false, quiet_until = greatest(coalesce(quiet_until, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)), timestampadd(millisecond, cast(120000 as number(38, 0)), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)))
where owner = ? and fence = cast(8 as number(38, 0)) and run_open;
-- 1: run-2

insert into "TIDEMARK"."RUNS" ("RUN_ID", "RUN_KEY", "ATTEMPT", "ACTIVATION", "SEGMENT", "DESTINATION", "PLATFORM", "ACCOUNT_ID", "AUDIENCE_ID", "AUDIENCE_NAME", "STATUS", "STARTED_AT", "FINISHED_AT", "DURATION_MS", "SEGMENT_MEMBERS", "REACHABLE_MEMBERS", "MEMBERS_ADDED", "MEMBERS_REMOVED", "IDENTIFIERS_ADDED", "IDENTIFIERS_REMOVED", "IDENTIFIERS_RESENT", "IDENTIFIERS_REJECTED", "BATCHES", "API_CALLS", "API_RETRIES", "THROTTLED_MS", "FULL", "GUARDS_OVERRIDDEN", "ERROR_CODE", "ERROR_MESSAGE", "DBT_INVOCATION_ID", "ORCHESTRATOR", "ORCHESTRATOR_RUN_ID", "CONNECTOR_VERSION", "CONFIG_HASH")
select cast(? as varchar), c.run_key, c.attempt, cast(? as varchar), cast(? as varchar), cast(? as varchar), cast(? as varchar),
  cast(? as varchar), c.audience_id, cast(? as varchar), cast(? as varchar), c.run_started_at, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz),
  timestampdiff(millisecond, c.run_started_at, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)), "K"."SEGMENT_MEMBERS", "K"."REACHABLE_MEMBERS", "K"."MEMBERS_ADDED", "K"."MEMBERS_REMOVED", "K"."IDENTIFIERS_ADDED", "K"."IDENTIFIERS_REMOVED", "K"."IDENTIFIERS_RESENT", "K"."IDENTIFIERS_REJECTED",
  r.batches, greatest(cast(3 as number(38, 0)), r.attempts), cast(1 as number(38, 0)), cast(0 as number(38, 0)),
  c.run_full, c.run_overridden, cast(? as varchar), cast(? as varchar),
  cast(? as varchar), cast(? as varchar), cast(? as varchar), cast(? as varchar), cast(? as varchar)
from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" as c cross join (select "SEGMENT_MEMBERS", "REACHABLE_MEMBERS", 0 as "MEMBERS_ADDED", 0 as "MEMBERS_REMOVED", 0 as "IDENTIFIERS_ADDED", 0 as "IDENTIFIERS_REMOVED", 0 as "IDENTIFIERS_RESENT", 0 as "IDENTIFIERS_REJECTED" from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK") as k cross join (select count(case when batch_no > 0 then 1 end) as batches, coalesce(sum(attempts), 0) as attempts
from "TIDEMARK"."RECEIPTS" where run_id = ?) as r;
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

insert into "TIDEMARK"."ACTIVATION_LOG" (activation, segment, destination, platform, account_id, audience_id, audience_name,
  audience_description, fields, schedule, config_hash, logged_at)
select cast(? as varchar), cast(? as varchar), cast(? as varchar), cast(? as varchar), cast(? as varchar),
  c.audience_id, cast(? as varchar), cast(? as varchar), cast(? as varchar), cast(? as varchar),
  cast(? as varchar), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)
from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" as c
where not exists (select 1 from "TIDEMARK"."ACTIVATIONS" as a where a.activation = ?
  and a.config_hash = ? and coalesce(a.schedule, '') = coalesce(cast(? as varchar), '')
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

select cast("RUN_ID" as varchar) as "RUN_ID", cast("RUN_KEY" as varchar) as "RUN_KEY", cast("ATTEMPT" as varchar) as "ATTEMPT", cast("ACTIVATION" as varchar) as "ACTIVATION", cast("SEGMENT" as varchar) as "SEGMENT", cast("DESTINATION" as varchar) as "DESTINATION", cast("PLATFORM" as varchar) as "PLATFORM", cast("ACCOUNT_ID" as varchar) as "ACCOUNT_ID", cast("AUDIENCE_ID" as varchar) as "AUDIENCE_ID", cast("AUDIENCE_NAME" as varchar) as "AUDIENCE_NAME", cast("STATUS" as varchar) as "STATUS", to_char("STARTED_AT", 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"') as "STARTED_AT", to_char("FINISHED_AT", 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"') as "FINISHED_AT", cast("DURATION_MS" as varchar) as "DURATION_MS", cast("SEGMENT_MEMBERS" as varchar) as "SEGMENT_MEMBERS", cast("REACHABLE_MEMBERS" as varchar) as "REACHABLE_MEMBERS", cast("MEMBERS_ADDED" as varchar) as "MEMBERS_ADDED", cast("MEMBERS_REMOVED" as varchar) as "MEMBERS_REMOVED", cast("IDENTIFIERS_ADDED" as varchar) as "IDENTIFIERS_ADDED", cast("IDENTIFIERS_REMOVED" as varchar) as "IDENTIFIERS_REMOVED", cast("IDENTIFIERS_RESENT" as varchar) as "IDENTIFIERS_RESENT", cast("IDENTIFIERS_REJECTED" as varchar) as "IDENTIFIERS_REJECTED", cast("BATCHES" as varchar) as "BATCHES", cast("API_CALLS" as varchar) as "API_CALLS", cast("API_RETRIES" as varchar) as "API_RETRIES", cast("THROTTLED_MS" as varchar) as "THROTTLED_MS", cast("FULL" as varchar) as "FULL", cast("GUARDS_OVERRIDDEN" as varchar) as "GUARDS_OVERRIDDEN", cast("ERROR_CODE" as varchar) as "ERROR_CODE", cast("ERROR_MESSAGE" as varchar) as "ERROR_MESSAGE", cast("DBT_INVOCATION_ID" as varchar) as "DBT_INVOCATION_ID", cast("ORCHESTRATOR" as varchar) as "ORCHESTRATOR", cast("ORCHESTRATOR_RUN_ID" as varchar) as "ORCHESTRATOR_RUN_ID", cast("CONNECTOR_VERSION" as varchar) as "CONNECTOR_VERSION", cast("CONFIG_HASH" as varchar) as "CONFIG_HASH" from "TIDEMARK"."RUNS" as r where run_id = ?;
-- 1: run-2

select cast("RUN_ID" as varchar) as "RUN_ID", cast("RUN_KEY" as varchar) as "RUN_KEY", cast("ATTEMPT" as varchar) as "ATTEMPT", cast("ACTIVATION" as varchar) as "ACTIVATION", cast("SEGMENT" as varchar) as "SEGMENT", cast("DESTINATION" as varchar) as "DESTINATION", cast("PLATFORM" as varchar) as "PLATFORM", cast("ACCOUNT_ID" as varchar) as "ACCOUNT_ID", cast("AUDIENCE_ID" as varchar) as "AUDIENCE_ID", cast("AUDIENCE_NAME" as varchar) as "AUDIENCE_NAME", cast("STATUS" as varchar) as "STATUS", to_char("STARTED_AT", 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"') as "STARTED_AT", to_char("FINISHED_AT", 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"') as "FINISHED_AT", cast("DURATION_MS" as varchar) as "DURATION_MS", cast("SEGMENT_MEMBERS" as varchar) as "SEGMENT_MEMBERS", cast("REACHABLE_MEMBERS" as varchar) as "REACHABLE_MEMBERS", cast("MEMBERS_ADDED" as varchar) as "MEMBERS_ADDED", cast("MEMBERS_REMOVED" as varchar) as "MEMBERS_REMOVED", cast("IDENTIFIERS_ADDED" as varchar) as "IDENTIFIERS_ADDED", cast("IDENTIFIERS_REMOVED" as varchar) as "IDENTIFIERS_REMOVED", cast("IDENTIFIERS_RESENT" as varchar) as "IDENTIFIERS_RESENT", cast("IDENTIFIERS_REJECTED" as varchar) as "IDENTIFIERS_REJECTED", cast("BATCHES" as varchar) as "BATCHES", cast("API_CALLS" as varchar) as "API_CALLS", cast("API_RETRIES" as varchar) as "API_RETRIES", cast("THROTTLED_MS" as varchar) as "THROTTLED_MS", cast("FULL" as varchar) as "FULL", cast("GUARDS_OVERRIDDEN" as varchar) as "GUARDS_OVERRIDDEN", cast("ERROR_CODE" as varchar) as "ERROR_CODE", cast("ERROR_MESSAGE" as varchar) as "ERROR_MESSAGE", cast("DBT_INVOCATION_ID" as varchar) as "DBT_INVOCATION_ID", cast("ORCHESTRATOR" as varchar) as "ORCHESTRATOR", cast("ORCHESTRATOR_RUN_ID" as varchar) as "ORCHESTRATOR_RUN_ID", cast("CONNECTOR_VERSION" as varchar) as "CONNECTOR_VERSION", cast(null as varchar) as "CONFIG_HASH" from "TIDEMARK"."RUNS" as r where activation = ?
order by r.started_at desc, r.attempt desc limit cast(5 as number(38, 0));
-- 1: people.tiktok

select cast((select count(*) from "TIDEMARK_STATE"."LEDGER_MEMBERS_PEOPLE-TIKTOK") as varchar) as member_rows,
  cast((select count(*) from "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK") as varchar) as identifier_rows;

-- # segment: look at it

select * from "shop"."people" as s limit 0;

select * from (select * from people
) as s limit 0;

select * from (select * from (select cast(null as varchar) as "id", cast(null as varchar) as "email") as n where 1 = 0) as s limit 0;

select cast(count(*) as varchar) as n from "shop"."people" as s where s."country" in (?, ?);
-- 1: FR
-- 2: DE

select cast(count(*) as varchar) as n from "shop"."people" as s where s."spent" >= cast(? as float);
-- 1: 12.5

select cast(count(*) as varchar) as n from "shop"."people" as s where s."orders" > cast(? as number(38, 0));
-- 1: 3

select cast(count(*) as varchar) as n from "shop"."people" as s where s."active" = cast(? as boolean);
-- 1: true

select cast(count(*) as varchar) as n from "shop"."people" as s where s."left_at" is null;

-- # compare

create or replace temporary table "TIDEMARK_COMPARED" as select kind, member_key, cast(sum(segment_rows) as number(38, 0)) as segment_rows, row_number() over (order by null) as member_no
from (select kind, case when kind = 2 then member_key end as member_key, segment_rows from (
  select case when c.fingerprint is not null and c.member_key is null then 1 when c.fingerprint is not null and l.member_key is not null then 0 else 2 end as kind,
    coalesce(c.member_key, l.member_key) as member_key, case when c.fingerprint is null then 0 else 1 end as segment_rows
  from (select member_key, md5_binary(concat(coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(length("RAW_1") as varchar), ''), coalesce(cast(':' as varchar), ''), coalesce(cast("RAW_1" as varchar), ''), coalesce(cast(length("RAW_2") as varchar), ''), coalesce(cast(':' as varchar), ''), coalesce(cast("RAW_2" as varchar), ''))) as fingerprint
from (select nullif(collate(cast(s."id" as varchar), ''), '') as member_key, collate(cast(s."work email" as varchar), '') as "RAW_1", collate(cast(s."phone" as varchar), '') as "RAW_2" from "shop"."people" as s where s."country" in (?, ?) and s."spent" >= cast(? as float) and s."orders" > cast(? as number(38, 0)) and s."active" = cast(? as boolean) and s."left_at" is null) as r) as c
  full join "TIDEMARK_STATE"."LEDGER_MEMBERS_PEOPLE-TIKTOK" as l on l.member_key = c.member_key and l.fingerprint = c.fingerprint) as j) as r group by kind, member_key;
-- 1: 1|mapping|
-- 2: FR
-- 3: DE
-- 4: 12.5
-- 5: 3
-- 6: true

create or replace temporary table "TIDEMARK_CURRENT_MEMBERS" as select member_key, md5_binary(concat(coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(length("RAW_1") as varchar), ''), coalesce(cast(':' as varchar), ''), coalesce(cast("RAW_1" as varchar), ''), coalesce(cast(length("RAW_2") as varchar), ''), coalesce(cast(':' as varchar), ''), coalesce(cast("RAW_2" as varchar), ''))) as fingerprint
from (select nullif(collate(cast(s."id" as varchar), ''), '') as member_key, collate(cast(s."work email" as varchar), '') as "RAW_1", collate(cast(s."phone" as varchar), '') as "RAW_2" from "shop"."people" as s where s."country" in (?, ?) and s."spent" >= cast(? as float) and s."orders" > cast(? as number(38, 0)) and s."active" = cast(? as boolean) and s."left_at" is null) as r;
-- 1: 1|mapping|
-- 2: FR
-- 3: DE
-- 4: 12.5
-- 5: 3
-- 6: true

create or replace temporary table "TIDEMARK_COMPARED" as select kind, member_key, cast(sum(segment_rows) as number(38, 0)) as segment_rows, row_number() over (order by null) as member_no
from (select 2 as kind, member_key, 0 as segment_rows from (select member_key, fingerprint from "TIDEMARK_CURRENT_MEMBERS" as c where member_key is not null except select member_key, fingerprint from "TIDEMARK_STATE"."LEDGER_MEMBERS_PEOPLE-TIKTOK") as came
union all select 2, member_key, 0 from (select member_key, fingerprint from "TIDEMARK_STATE"."LEDGER_MEMBERS_PEOPLE-TIKTOK" except select member_key, fingerprint from "TIDEMARK_CURRENT_MEMBERS" as c where member_key is not null) as went
union all select case when member_key is null then 1 else 0 end, null, 1 from "TIDEMARK_CURRENT_MEMBERS" as c) as r group by kind, member_key;

create or replace temporary table "TIDEMARK_COMPARED" as select kind, member_key, cast(sum(segment_rows) as number(38, 0)) as segment_rows, row_number() over (order by null) as member_no
from (select kind, case when kind = 2 then member_key end as member_key, segment_rows from (
  select case when c.fingerprint is not null and c.member_key is null then 1  else 2 end as kind,
    coalesce(c.member_key, l.member_key) as member_key, case when c.fingerprint is null then 0 else 1 end as segment_rows
  from "TIDEMARK_CURRENT_MEMBERS" as c
  full join "TIDEMARK_STATE"."LEDGER_MEMBERS_PEOPLE-TIKTOK" as l on l.member_key = c.member_key and l.fingerprint = c.fingerprint) as j union all select 2, member_key, 0 from "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK") as r group by kind, member_key;

create or replace temporary table "TIDEMARK_COMPARED" as select kind, member_key, cast(sum(segment_rows) as number(38, 0)) as segment_rows, row_number() over (order by null) as member_no
from (select case when member_key is null then 1 else 2 end as kind, member_key, 1 as segment_rows
from (select case when collate(cast(s."id" as varchar), '') <> '' then hex_encode(sha2_binary(collate(cast(s."id" as varchar), ''), 256), 0) end as member_key from (select * from people
) as s) as c) as r group by kind, member_key;

insert into "TIDEMARK_COMPARED" (kind, member_key, segment_rows, member_no)
select 3, d.member_key, 0, row_number() over (order by null) + (select count(*) from "TIDEMARK_COMPARED")
from "TIDEMARK_STATE"."DUE_PEOPLE-TIKTOK" as d where d.due_at <= cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)
  and not exists (select 1 from "TIDEMARK_COMPARED" as c where c.kind = 2 and c.member_key = d.member_key);

create or replace temporary table "TIDEMARK_CHANGED_MEMBERS" as select member_key, member_no, kind = 3 as due from "TIDEMARK_COMPARED" where kind in (2, 3);

select cast(coalesce(sum(case when 1 = 1 then segment_rows end), 0) as varchar) as all_rows, cast(coalesce(sum(case when kind = 1 then segment_rows end), 0) as varchar) as null_keys,
  cast(coalesce(sum(case when kind in (2, 3) then 1 end), 0) as varchar) as members from "TIDEMARK_COMPARED";

select cast(count(*) as varchar) as members from "TIDEMARK_CHANGED_MEMBERS" where ("MEMBER_KEY" like '%@%' and (regexp_instr("MEMBER_KEY", '[^@ ]@[^@ ]+[.][^@ .]') > 0))
  or ("MEMBER_KEY" like '%+%' and (regexp_instr("MEMBER_KEY", '^[ \u0009\u000d\u000a]*[+][0-9][0-9 ().-]{6,18}[ \u0009\u000d\u000a]*$') > 0));

-- # read members

create table "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" ("OP" varchar, "MEMBER_NO" number(38, 0), "UNIT" number(38, 0), "LEADS" boolean, "MEMBER_KEY" varchar, "FIELD" varchar, "DIGEST" binary, "PRIOR" number(38, 0), "CONFIRMED_BEFORE" boolean, "WAITS" boolean, "HOLD_REASON" varchar, "HOLD_UNTIL_AT" timestamp_ntz);

create table "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" ("MEMBER_NO" number(38, 0), "MEMBER_KEY" varchar, "IN_K" boolean, "FINGERPRINT" binary, "STANDING" number(38, 0), "COUNTS" boolean);

create table "TIDEMARK_STATE"."HELD-PEOPLE-TIKTOK-8" ("MEMBER_NO" number(38, 0), "MEMBER_KEY" varchar, "FIELD" varchar, "DIGEST" binary, "STATE" number(38, 0), "SINCE_AT" timestamp_ntz, "ENTERED" boolean);

create table "TIDEMARK_STATE"."MEMBERS_BEFORE-PEOPLE-TIKTOK-8" ("MEMBER_KEY" varchar, "FINGERPRINT" binary, "STANDING" number(38, 0));

create table "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" ("MEMBER_NO" number(38, 0), "MEMBER_KEY" varchar, "FINGERPRINT" binary, "DIGEST_1" binary, "REASON_1" varchar, "DIGEST_2" binary, "REASON_2" varchar);

create table "TIDEMARK_STATE"."DELTA_REJECTIONS-PEOPLE-TIKTOK-8" ("MEMBER_KEY" varchar, "FIELD" varchar, "REASON" varchar, "ORIGIN" varchar, "IDENTIFIERS" number(38, 0), "VALUE" binary);

create table "TIDEMARK_STATE"."BATCHES-PEOPLE-TIKTOK-8" ("BATCH_NO" number(38, 0), "OP" varchar, "FIELD" varchar, "MEMBERS" number(38, 0), "IDENTIFIERS" number(38, 0), "REQUEST_ROWS" number(38, 0), "BYTES" number(38, 0), "FIRST_UNIT" number(38, 0), "LAST_UNIT" number(38, 0));

create table "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" ("BATCH_NO" number(38, 0), "PART" number(38, 0), "FIRST_UNIT" number(38, 0), "LAST_UNIT" number(38, 0));

create table "TIDEMARK_STATE"."REFUSED-PEOPLE-TIKTOK-8" ("BATCH_NO" number(38, 0), "ROW_NO" number(38, 0), "FIELD" varchar, "DIGEST" binary, "OUTCOME" varchar, "REASON" varchar);

insert into "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" ("MEMBER_NO", "MEMBER_KEY", "FINGERPRINT", "DIGEST_1", "REASON_1", "DIGEST_2", "REASON_2") select member_no, member_key, fingerprint, case when "VERDICT_1" = 1 then hex_decode_binary(substr("CLEAN_1", 2)) else sha2_binary(case "VERDICT_1" when 0 then "CLEAN_1" when 2 then lower(translate(substr("CLEAN_1", 2), '\u0130\u03a3', 'i\u03c3')) when 3 then "RAW_1" end, 256) end as "DIGEST_1", case "VERDICT_1" when 3 then 'invalid_email' end as "REASON_1", case when "VERDICT_2" = 1 then hex_decode_binary(substr("CLEAN_2", 2)) else sha2_binary(case "VERDICT_2" when 0 then "CLEAN_2" when 2 then substr("CLEAN_2", 2) when 3 then ('+' || substr(substr("CLEAN_2", 2), 3)) when 4 then regexp_replace(substr("CLEAN_2", 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0', '+\\2') when 5 then "RAW_2" when 6 then '+33' || case when (regexp_instr(substr("CLEAN_2", 2), '^0([1-9][0-9]{8,8})$') > 0) then substr(substr("CLEAN_2", 2), 2) else substr("CLEAN_2", 2) end when 7 then '+' || substr("CLEAN_2", 2) when 8 then "RAW_2" end, 256) end as "DIGEST_2", case "VERDICT_2" when 5 then 'invalid_phone' when 8 then 'invalid_phone' end as "REASON_2" from (select *, case when "CLEAN_1" is null or "CLEAN_1" = ' ' then null when "CLEAN_1" not like ' %' then 0 when length(substr("CLEAN_1", 2)) = 64 and (regexp_instr(substr("CLEAN_1", 2), '^[0-9a-fA-F]{64}$') > 0) then 1 when length(substr("CLEAN_1", 2)) <= 254 and (regexp_instr(substr("CLEAN_1", 2), '^[a-zA-Z0-9!#$%&''*+/=?^_`{|}~.\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏-]+@([a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏]([-a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏]*[a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏])?[.])+[a-zA-Z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏][-a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏]*[a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏]$') > 0) and not (length(substr("CLEAN_1", 2)) > 64 and (regexp_instr(substr("CLEAN_1", 2), '^[^@]{65}|@([^@]*[.])?[^.@]{64}') > 0)) then 2 when 1 = 1 then 3 end as "VERDICT_1", case when "CLEAN_2" is null or "CLEAN_2" = ' ' then null when "CLEAN_2" not like ' %' then 0 when substr("CLEAN_2", 2) like '+%' and length(substr("CLEAN_2", 2)) between 9 and 16 and (regexp_instr(substr("CLEAN_2", 2), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') > 0) then 2 when substr("CLEAN_2", 2) like '00%' and length(('+' || substr(substr("CLEAN_2", 2), 3))) between 9 and 16 and (regexp_instr(('+' || substr(substr("CLEAN_2", 2), 3)), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') > 0) then 3 when (regexp_instr(substr("CLEAN_2", 2), '^([+]|00)[0-9]{9,16}$') > 0) and (regexp_instr(substr("CLEAN_2", 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0[1-9]') > 0) then 4 when substr("CLEAN_2", 2) like '+%' or substr("CLEAN_2", 2) like '00%' then 5 when (regexp_instr(substr("CLEAN_2", 2), '^(0)?([1-9][0-9]{8,8})$') > 0) then 6 when (regexp_instr(substr("CLEAN_2", 2), '^33([1-9][0-9]{8,8})$') > 0) then 7 when 1 = 1 then 8 end as "VERDICT_2" from (select member_no, member_key, md5_binary(concat(coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(length("RAW_1") as varchar), ''), coalesce(cast(':' as varchar), ''), coalesce(cast("RAW_1" as varchar), ''), coalesce(cast(length("RAW_2") as varchar), ''), coalesce(cast(':' as varchar), ''), coalesce(cast("RAW_2" as varchar), ''))) as fingerprint, "RAW_1", "RAW_2", case when length("RAW_1") <= 64 and (regexp_instr("RAW_1", '^[a-zA-Z0-9!#$%&''*+/=?^_`{|}~.-]+@([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?[.])+[a-zA-Z][-a-zA-Z0-9]*[a-zA-Z0-9]$') > 0) then lower("RAW_1") else ' ' || trim("RAW_1", ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end as "CLEAN_1", case when length("RAW_2") between 9 and 16 and (regexp_instr("RAW_2", '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') > 0) then "RAW_2" else ' ' || case
  when (regexp_instr("RAW_2", '^[+]?[0-9]+$') > 0) or length("RAW_2") = 64 then "RAW_2"
  when (regexp_instr("RAW_2", '^[-+()./ ]*[0-9][-+()./ 0-9]*$') > 0) then translate("RAW_2", ' ()-./', '')
  when (regexp_instr("RAW_2", '^[^0-9xX#]*[0-9]') > 0) then regexp_replace("RAW_2", '[;,]?[ \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]*([eE][xX][tT][a-zA-Z]*|[xX#])[.:=]?[ \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]*[0-9]*[ \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]*$|[-()./\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212 \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]+', '')
  else trim("RAW_2", ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end end as "CLEAN_2" from (select c.member_no, s.* from (select nullif(collate(cast(s."id" as varchar), ''), '') as member_key, collate(cast(s."work email" as varchar), '') as "RAW_1", collate(cast(s."phone" as varchar), '') as "RAW_2" from "shop"."people" as s where s."country" in (?, ?) and s."spent" >= cast(? as float) and s."orders" > cast(? as number(38, 0)) and s."active" = cast(? as boolean) and s."left_at" is null) as s
join "TIDEMARK_CHANGED_MEMBERS" as c on c.member_key = s.member_key) as r) as n) as n;
-- 1: 1|mapping|
-- 2: FR
-- 3: DE
-- 4: 12.5
-- 5: 3
-- 6: true

create or replace temporary table "TIDEMARK_READ_MEMBERS" as select * from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8";

select cast(count(*) = count(distinct member_no) as varchar) as single from "TIDEMARK_READ_MEMBERS";

-- # read members, every rule

create or replace temporary table "TIDEMARK_ARRIVALS" as select member_no, member_key, fingerprint, case when "VERDICT_1" = 1 then hex_decode_binary(substr("CLEAN_1", 2)) else sha2_binary(case "VERDICT_1" when 0 then "CLEAN_1" when 2 then lower(translate(substr("CLEAN_1", 2), '\u0130\u03a3', 'i\u03c3')) when 3 then "RAW_1" end, 256) end as "DIGEST_1", case "VERDICT_1" when 3 then 'invalid_email' end as "REASON_1", case when "VERDICT_2" = 1 then hex_decode_binary(substr("CLEAN_2", 2)) else sha2_binary(case "VERDICT_2" when 0 then "CLEAN_2" end, 256) end as "DIGEST_2", cast(null as varchar) as "REASON_2", case when "VERDICT_3" = 1 then hex_decode_binary(substr("CLEAN_3", 2)) else sha2_binary(case "VERDICT_3" when 0 then "CLEAN_3" when 2 then substr("CLEAN_3", 2) when 3 then ('+' || substr(substr("CLEAN_3", 2), 3)) when 4 then regexp_replace(substr("CLEAN_3", 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0', '+\\2') when 5 then "RAW_3" when 6 then "RAW_3" when 7 then "RAW_3" end, 256) end as "DIGEST_3", case "VERDICT_3" when 5 then 'invalid_phone' when 6 then 'unknown_country' when 7 then 'invalid_phone' end as "REASON_3", case when "VERDICT_4" = 1 then hex_decode_binary(substr("CLEAN_4", 2)) else sha2_binary(case "VERDICT_4" when 0 then "CLEAN_4" when 2 then "RAW_4" end, 256) end as "DIGEST_4", case "VERDICT_4" when 2 then 'invalid_sha256' end as "REASON_4", case when "VERDICT_5" = 1 then hex_decode_binary(substr("CLEAN_5", 2)) else sha2_binary(case "VERDICT_5" when 0 then "CLEAN_5" when 2 then lower(substr("CLEAN_5", 2)) when 3 then "RAW_5" end, 256) end as "DIGEST_5", case "VERDICT_5" when 3 then 'invalid_device_id' end as "REASON_5", case when "VERDICT_6" = 1 then hex_decode_binary(substr("CLEAN_6", 2)) else sha2_binary(case "VERDICT_6" when 0 then "CLEAN_6" when 2 then "RAW_6" end, 256) end as "DIGEST_6", case "VERDICT_6" when 2 then 'invalid_sha512' end as "REASON_6", case when "VERDICT_7" = 1 then hex_decode_binary(substr("CLEAN_7", 2)) else sha2_binary(case "VERDICT_7" when 0 then "CLEAN_7" when 2 then lower(case when substr("CLEAN_7", 2) like '@%' then substr(substr("CLEAN_7", 2), 2) else substr("CLEAN_7", 2) end) when 3 then "RAW_7" end, 256) end as "DIGEST_7", case "VERDICT_7" when 3 then 'invalid_handle' end as "REASON_7" from (select *, case when "CLEAN_1" is null or "CLEAN_1" = ' ' then null when "CLEAN_1" not like ' %' then 0 when length(substr("CLEAN_1", 2)) = 64 and (regexp_instr(substr("CLEAN_1", 2), '^[0-9a-fA-F]{64}$') > 0) then 1 when length(substr("CLEAN_1", 2)) = 128 and (regexp_instr(substr("CLEAN_1", 2), '^[0-9a-fA-F]{128}$') > 0) then null when length(substr("CLEAN_1", 2)) <= 254 and (regexp_instr(substr("CLEAN_1", 2), '^[a-zA-Z0-9!#$%&''*+/=?^_`{|}~.\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏-]+@([a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏]([-a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏]*[a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏])?[.])+[a-zA-Z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏][-a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏]*[a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏]$') > 0) and not (length(substr("CLEAN_1", 2)) > 64 and (regexp_instr(substr("CLEAN_1", 2), '^[^@]{65}|@([^@]*[.])?[^.@]{64}') > 0)) then 2 when 1 = 1 then 3 end as "VERDICT_1", case when "CLEAN_2" is null or "CLEAN_2" = ' ' then null when "CLEAN_2" not like ' %' then 0 when length(substr("CLEAN_2", 2)) = 128 and (regexp_instr(substr("CLEAN_2", 2), '^[0-9a-fA-F]{128}$') > 0) then 1  end as "VERDICT_2", case when "CLEAN_3" is null or "CLEAN_3" = ' ' then null when "CLEAN_3" not like ' %' then 0 when length(substr("CLEAN_3", 2)) = 64 and (regexp_instr(substr("CLEAN_3", 2), '^[0-9a-fA-F]{64}$') > 0) then 1 when substr("CLEAN_3", 2) like '+%' and length(substr("CLEAN_3", 2)) between 9 and 16 and (regexp_instr(substr("CLEAN_3", 2), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') > 0) then 2 when substr("CLEAN_3", 2) like '00%' and length(('+' || substr(substr("CLEAN_3", 2), 3))) between 9 and 16 and (regexp_instr(('+' || substr(substr("CLEAN_3", 2), 3)), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') > 0) then 3 when (regexp_instr(substr("CLEAN_3", 2), '^([+]|00)[0-9]{9,16}$') > 0) and (regexp_instr(substr("CLEAN_3", 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0[1-9]') > 0) then 4 when substr("CLEAN_3", 2) like '+%' or substr("CLEAN_3", 2) like '00%' then 5 when (regexp_instr(substr("CLEAN_3", 2), '^[0-9]{5,15}$') > 0) then 6 when 1 = 1 then 7 end as "VERDICT_3", case when "CLEAN_4" is null or "CLEAN_4" = ' ' then null when "CLEAN_4" not like ' %' then 0 when length(substr("CLEAN_4", 2)) = 64 and (regexp_instr(substr("CLEAN_4", 2), '^[0-9a-fA-F]{64}$') > 0) then 1 when 1 = 1 then 2 end as "VERDICT_4", case when "CLEAN_5" is null or "CLEAN_5" = ' ' then null when "CLEAN_5" not like ' %' then 0 when length(substr("CLEAN_5", 2)) = 64 and (regexp_instr(substr("CLEAN_5", 2), '^[0-9a-fA-F]{64}$') > 0) then 1 when (regexp_instr(substr("CLEAN_5", 2), '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$') > 0) and substr("CLEAN_5", 2) not in ('00000000-0000-0000-0000-000000000000', '0000000000000000') then 2 when 1 = 1 then 3 end as "VERDICT_5", case when "CLEAN_6" is null or "CLEAN_6" = ' ' then null when "CLEAN_6" not like ' %' then 0 when length(substr("CLEAN_6", 2)) = 128 and (regexp_instr(substr("CLEAN_6", 2), '^[0-9a-fA-F]{128}$') > 0) then 1 when 1 = 1 then 2 end as "VERDICT_6", case when "CLEAN_7" is null or "CLEAN_7" = ' ' then null when "CLEAN_7" not like ' %' then 0 when (regexp_instr(substr("CLEAN_7", 2), '^@?[a-zA-Z0-9_]{1,15}$') > 0) then 2 when 1 = 1 then 3 end as "VERDICT_7" from (select member_no, member_key, md5_binary(concat(coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(length("RAW_1") as varchar), ''), coalesce(cast(':' as varchar), ''), coalesce(cast("RAW_1" as varchar), ''), coalesce(cast(length("RAW_2") as varchar), ''), coalesce(cast(':' as varchar), ''), coalesce(cast("RAW_2" as varchar), ''), coalesce(cast(length("RAW_3") as varchar), ''), coalesce(cast(':' as varchar), ''), coalesce(cast("RAW_3" as varchar), ''), coalesce(cast(length("RAW_4") as varchar), ''), coalesce(cast(':' as varchar), ''), coalesce(cast("RAW_4" as varchar), ''), coalesce(cast(length("RAW_5") as varchar), ''), coalesce(cast(':' as varchar), ''), coalesce(cast("RAW_5" as varchar), ''), coalesce(cast(length("RAW_6") as varchar), ''), coalesce(cast(':' as varchar), ''), coalesce(cast("RAW_6" as varchar), ''), coalesce(cast(length("RAW_7") as varchar), ''), coalesce(cast(':' as varchar), ''), coalesce(cast("RAW_7" as varchar), ''))) as fingerprint, "RAW_1", "RAW_2", "RAW_3", "RAW_4", "RAW_5", "RAW_6", "RAW_7", case when length("RAW_1") <= 64 and (regexp_instr("RAW_1", '^[a-zA-Z0-9!#$%&''*+/=?^_`{|}~.-]+@([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?[.])+[a-zA-Z][-a-zA-Z0-9]*[a-zA-Z0-9]$') > 0) then lower("RAW_1") else ' ' || trim("RAW_1", ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end as "CLEAN_1", case when 1 = 0 then "RAW_2" else ' ' || case when length("RAW_2") >= 128 then trim("RAW_2", ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end end as "CLEAN_2", case when length("RAW_3") between 9 and 16 and (regexp_instr("RAW_3", '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') > 0) then "RAW_3" else ' ' || case
  when (regexp_instr("RAW_3", '^[+]?[0-9]+$') > 0) or length("RAW_3") = 64 then "RAW_3"
  when (regexp_instr("RAW_3", '^[-+()./ ]*[0-9][-+()./ 0-9]*$') > 0) then translate("RAW_3", ' ()-./', '')
  when (regexp_instr("RAW_3", '^[^0-9xX#]*[0-9]') > 0) then regexp_replace("RAW_3", '[;,]?[ \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]*([eE][xX][tT][a-zA-Z]*|[xX#])[.:=]?[ \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]*[0-9]*[ \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]*$|[-()./\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212 \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]+', '')
  else trim("RAW_3", ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end end as "CLEAN_3", case when 1 = 0 then "RAW_4" else ' ' || trim("RAW_4", ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end as "CLEAN_4", case when (regexp_instr("RAW_5", '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$') > 0) and "RAW_5" not in ('00000000-0000-0000-0000-000000000000', '0000000000000000') then "RAW_5" else ' ' || trim("RAW_5", ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end as "CLEAN_5", case when 1 = 0 then "RAW_6" else ' ' || trim("RAW_6", ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end as "CLEAN_6", case when (regexp_instr("RAW_7", '^[a-zA-Z0-9_]{1,15}$') > 0) then lower("RAW_7") else ' ' || trim("RAW_7", ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end as "CLEAN_7" from (select c.member_no, s.* from (select case when collate(cast(s."id" as varchar), '') <> '' then hex_encode(sha2_binary(collate(cast(s."id" as varchar), ''), 256), 0) end as member_key, collate(cast(s."c0" as varchar), '') as "RAW_1", collate(cast(s."c1" as varchar), '') as "RAW_2", collate(cast(s."c2" as varchar), '') as "RAW_3", collate(cast(s."c3" as varchar), '') as "RAW_4", collate(cast(s."c4" as varchar), '') as "RAW_5", collate(cast(s."c5" as varchar), '') as "RAW_6", collate(cast(s."c6" as varchar), '') as "RAW_7" from (select * from people
) as s) as s
join "TIDEMARK_CHANGED_MEMBERS" as c on c.member_key = s.member_key) as r) as n) as n;
-- 1: 1|mapping|

create or replace temporary table "TIDEMARK_READ_MEMBERS" as select * from "TIDEMARK_ARRIVALS";

-- # wanted

create or replace temporary table "TIDEMARK_SEVERAL" as select member_no from "TIDEMARK_READ_MEMBERS" group by member_no having count(*) > 1;

create or replace temporary table "TIDEMARK_WANTED_ROWS" as select distinct member_no, member_key, field, digest from (select member_no, member_key, cast('EMAIL_SHA256' as varchar) as field, "DIGEST_1" as digest
from "TIDEMARK_READ_MEMBERS" where "DIGEST_1" is not null and "REASON_1" is null union all select member_no, member_key, cast('PHONE_SHA256' as varchar) as field, "DIGEST_2" as digest
from "TIDEMARK_READ_MEMBERS" where "DIGEST_2" is not null and "REASON_2" is null) as w where member_no in (select member_no from "TIDEMARK_SEVERAL");

create or replace temporary table "TIDEMARK_OVERSIZED" as select member_no, min(member_key) as member_key, count(*) as identifiers from "TIDEMARK_WANTED_ROWS"
group by member_no having count(*) > 100;

delete from "TIDEMARK_WANTED_ROWS" where member_no in (select member_no from "TIDEMARK_OVERSIZED");

create or replace temporary table "TIDEMARK_WANTED" as select * from (select member_no, member_key, cast('EMAIL_SHA256' as varchar) as field, "DIGEST_1" as digest
from "TIDEMARK_READ_MEMBERS" where "DIGEST_1" is not null and "REASON_1" is null union all select member_no, member_key, cast('PHONE_SHA256' as varchar) as field, "DIGEST_2" as digest
from "TIDEMARK_READ_MEMBERS" where "DIGEST_2" is not null and "REASON_2" is null) as w where member_no not in (select member_no from "TIDEMARK_SEVERAL") union all select * from "TIDEMARK_WANTED_ROWS";

insert into "TIDEMARK_STATE"."DELTA_REJECTIONS-PEOPLE-TIKTOK-8" ("MEMBER_KEY", "FIELD", "REASON", "ORIGIN", "IDENTIFIERS", "VALUE") select distinct member_key, field, reason, cast('validation' as varchar) as origin, cast(1 as number(38, 0)) as identifiers, value
from (select member_key, cast(? as varchar) as field, "REASON_1" as reason, "DIGEST_1" as value from "TIDEMARK_READ_MEMBERS" union all select member_key, cast(? as varchar) as field, "REASON_2" as reason, "DIGEST_2" as value from "TIDEMARK_READ_MEMBERS") as f where reason is not null
union all select member_key, null, 'too_many_identifiers', 'validation', identifiers, null from "TIDEMARK_OVERSIZED"
union all select null, null, 'null_member_key', 'validation', n, null from (select cast(3 as number(38, 0)) as n) as k where n > 0;
-- 1: email
-- 2: phone

select reason, cast(sum(identifiers) as varchar) as identifiers from "TIDEMARK_STATE"."DELTA_REJECTIONS-PEOPLE-TIKTOK-8"
group by reason order by reason;

select cast((select count("DIGEST_1") from "TIDEMARK_READ_MEMBERS") + (select count("DIGEST_2") from "TIDEMARK_READ_MEMBERS") as varchar) as checked;

-- # delta

create or replace temporary table "TIDEMARK_CHANGED_OR_KEPT" as select c.member_no, l.* from "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK" as l
left join "TIDEMARK_CHANGED_MEMBERS" as c on c.member_key = l.member_key
where c.member_no is not null or l.state = 3;

create or replace temporary table "TIDEMARK_DROPPED" as select l.* from "TIDEMARK_CHANGED_OR_KEPT" as l where l.state <> 3
and not exists (select 1 from "TIDEMARK_WANTED" as w where w.member_no = l.member_no and w.field = l.field and w.digest = l.digest);

create or replace temporary table "TIDEMARK_CANDIDATES" as select field, digest from "TIDEMARK_DROPPED" union distinct select field, digest from "TIDEMARK_CHANGED_OR_KEPT" where state = 3;

create or replace temporary table "TIDEMARK_SHARERS" as select l.*, c.member_no from "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK" as l
join (select field, digest from "TIDEMARK_WANTED" union distinct select field, digest from "TIDEMARK_CANDIDATES") as d on d.field = l.field and d.digest = l.digest
left join "TIDEMARK_CHANGED_MEMBERS" as c on c.member_key = l.member_key;

create or replace temporary table "TIDEMARK_PLACEHOLDERS" as with held as (select field, digest from "TIDEMARK_WANTED" union all select field, digest from "TIDEMARK_SHARERS" where state <> 3 and member_no is null),
suspects as (select mod(md5_number_lower64(hex_encode("DIGEST")), 1250) as h from held group by 1 having count(*) > 20)
select field, digest from held where mod(md5_number_lower64(hex_encode("DIGEST")), 1250) in (select h from suspects)
group by field, digest having count(*) > 20;

create or replace temporary table "TIDEMARK_HOLDERS" as select s.* from "TIDEMARK_SHARERS" as s
join "TIDEMARK_CANDIDATES" as d on d.field = s.field and d.digest = s.digest;

create or replace temporary table "TIDEMARK_UNWANTED" as select d.field, d.digest, q.field is not null as waits from "TIDEMARK_CANDIDATES" as d
left join (select distinct field, digest from "TIDEMARK_STATE"."QUARANTINE_PEOPLE-TIKTOK" as x where x.op = 'remove' and x.until_at > cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) as q on q.field = d.field and q.digest = d.digest
where not exists (select 1 from "TIDEMARK_WANTED" as x where x.field = d.field and x.digest = d.digest)
  and not exists (select 1 from "TIDEMARK_HOLDERS" as x where x.field = d.field and x.digest = d.digest and x.member_no is null and x.state <> 3);

create or replace temporary table "TIDEMARK_WAITING_MEMBERS" as select distinct h.member_key from "TIDEMARK_HOLDERS" as h
join "TIDEMARK_UNWANTED" as u on u.field = h.field and u.digest = h.digest where u.waits;

create or replace temporary table "TIDEMARK_GONE" as select distinct u.field, u.digest from "TIDEMARK_UNWANTED" as u
join "TIDEMARK_HOLDERS" as h on h.field = u.field and h.digest = u.digest
where not u.waits and h.member_key not in (select member_key from "TIDEMARK_WAITING_MEMBERS");

create or replace temporary table "TIDEMARK_TOUCHED" as select distinct h.member_key, h.member_no from "TIDEMARK_HOLDERS" as h
join "TIDEMARK_GONE" as g on g.field = h.field and g.digest = h.digest;

select cast(count(*) as varchar) as members from "TIDEMARK_TOUCHED" where member_no is null;

create or replace temporary table "TIDEMARK_EXPOSED" as select distinct l.field, l.digest, false as elsewhere from "TIDEMARK_CHANGED_OR_KEPT" as l join "TIDEMARK_TOUCHED" as t on t.member_no = l.member_no
union distinct select l.field, l.digest, true from "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK" as l join "TIDEMARK_TOUCHED" as t on t.member_key = l.member_key where t.member_no is null;

create or replace temporary table "TIDEMARK_AGAIN_MEMBERS" as select l.member_key from "TIDEMARK_SHARERS" as l join "TIDEMARK_EXPOSED" as e on e.field = l.field and e.digest = l.digest
union distinct select l.member_key from "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK" as l join (select * from "TIDEMARK_EXPOSED" where elsewhere) as e on e.field = l.field and e.digest = l.digest
union distinct select w.member_key from "TIDEMARK_WANTED" as w join "TIDEMARK_EXPOSED" as e on e.field = w.field and e.digest = w.digest;

create or replace temporary table "TIDEMARK_OUTSIDE" as select member_key, row_number() over (order by null) + (select coalesce(max(member_no), 0) from "TIDEMARK_CHANGED_MEMBERS") as member_no
from (select distinct m.member_key from (select member_key from "TIDEMARK_TOUCHED"
union all select member_key from "TIDEMARK_WAITING_MEMBERS"
union all select member_key from "TIDEMARK_AGAIN_MEMBERS") as m
  left join "TIDEMARK_CHANGED_MEMBERS" as c on c.member_key = m.member_key where c.member_key is null) as o;

select cast(count(*) as varchar) as members from "TIDEMARK_OUTSIDE";

insert into "TIDEMARK_STATE"."HELD-PEOPLE-TIKTOK-8" ("MEMBER_NO", "MEMBER_KEY", "FIELD", "DIGEST", "STATE", "SINCE_AT", "ENTERED") select member_no, member_key, field, digest, state, since_at, entered from "TIDEMARK_CHANGED_OR_KEPT" where member_no is not null
union all select o.member_no, l.member_key, l.field, l.digest, l.state, l.since_at, l.entered
from "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK" as l join "TIDEMARK_OUTSIDE" as o on o.member_key = l.member_key;

insert into "TIDEMARK_STATE"."MEMBERS_BEFORE-PEOPLE-TIKTOK-8" ("MEMBER_KEY", "FINGERPRINT", "STANDING") select member_key, fingerprint, standing from "TIDEMARK_STATE"."LEDGER_MEMBERS_PEOPLE-TIKTOK"
where member_key in (select member_key from "TIDEMARK_CHANGED_MEMBERS" union all select member_key from "TIDEMARK_OUTSIDE");

create or replace temporary table "TIDEMARK_OTHERS" as select c.member_no from "TIDEMARK_CHANGED_MEMBERS" as c join "TIDEMARK_STATE"."MEMBERS_BEFORE-PEOPLE-TIKTOK-8" as l on l.member_key = c.member_key
union distinct select member_no from "TIDEMARK_CHANGED_OR_KEPT" where member_no is not null
union distinct select w.member_no from "TIDEMARK_WANTED" as w join (select field, digest from "TIDEMARK_PLACEHOLDERS"
union all select field, digest from "TIDEMARK_STATE"."QUARANTINE_PEOPLE-TIKTOK" where op = 'add' and until_at > cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) as r on r.field = w.field and r.digest = w.digest
union distinct select member_no from "TIDEMARK_SEVERAL"
union distinct select member_no from "TIDEMARK_CHANGED_MEMBERS" where due
union distinct select member_no from "TIDEMARK_READ_MEMBERS" where "REASON_1" is not null or "REASON_2" is not null or ("DIGEST_1" is null and "DIGEST_2" is null);

insert into "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" ("OP", "MEMBER_NO", "UNIT", "LEADS", "MEMBER_KEY", "FIELD", "DIGEST", "PRIOR", "CONFIRMED_BEFORE", "WAITS", "HOLD_REASON", "HOLD_UNTIL_AT") select op, member_no, (case when op = ? and field = ? then cast(0 as number(38, 0)) when op = ? and field = ? then cast(1000000000000 as number(38, 0)) when op = ? and field = ? then cast(2000000000000 as number(38, 0)) when op = ? and field = ? then cast(3000000000000 as number(38, 0)) when op = ? and field = ? then cast(4000000000000 as number(38, 0)) when op = ? and field = ? then cast(5000000000000 as number(38, 0)) when op = ? and field = ? then cast(6000000000000 as number(38, 0)) when op = ? and field = ? then cast(7000000000000 as number(38, 0)) when op = ? and field = ? then cast(8000000000000 as number(38, 0)) when op = ? and field = ? then cast(9000000000000 as number(38, 0)) end + send_no) as unit, coalesce(send_no = member_no and op in ('add', 'remove'), false) as leads,
  member_key, field, digest, prior, confirmed_before, waits, hold_reason, hold_until_at from (with adds as (select a.*, case when p.digest is not null then 'shared_by_many' else q.reason end as hold_reason, q.until_at as hold_until_at
from (select w.member_no, w.member_key, w.field, w.digest, coalesce(l.state, 0) as prior, l.since_at is not null as confirmed_before
from "TIDEMARK_WANTED" as w join "TIDEMARK_OTHERS" as k on k.member_no = w.member_no
left join "TIDEMARK_CHANGED_OR_KEPT" as l on l.member_no = w.member_no and l.field = w.field and l.digest = w.digest
where l.state is null or l.state <> 1 or w.member_key in (select member_key from "TIDEMARK_AGAIN_MEMBERS") or l.since_at <= timestampadd(millisecond, cast(-28944000000 as number(38, 0)), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) union all select o.member_no, l.member_key, l.field, l.digest, l.state as prior, l.since_at is not null as confirmed_before
from "TIDEMARK_STATE"."HELD-PEOPLE-TIKTOK-8" as l
join "TIDEMARK_OUTSIDE" as o on o.member_no = l.member_no
where l.state <> 3 and l.member_key in (select member_key from "TIDEMARK_AGAIN_MEMBERS")) as a
left join "TIDEMARK_PLACEHOLDERS" as p on p.field = a.field and p.digest = a.digest
left join (select field, digest, max(reason) as reason, max(until_at) as until_at from "TIDEMARK_STATE"."QUARANTINE_PEOPLE-TIKTOK"
  where op = 'add' and until_at > cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz) group by field, digest) as q on q.field = a.field and q.digest = a.digest), removes as (select coalesce(h.member_no, o.member_no) as member_no, h.member_key, h.field, h.digest, h.state, h.since_at,
  h.member_key in (select member_key from "TIDEMARK_WAITING_MEMBERS") as waits
from "TIDEMARK_HOLDERS" as h
join "TIDEMARK_GONE" as g on g.field = h.field and g.digest = h.digest
left join "TIDEMARK_OUTSIDE" as o on o.member_key = h.member_key)
select case when a.hold_reason is null then 'add' else 'hold' end as op, a.member_no, a.member_no as send_no, a.member_key, a.field,
  a.digest, a.prior, a.confirmed_before, false as waits, a.hold_reason, a.hold_until_at from adds as a
union all select 'remove', r.member_no, first_value(r.member_no) over (partition by r.field, r.digest order by r.member_key),
  r.member_key, r.field, r.digest, r.state, r.since_at is not null, r.waits, cast(null as varchar), cast(null as timestamp_ntz) from removes as r
union all select 'keep', d.member_no, cast(null as number(38, 0)), d.member_key, d.field, d.digest, d.state, d.since_at is not null,
  d.member_key in (select member_key from "TIDEMARK_WAITING_MEMBERS"), cast(null as varchar), cast(null as timestamp_ntz) from "TIDEMARK_DROPPED" as d
where not exists (select 1 from "TIDEMARK_GONE" as g where g.field = d.field and g.digest = d.digest)
union all select 'keep', coalesce(h.member_no, o.member_no), cast(null as number(38, 0)), h.member_key, h.field, h.digest, h.state, h.since_at is not null, true, cast(null as varchar), cast(null as timestamp_ntz)
from "TIDEMARK_HOLDERS" as h
join "TIDEMARK_UNWANTED" as u on u.field = h.field and u.digest = h.digest
left join "TIDEMARK_OUTSIDE" as o on o.member_key = h.member_key
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

insert into "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" ("MEMBER_NO", "MEMBER_KEY", "IN_K", "FINGERPRINT", "STANDING", "COUNTS") select c.member_no, c.member_key, true as in_k, r.fingerprint,
  case when r.fingerprint is null then 0 when r.valid and c.member_no not in (select member_no from "TIDEMARK_OVERSIZED"
union all select w.member_no from "TIDEMARK_WANTED" as w
join (select distinct w.member_no from "TIDEMARK_WANTED" as w join "TIDEMARK_PLACEHOLDERS" as p on p.field = w.field and p.digest = w.digest) as s on s.member_no = w.member_no
left join "TIDEMARK_PLACEHOLDERS" as p on p.field = w.field and p.digest = w.digest group by w.member_no having count(*) = count(p.digest)) then 2 else 1 end as standing,
  row_number() over (partition by c.member_no order by r.fingerprint) = 1 as counts
from (select * from "TIDEMARK_CHANGED_MEMBERS" where member_no in (select member_no from "TIDEMARK_OTHERS")) as c
left join (select distinct member_no, fingerprint, max(case when valid then 1 else 0 end) over (partition by member_no) = 1 as valid from (select member_no, fingerprint, ("DIGEST_1" is not null and "REASON_1" is null) or ("DIGEST_2" is not null and "REASON_2" is null) as valid from "TIDEMARK_READ_MEMBERS"
where member_no in (select member_no from "TIDEMARK_OTHERS")) as d) as r on r.member_no = c.member_no
union all select member_no, member_key, false, null, null, true from "TIDEMARK_OUTSIDE";

create view "TIDEMARK_STATE"."DELTA-PEOPLE-TIKTOK-8" as select "OP", "MEMBER_NO", "UNIT", "LEADS", "MEMBER_KEY", "FIELD", "DIGEST", "PRIOR", "CONFIRMED_BEFORE", "WAITS", "HOLD_REASON", "HOLD_UNTIL_AT" from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" union all select cast('add' as varchar), a.member_no, f.lane + a.member_no, true, a.member_key, f.field, case f.n when 1 then "DIGEST_1" when 2 then "DIGEST_2" end, 0, false, false, null, null
from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" as a cross join (select 1 as n, cast('EMAIL_SHA256' as varchar) as field, 5000000000000 as lane union all select 2 as n, cast('PHONE_SHA256' as varchar) as field, 6000000000000 as lane) as f where case f.n when 1 then "DIGEST_1" when 2 then "DIGEST_2" end is not null;

create view "TIDEMARK_STATE"."DELTA_MEMBERS-PEOPLE-TIKTOK-8" as select "MEMBER_NO", "MEMBER_KEY", "IN_K", "FINGERPRINT", "STANDING", "COUNTS" from "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" union all select member_no, member_key, true, fingerprint, 2, true from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8";

delete from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where member_no in (select member_no from "TIDEMARK_OTHERS");

-- # delta without persons

create or replace temporary table "TIDEMARK_AGAIN_MEMBERS" as select member_key from "TIDEMARK_TOUCHED" where 1 = 0;

-- # delta, nobody outside

create or replace temporary table "TIDEMARK_EXPOSED" as select distinct l.field, l.digest, false as elsewhere from "TIDEMARK_CHANGED_OR_KEPT" as l join "TIDEMARK_TOUCHED" as t on t.member_no = l.member_no;

create or replace temporary table "TIDEMARK_AGAIN_MEMBERS" as select l.member_key from "TIDEMARK_SHARERS" as l join "TIDEMARK_EXPOSED" as e on e.field = l.field and e.digest = l.digest
union distinct select w.member_key from "TIDEMARK_WANTED" as w join "TIDEMARK_EXPOSED" as e on e.field = w.field and e.digest = w.digest;

insert into "TIDEMARK_STATE"."HELD-PEOPLE-TIKTOK-8" ("MEMBER_NO", "MEMBER_KEY", "FIELD", "DIGEST", "STATE", "SINCE_AT", "ENTERED") select member_no, member_key, field, digest, state, since_at, entered from "TIDEMARK_CHANGED_OR_KEPT" where member_no is not null;

-- # guards

select
  cast((select count(*) from (select distinct member_no from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" where op = 'remove' and prior <> 3) as r where not exists (select 1 from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" as d where d.member_no = r.member_no and d.op in ('add', 'hold'))
    and not exists (select 1 from "TIDEMARK_STATE"."HELD-PEOPLE-TIKTOK-8" as l where l.member_no = r.member_no and l.state <> 3
  and not exists (select 1 from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" as d where d.member_no = r.member_no and d.field = l.field and d.digest = l.digest and d.op in ('remove', 'keep')))) as varchar) as emptied,
  cast((select count(*) from (select distinct member_no from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" where op = 'remove' and prior <> 3
    union distinct select d.member_no from "TIDEMARK_STATE"."DELTA-PEOPLE-TIKTOK-8" as d join "TIDEMARK_AGAIN_MEMBERS" as a on a.member_key = d.member_key where d.op = 'add') as t) as varchar) as touched;

select cast(segment_members as varchar) as segment_members, cast(reachable_members as varchar) as reachable_members
from (select cast(n.in_segment - b.in_segment as number(38, 0)) as segment_members, cast(n.reachable - b.reachable as number(38, 0)) as reachable_members
from (select coalesce(sum(case when standing >= 1 then 1 else 0 end), 0) as in_segment, coalesce(sum(case when standing >= 2 then 1 else 0 end), 0) as reachable from "TIDEMARK_STATE"."DELTA_MEMBERS-PEOPLE-TIKTOK-8" where in_k and counts) as n cross join (select coalesce(sum(case when standing >= 1 then 1 else 0 end), 0) as in_segment, coalesce(sum(case when standing >= 2 then 1 else 0 end), 0) as reachable from (select max(l.standing) as standing from "TIDEMARK_STATE"."MEMBERS_BEFORE-PEOPLE-TIKTOK-8" as l
  where l.member_key in (select member_key from "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" where in_k) group by l.member_key) as l) as b) as s;

select op, cast(sum("IDENTIFIERS") as varchar) as "IDENTIFIERS", cast(sum("CONFIRMED_BEFORE") as varchar) as "CONFIRMED_BEFORE", cast(sum("WAITING") as varchar) as "WAITING" from (
select op, case when (op <> 'remove' or leads) then 1 else 0 end as identifiers, case when (op <> 'remove' or leads) and confirmed_before then 1 else 0 end as confirmed_before, case when waits then 1 else 0 end as waiting, 1 as n from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8"
union all select cast('add' as varchar), count("DIGEST_1") + count("DIGEST_2"), 0, 0, count("DIGEST_1") + count("DIGEST_2") from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8") as d
group by op having sum(n) > 0 order by op;

-- # plan

create or replace temporary table "TIDEMARK_HELD" as select member_no, member_key, field, digest, state, since_at, entered from "TIDEMARK_CHANGED_OR_KEPT" where member_no is not null
union all select o.member_no, l.member_key, l.field, l.digest, l.state, l.since_at, l.entered
from "TIDEMARK_LEDGER_IDENTIFIERS" as l join "TIDEMARK_OUTSIDE" as o on o.member_key = l.member_key;

create or replace temporary table "TIDEMARK_MEMBERS_BEFORE" as select member_key, fingerprint, standing from "TIDEMARK_LEDGER_MEMBERS"
where member_key in (select member_key from "TIDEMARK_CHANGED_MEMBERS" union all select member_key from "TIDEMARK_OUTSIDE");

create or replace temporary table "TIDEMARK_DELTA_ROWS" as select op, member_no, (case when op = ? and field = ? then cast(0 as number(38, 0)) when op = ? and field = ? then cast(1000000000000 as number(38, 0)) when op = ? and field = ? then cast(2000000000000 as number(38, 0)) when op = ? and field = ? then cast(3000000000000 as number(38, 0)) when op = ? and field = ? then cast(4000000000000 as number(38, 0)) when op = ? and field = ? then cast(5000000000000 as number(38, 0)) when op = ? and field = ? then cast(6000000000000 as number(38, 0)) when op = ? and field = ? then cast(7000000000000 as number(38, 0)) when op = ? and field = ? then cast(8000000000000 as number(38, 0)) when op = ? and field = ? then cast(9000000000000 as number(38, 0)) end + send_no) as unit, coalesce(send_no = member_no and op in ('add', 'remove'), false) as leads,
  member_key, field, digest, prior, confirmed_before, waits, hold_reason, hold_until_at from (with adds as (select a.*, case when p.digest is not null then 'shared_by_many' else q.reason end as hold_reason, q.until_at as hold_until_at
from (select w.member_no, w.member_key, w.field, w.digest, coalesce(l.state, 0) as prior, l.since_at is not null as confirmed_before
from "TIDEMARK_WANTED" as w join "TIDEMARK_OTHERS" as k on k.member_no = w.member_no
left join "TIDEMARK_CHANGED_OR_KEPT" as l on l.member_no = w.member_no and l.field = w.field and l.digest = w.digest
 union all select o.member_no, l.member_key, l.field, l.digest, l.state as prior, l.since_at is not null as confirmed_before
from "TIDEMARK_HELD" as l
join "TIDEMARK_OUTSIDE" as o on o.member_no = l.member_no
where l.state <> 3 and l.member_key in (select member_key from "TIDEMARK_AGAIN_MEMBERS")) as a
left join "TIDEMARK_PLACEHOLDERS" as p on p.field = a.field and p.digest = a.digest
left join (select field, digest, max(reason) as reason, max(until_at) as until_at from "TIDEMARK_QUARANTINE"
  where op = 'add' and until_at > cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz) group by field, digest) as q on q.field = a.field and q.digest = a.digest), removes as (select coalesce(h.member_no, o.member_no) as member_no, h.member_key, h.field, h.digest, h.state, h.since_at,
  h.member_key in (select member_key from "TIDEMARK_WAITING_MEMBERS") as waits
from "TIDEMARK_HOLDERS" as h
join "TIDEMARK_GONE" as g on g.field = h.field and g.digest = h.digest
left join "TIDEMARK_OUTSIDE" as o on o.member_key = h.member_key)
select case when a.hold_reason is null then 'add' else 'hold' end as op, a.member_no, a.member_no as send_no, a.member_key, a.field,
  a.digest, a.prior, a.confirmed_before, false as waits, a.hold_reason, a.hold_until_at from adds as a
union all select 'remove', r.member_no, first_value(r.member_no) over (partition by r.field, r.digest order by r.member_key),
  r.member_key, r.field, r.digest, r.state, r.since_at is not null, r.waits, cast(null as varchar), cast(null as timestamp_ntz) from removes as r
union all select 'keep', d.member_no, cast(null as number(38, 0)), d.member_key, d.field, d.digest, d.state, d.since_at is not null,
  d.member_key in (select member_key from "TIDEMARK_WAITING_MEMBERS"), cast(null as varchar), cast(null as timestamp_ntz) from "TIDEMARK_DROPPED" as d
where not exists (select 1 from "TIDEMARK_GONE" as g where g.field = d.field and g.digest = d.digest)
union all select 'keep', coalesce(h.member_no, o.member_no), cast(null as number(38, 0)), h.member_key, h.field, h.digest, h.state, h.since_at is not null, true, cast(null as varchar), cast(null as timestamp_ntz)
from "TIDEMARK_HOLDERS" as h
join "TIDEMARK_UNWANTED" as u on u.field = h.field and u.digest = h.digest
left join "TIDEMARK_OUTSIDE" as o on o.member_key = h.member_key
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

create or replace temporary table "TIDEMARK_DELTA_MEMBER_ROWS" as select c.member_no, c.member_key, true as in_k, r.fingerprint,
  case when r.fingerprint is null then 0 when r.valid and c.member_no not in (select member_no from "TIDEMARK_OVERSIZED"
union all select w.member_no from "TIDEMARK_WANTED" as w
join (select distinct w.member_no from "TIDEMARK_WANTED" as w join "TIDEMARK_PLACEHOLDERS" as p on p.field = w.field and p.digest = w.digest) as s on s.member_no = w.member_no
left join "TIDEMARK_PLACEHOLDERS" as p on p.field = w.field and p.digest = w.digest group by w.member_no having count(*) = count(p.digest)) then 2 else 1 end as standing,
  true as counts
from (select * from "TIDEMARK_CHANGED_MEMBERS" where member_no in (select member_no from "TIDEMARK_OTHERS")) as c
left join (select member_no, fingerprint, ("DIGEST_1" is not null and "REASON_1" is null) or ("DIGEST_2" is not null and "REASON_2" is null) as valid from "TIDEMARK_READ_MEMBERS"
where member_no in (select member_no from "TIDEMARK_OTHERS")) as r on r.member_no = c.member_no
union all select member_no, member_key, false, null, null, true from "TIDEMARK_OUTSIDE";

create or replace temporary table "TIDEMARK_ARRIVALS" as select member_no, member_key, fingerprint, case when "VERDICT_1" = 1 then hex_decode_binary(substr("CLEAN_1", 2)) else sha2_binary(case "VERDICT_1" when 0 then "CLEAN_1" when 2 then lower(translate(substr("CLEAN_1", 2), '\u0130\u03a3', 'i\u03c3')) when 3 then "RAW_1" end, 256) end as "DIGEST_1", case "VERDICT_1" when 3 then 'invalid_email' end as "REASON_1", case when "VERDICT_2" = 1 then hex_decode_binary(substr("CLEAN_2", 2)) else sha2_binary(case "VERDICT_2" when 0 then "CLEAN_2" when 2 then substr("CLEAN_2", 2) when 3 then ('+' || substr(substr("CLEAN_2", 2), 3)) when 4 then regexp_replace(substr("CLEAN_2", 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0', '+\\2') when 5 then "RAW_2" when 6 then '+33' || case when (regexp_instr(substr("CLEAN_2", 2), '^0([1-9][0-9]{8,8})$') > 0) then substr(substr("CLEAN_2", 2), 2) else substr("CLEAN_2", 2) end when 7 then '+' || substr("CLEAN_2", 2) when 8 then "RAW_2" end, 256) end as "DIGEST_2", case "VERDICT_2" when 5 then 'invalid_phone' when 8 then 'invalid_phone' end as "REASON_2" from (select *, case when "CLEAN_1" is null or "CLEAN_1" = ' ' then null when "CLEAN_1" not like ' %' then 0 when length(substr("CLEAN_1", 2)) = 64 and (regexp_instr(substr("CLEAN_1", 2), '^[0-9a-fA-F]{64}$') > 0) then 1 when length(substr("CLEAN_1", 2)) <= 254 and (regexp_instr(substr("CLEAN_1", 2), '^[a-zA-Z0-9!#$%&''*+/=?^_`{|}~.\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏-]+@([a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏]([-a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏]*[a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏])?[.])+[a-zA-Z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏][-a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏]*[a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\ud7ff\uf900-\ufdcf𠀀-𱍏]$') > 0) and not (length(substr("CLEAN_1", 2)) > 64 and (regexp_instr(substr("CLEAN_1", 2), '^[^@]{65}|@([^@]*[.])?[^.@]{64}') > 0)) then 2 when 1 = 1 then 3 end as "VERDICT_1", case when "CLEAN_2" is null or "CLEAN_2" = ' ' then null when "CLEAN_2" not like ' %' then 0 when substr("CLEAN_2", 2) like '+%' and length(substr("CLEAN_2", 2)) between 9 and 16 and (regexp_instr(substr("CLEAN_2", 2), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') > 0) then 2 when substr("CLEAN_2", 2) like '00%' and length(('+' || substr(substr("CLEAN_2", 2), 3))) between 9 and 16 and (regexp_instr(('+' || substr(substr("CLEAN_2", 2), 3)), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') > 0) then 3 when (regexp_instr(substr("CLEAN_2", 2), '^([+]|00)[0-9]{9,16}$') > 0) and (regexp_instr(substr("CLEAN_2", 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0[1-9]') > 0) then 4 when substr("CLEAN_2", 2) like '+%' or substr("CLEAN_2", 2) like '00%' then 5 when (regexp_instr(substr("CLEAN_2", 2), '^(0)?([1-9][0-9]{8,8})$') > 0) then 6 when (regexp_instr(substr("CLEAN_2", 2), '^33([1-9][0-9]{8,8})$') > 0) then 7 when 1 = 1 then 8 end as "VERDICT_2" from (select member_no, member_key, md5_binary(concat(coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(length("RAW_1") as varchar), ''), coalesce(cast(':' as varchar), ''), coalesce(cast("RAW_1" as varchar), ''), coalesce(cast(length("RAW_2") as varchar), ''), coalesce(cast(':' as varchar), ''), coalesce(cast("RAW_2" as varchar), ''))) as fingerprint, "RAW_1", "RAW_2", case when length("RAW_1") <= 64 and (regexp_instr("RAW_1", '^[a-zA-Z0-9!#$%&''*+/=?^_`{|}~.-]+@([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?[.])+[a-zA-Z][-a-zA-Z0-9]*[a-zA-Z0-9]$') > 0) then lower("RAW_1") else ' ' || trim("RAW_1", ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end as "CLEAN_1", case when length("RAW_2") between 9 and 16 and (regexp_instr("RAW_2", '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') > 0) then "RAW_2" else ' ' || case
  when (regexp_instr("RAW_2", '^[+]?[0-9]+$') > 0) or length("RAW_2") = 64 then "RAW_2"
  when (regexp_instr("RAW_2", '^[-+()./ ]*[0-9][-+()./ 0-9]*$') > 0) then translate("RAW_2", ' ()-./', '')
  when (regexp_instr("RAW_2", '^[^0-9xX#]*[0-9]') > 0) then regexp_replace("RAW_2", '[;,]?[ \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]*([eE][xX][tT][a-zA-Z]*|[xX#])[.:=]?[ \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]*[0-9]*[ \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]*$|[-()./\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212 \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]+', '')
  else trim("RAW_2", ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end end as "CLEAN_2" from (select c.member_no, s.* from (select nullif(collate(cast(s."id" as varchar), ''), '') as member_key, collate(cast(s."work email" as varchar), '') as "RAW_1", collate(cast(s."phone" as varchar), '') as "RAW_2" from "shop"."people" as s where s."country" in (?, ?) and s."spent" >= cast(? as float) and s."orders" > cast(? as number(38, 0)) and s."active" = cast(? as boolean) and s."left_at" is null) as s
join "TIDEMARK_CHANGED_MEMBERS" as c on c.member_key = s.member_key) as r) as n) as n;
-- 1: 1|mapping|
-- 2: FR
-- 3: DE
-- 4: 12.5
-- 5: 3
-- 6: true

create or replace temporary table "TIDEMARK_READ_MEMBERS" as select * from "TIDEMARK_ARRIVALS";

create or replace temporary table "TIDEMARK_DELTA" as select "OP", "MEMBER_NO", "UNIT", "LEADS", "MEMBER_KEY", "FIELD", "DIGEST", "PRIOR", "CONFIRMED_BEFORE", "WAITS", "HOLD_REASON", "HOLD_UNTIL_AT" from "TIDEMARK_DELTA_ROWS" union all select cast('add' as varchar), a.member_no, f.lane + a.member_no, true, a.member_key, f.field, case f.n when 1 then "DIGEST_1" when 2 then "DIGEST_2" end, 0, false, false, null, null
from "TIDEMARK_ARRIVALS" as a cross join (select 1 as n, cast('EMAIL_SHA256' as varchar) as field, 5000000000000 as lane union all select 2 as n, cast('PHONE_SHA256' as varchar) as field, 6000000000000 as lane) as f where case f.n when 1 then "DIGEST_1" when 2 then "DIGEST_2" end is not null;

create or replace temporary table "TIDEMARK_DELTA_MEMBERS" as select "MEMBER_NO", "MEMBER_KEY", "IN_K", "FINGERPRINT", "STANDING", "COUNTS" from "TIDEMARK_DELTA_MEMBER_ROWS" union all select member_no, member_key, true, fingerprint, 2, true from "TIDEMARK_ARRIVALS";

select
  cast((select count(distinct member_key) from "TIDEMARK_DELTA" where op = 'add' and member_key not in (select member_key from "TIDEMARK_LEDGER_IDENTIFIERS" where entered and state <> 3)) as varchar) as entering,
  cast((select count(*) from (select distinct member_key from "TIDEMARK_DELTA" where op in ('remove', 'keep') and member_key in (select member_key from "TIDEMARK_LEDGER_IDENTIFIERS" where entered and state <> 3)) as r
    where r.member_key not in (select member_key from "TIDEMARK_DELTA" where op = 'add') and not exists (select 1 from "TIDEMARK_LEDGER_IDENTIFIERS" as l where l.member_key = r.member_key and l.state <> 3
  and not exists (select 1 from "TIDEMARK_DELTA" as d where d.member_key = l.member_key and d.field = l.field and d.digest = l.digest
    and d.op in ('remove', 'keep')))) as varchar) as leaving;

select hold_reason as reason, cast(count(*) as varchar) as identifiers from "TIDEMARK_DELTA"
where op = 'hold' group by hold_reason order by hold_reason;

-- # batches: types

select distinct field from "TIDEMARK_STATE"."DELTA-PEOPLE-TIKTOK-8" where leads order by field;

select cast(b.batch_no as varchar) as batch_no, op, field, cast(members as varchar) as members,
  cast(identifiers as varchar) as identifiers, cast(request_rows as varchar) as request_rows, cast(bytes as varchar) as bytes,
  cast(first_unit as varchar) as first_unit, cast(last_unit as varchar) as last_unit
from "TIDEMARK_STATE"."BATCHES-PEOPLE-TIKTOK-8" as b order by b.batch_no;

-- # batches: cut of members

create or replace temporary table "TIDEMARK_UNITS" as select unit, count(*) as identifiers, 1 as request_rows,
  (cast(2 as number(38, 0)) + count(case when field = ? then 1 end) * cast(67 as number(38, 0)) + max(case when field = ? then cast(10 as number(38, 0)) else 0 end) + count(case when field = ? then 1 end) * cast(67 as number(38, 0)) + max(case when field = ? then cast(17 as number(38, 0)) else 0 end)) as bytes
from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" where leads group by unit union all select 1000000000000 + member_no, (case when "DIGEST_1" is not null then 1 else 0 end + case when "DIGEST_2" is not null then 1 else 0 end), 1, (2 + case when "DIGEST_1" is not null then 77 else 0 end + case when "DIGEST_2" is not null then 84 else 0 end) from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where true;
-- 1: email
-- 2: email
-- 3: phone_number
-- 4: phone_number

create or replace temporary table "TIDEMARK_CUTS" as with placed as (select *, unit - mod(unit, cast(1000000000000 as number(38, 0))) as lane, unit - mod(unit, cast(1000 as number(38, 0))) as part from "TIDEMARK_UNITS"),
bounds as (select lane, case when max(bytes * cast(1000 as number(38, 0)) - request_rows * cast(999949 as number(38, 0))) <= 0 then 'rows' when min(bytes * cast(1000 as number(38, 0)) - request_rows * cast(999949 as number(38, 0))) >= 0 then 'bytes' else 'both' end as bound from placed group by lane),
u as (select p.*, b.bound, case bound when 'rows' then request_rows when 'bytes' then bytes else greatest(bytes * cast(1000 as number(38, 0)), request_rows * cast(999949 as number(38, 0))) end as size from placed as p join bounds as b on b.lane = p.lane),
fits as (select lane, greatest(1, case bound when 'rows' then cast(1000 as number(38, 0)) when 'bytes' then cast(999949 as number(38, 0)) else cast(1000 as number(38, 0)) * cast(999949 as number(38, 0)) end - max(size) + 1) as fit from u group by lane, bound),
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

insert into "TIDEMARK_STATE"."BATCHES-PEOPLE-TIKTOK-8" ("BATCH_NO", "OP", "FIELD", "MEMBERS", "IDENTIFIERS", "REQUEST_ROWS", "BYTES", "FIRST_UNIT", "LAST_UNIT") select batch_no, case lane when cast(0 as number(38, 0)) then cast(? as varchar) when cast(1000000000000 as number(38, 0)) then cast(? as varchar) end as op,
  case lane when cast(0 as number(38, 0)) then cast(? as varchar) when cast(1000000000000 as number(38, 0)) then cast(? as varchar) end as field, cast(sum(members) as number(38, 0)) as members, cast(sum(identifiers) as number(38, 0)) as identifiers,
  cast(sum(request_rows) as number(38, 0)) as request_rows, cast(sum(bytes) as number(38, 0)) as bytes,
  min(first_unit) as first_unit, max(last_unit) as last_unit
from "TIDEMARK_CUTS" group by batch_no, lane;
-- 1: remove
-- 2: add
-- 3: NULL
-- 4: NULL

insert into "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" ("BATCH_NO", "PART", "FIRST_UNIT", "LAST_UNIT") select batch_no, part, first_unit, last_unit from "TIDEMARK_CUTS";

-- # batches: cut of identifiers

create or replace temporary table "TIDEMARK_UNITS" as select unit, count(*) as identifiers, count(*) as request_rows,
  sum(cast(3 as number(38, 0)) + case when field = cast(? as varchar) then 96 else 0 end + case when field = cast(? as varchar) then 96 else 0 end) as bytes
from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" where leads group by unit union all select 5000000000000 + member_no, 1, 1, cast(99 as number(38, 0)) from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where "DIGEST_1" is not null union all select 6000000000000 + member_no, 1, 1, cast(99 as number(38, 0)) from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where "DIGEST_2" is not null;
-- 1: EMAIL_SHA256
-- 2: PHONE_SHA256

create or replace temporary table "TIDEMARK_CUTS" as with placed as (select *, unit - mod(unit, cast(1000000000000 as number(38, 0))) as lane, unit - mod(unit, cast(1000 as number(38, 0))) as part from "TIDEMARK_UNITS"),
bounds as (select lane, case when max(bytes * cast(1000 as number(38, 0)) - request_rows * cast(999882 as number(38, 0))) <= 0 then 'rows' when min(bytes * cast(1000 as number(38, 0)) - request_rows * cast(999882 as number(38, 0))) >= 0 then 'bytes' else 'both' end as bound from placed group by lane),
u as (select p.*, b.bound, case bound when 'rows' then request_rows when 'bytes' then bytes else greatest(bytes * cast(1000 as number(38, 0)), request_rows * cast(999882 as number(38, 0))) end as size from placed as p join bounds as b on b.lane = p.lane),
fits as (select lane, greatest(1, case bound when 'rows' then cast(1000 as number(38, 0)) when 'bytes' then cast(999882 as number(38, 0)) else cast(1000 as number(38, 0)) * cast(999882 as number(38, 0)) end - max(size) + 1) as fit from u group by lane, bound),
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

insert into "TIDEMARK_STATE"."BATCHES-PEOPLE-TIKTOK-8" ("BATCH_NO", "OP", "FIELD", "MEMBERS", "IDENTIFIERS", "REQUEST_ROWS", "BYTES", "FIRST_UNIT", "LAST_UNIT") select batch_no, case lane when cast(0 as number(38, 0)) then cast(? as varchar) when cast(1000000000000 as number(38, 0)) then cast(? as varchar) when cast(2000000000000 as number(38, 0)) then cast(? as varchar) when cast(3000000000000 as number(38, 0)) then cast(? as varchar) when cast(4000000000000 as number(38, 0)) then cast(? as varchar) when cast(5000000000000 as number(38, 0)) then cast(? as varchar) when cast(6000000000000 as number(38, 0)) then cast(? as varchar) when cast(7000000000000 as number(38, 0)) then cast(? as varchar) when cast(8000000000000 as number(38, 0)) then cast(? as varchar) when cast(9000000000000 as number(38, 0)) then cast(? as varchar) end as op,
  case lane when cast(0 as number(38, 0)) then cast(? as varchar) when cast(1000000000000 as number(38, 0)) then cast(? as varchar) when cast(2000000000000 as number(38, 0)) then cast(? as varchar) when cast(3000000000000 as number(38, 0)) then cast(? as varchar) when cast(4000000000000 as number(38, 0)) then cast(? as varchar) when cast(5000000000000 as number(38, 0)) then cast(? as varchar) when cast(6000000000000 as number(38, 0)) then cast(? as varchar) when cast(7000000000000 as number(38, 0)) then cast(? as varchar) when cast(8000000000000 as number(38, 0)) then cast(? as varchar) when cast(9000000000000 as number(38, 0)) then cast(? as varchar) end as field, cast(sum(members) as number(38, 0)) as members, cast(sum(identifiers) as number(38, 0)) as identifiers,
  cast(sum(request_rows) as number(38, 0)) as request_rows, cast(sum(bytes) as number(38, 0)) as bytes,
  min(first_unit) as first_unit, max(last_unit) as last_unit
from "TIDEMARK_CUTS" group by batch_no, lane;
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

insert into "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" ("BATCH_NO", "PART", "FIRST_UNIT", "LAST_UNIT") select batch_no, part, first_unit, last_unit from "TIDEMARK_CUTS";

-- # batches: cut of positions

create or replace temporary table "TIDEMARK_UNITS" as select unit, count(*) as identifiers, greatest(1, count(case when field = ? then 1 end), count(case when field = ? then 1 end)) as request_rows,
  (greatest(1, count(case when field = ? then 1 end), count(case when field = ? then 1 end)) * cast(8 as number(38, 0)) + sum(0 + case when field = cast(? as varchar) then 94 else 0 end + case when field = cast(? as varchar) then 94 else 0 end)) as bytes
from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" where leads group by unit union all select 1000000000000 + member_no, (case when "DIGEST_1" is not null then 1 else 0 end + case when "DIGEST_2" is not null then 1 else 0 end), 1, (8 + case when "DIGEST_1" is not null then 94 else 0 end + case when "DIGEST_2" is not null then 94 else 0 end) from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where true;
-- 1: EMAIL_SHA256
-- 2: PHONE_SHA256
-- 3: EMAIL_SHA256
-- 4: PHONE_SHA256
-- 5: EMAIL_SHA256
-- 6: PHONE_SHA256

create or replace temporary table "TIDEMARK_CUTS" as with placed as (select *, unit - mod(unit, cast(1000000000000 as number(38, 0))) as lane, unit - mod(unit, cast(1000 as number(38, 0))) as part from "TIDEMARK_UNITS"),
bounds as (select lane, case when max(bytes * cast(1000 as number(38, 0)) - request_rows * cast(999824 as number(38, 0))) <= 0 then 'rows' when min(bytes * cast(1000 as number(38, 0)) - request_rows * cast(999824 as number(38, 0))) >= 0 then 'bytes' else 'both' end as bound from placed group by lane),
u as (select p.*, b.bound, case bound when 'rows' then request_rows when 'bytes' then bytes else greatest(bytes * cast(1000 as number(38, 0)), request_rows * cast(999824 as number(38, 0))) end as size from placed as p join bounds as b on b.lane = p.lane),
fits as (select lane, greatest(1, case bound when 'rows' then cast(1000 as number(38, 0)) when 'bytes' then cast(999824 as number(38, 0)) else cast(1000 as number(38, 0)) * cast(999824 as number(38, 0)) end - max(size) + 1) as fit from u group by lane, bound),
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

insert into "TIDEMARK_STATE"."BATCHES-PEOPLE-TIKTOK-8" ("BATCH_NO", "OP", "FIELD", "MEMBERS", "IDENTIFIERS", "REQUEST_ROWS", "BYTES", "FIRST_UNIT", "LAST_UNIT") select batch_no, case lane when cast(0 as number(38, 0)) then cast(? as varchar) when cast(1000000000000 as number(38, 0)) then cast(? as varchar) end as op,
  case lane when cast(0 as number(38, 0)) then cast(? as varchar) when cast(1000000000000 as number(38, 0)) then cast(? as varchar) end as field, cast(sum(members) as number(38, 0)) as members, cast(sum(identifiers) as number(38, 0)) as identifiers,
  cast(sum(request_rows) as number(38, 0)) as request_rows, cast(sum(bytes) as number(38, 0)) as bytes,
  min(first_unit) as first_unit, max(last_unit) as last_unit
from "TIDEMARK_CUTS" group by batch_no, lane;
-- 1: remove
-- 2: add
-- 3: NULL
-- 4: NULL

insert into "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" ("BATCH_NO", "PART", "FIRST_UNIT", "LAST_UNIT") select batch_no, part, first_unit, last_unit from "TIDEMARK_CUTS";

-- # batches: pack of members

select cast(batch_no as varchar) as batch_no, cast(sum(request_rows) as varchar) as request_rows,
  listagg("BODY", ',') as body
from (select s.batch_no, d.unit, count(*) as identifiers, 1 as request_rows,
  concat(coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(substr(concat(coalesce(cast(',"email":[' || listagg(case when d.field = ? then concat(coalesce(cast('"' as varchar), ''), coalesce(cast(hex_encode("D"."DIGEST", 0) as varchar), ''), coalesce(cast('"' as varchar), '')) end, ',') || ']' as varchar), ''), coalesce(cast(',"phone_number":[' || listagg(case when d.field = ? then concat(coalesce(cast('"' as varchar), ''), coalesce(cast(hex_encode("D"."DIGEST", 0) as varchar), ''), coalesce(cast('"' as varchar), '')) end, ',') || ']' as varchar), '')), 2) as varchar), ''), coalesce(cast(cast(? as varchar) as varchar), '')) as body
from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" as d join "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s on "S"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT"
where d.leads and "D"."UNIT" between cast(1 as number(38, 0)) and cast(9 as number(38, 0))
  and s.batch_no between cast(1 as number(38, 0)) and cast(3 as number(38, 0)) group by s.batch_no, d.unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 1000000000000 + member_no as unit, (case when "DIGEST_1" is not null then 1 else 0 end + case when "DIGEST_2" is not null then 1 else 0 end) as identifiers, concat(coalesce(cast('{' as varchar), ''), coalesce(cast(case when "DIGEST_1" is not null then '"email":["' end as varchar), ''), coalesce(cast(hex_encode("DIGEST_1", 0) as varchar), ''), coalesce(cast(case when "DIGEST_1" is not null then '"]' end as varchar), ''), coalesce(cast(case when "DIGEST_2" is not null and ("DIGEST_1" is not null) then ',' end as varchar), ''), coalesce(cast(case when "DIGEST_2" is not null then '"phone_number":["' end as varchar), ''), coalesce(cast(hex_encode("DIGEST_2", 0) as varchar), ''), coalesce(cast(case when "DIGEST_2" is not null then '"]' end as varchar), ''), coalesce(cast('}' as varchar), '')) as body from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where true) as a
join "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s on "S"."PART" = "A"."UNIT" - mod("A"."UNIT", cast(1000 as number(38, 0))) and "A"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT" where "A"."UNIT" between cast(1 as number(38, 0)) and cast(9 as number(38, 0))
  and s.batch_no between cast(1 as number(38, 0)) and cast(3 as number(38, 0))) as b group by batch_no;
-- 1: {
-- 2: email
-- 3: phone_number
-- 4: }

select listagg(cast("BODY" as varchar), '\u000a') within group (order by "UNIT") as "BODY", listagg(cast("REQUEST_ROWS" as varchar), '\u000a') within group (order by "UNIT") as "REQUEST_ROWS", listagg(cast("IDENTIFIERS" as varchar), '\u000a') within group (order by "UNIT") as "IDENTIFIERS"
from (select s.batch_no, d.unit, count(*) as identifiers, 1 as request_rows,
  concat(coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(substr(concat(coalesce(cast(',"email":[' || listagg(case when d.field = ? then concat(coalesce(cast('"' as varchar), ''), coalesce(cast(hex_encode("D"."DIGEST", 0) as varchar), ''), coalesce(cast('"' as varchar), '')) end, ',') || ']' as varchar), ''), coalesce(cast(',"phone_number":[' || listagg(case when d.field = ? then concat(coalesce(cast('"' as varchar), ''), coalesce(cast(hex_encode("D"."DIGEST", 0) as varchar), ''), coalesce(cast('"' as varchar), '')) end, ',') || ']' as varchar), '')), 2) as varchar), ''), coalesce(cast(cast(? as varchar) as varchar), '')) as body
from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" as d join "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s on "S"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT"
where d.leads and "D"."UNIT" between cast(1 as number(38, 0)) and cast(9 as number(38, 0))
  and s.batch_no between cast(1 as number(38, 0)) and cast(3 as number(38, 0)) group by s.batch_no, d.unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 1000000000000 + member_no as unit, (case when "DIGEST_1" is not null then 1 else 0 end + case when "DIGEST_2" is not null then 1 else 0 end) as identifiers, concat(coalesce(cast('{' as varchar), ''), coalesce(cast(case when "DIGEST_1" is not null then '"email":["' end as varchar), ''), coalesce(cast(hex_encode("DIGEST_1", 0) as varchar), ''), coalesce(cast(case when "DIGEST_1" is not null then '"]' end as varchar), ''), coalesce(cast(case when "DIGEST_2" is not null and ("DIGEST_1" is not null) then ',' end as varchar), ''), coalesce(cast(case when "DIGEST_2" is not null then '"phone_number":["' end as varchar), ''), coalesce(cast(hex_encode("DIGEST_2", 0) as varchar), ''), coalesce(cast(case when "DIGEST_2" is not null then '"]' end as varchar), ''), coalesce(cast('}' as varchar), '')) as body from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where true) as a
join "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s on "S"."PART" = "A"."UNIT" - mod("A"."UNIT", cast(1000 as number(38, 0))) and "A"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT" where "A"."UNIT" between cast(1 as number(38, 0)) and cast(9 as number(38, 0))
  and s.batch_no between cast(1 as number(38, 0)) and cast(3 as number(38, 0))) as b;
-- 1: {
-- 2: email
-- 3: phone_number
-- 4: }

-- # batches: pack of identifiers

select cast(batch_no as varchar) as batch_no, cast(sum(request_rows) as varchar) as request_rows,
  listagg("BODY", ',') as body
from (select s.batch_no, d.unit, count(*) as identifiers, count(*) as request_rows,
  listagg(concat(coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(case d.field when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) end as varchar), ''), coalesce(cast(concat(coalesce(cast('"' as varchar), ''), coalesce(cast(hex_encode("D"."DIGEST", 0) as varchar), ''), coalesce(cast('"' as varchar), '')) as varchar), ''), coalesce(cast(case d.field when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) end as varchar), ''), coalesce(cast(cast(? as varchar) as varchar), '')), ',') as body
from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" as d join "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s on "S"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT"
where d.leads and "D"."UNIT" between cast(1 as number(38, 0)) and cast(9 as number(38, 0))
  and s.batch_no between cast(1 as number(38, 0)) and cast(3 as number(38, 0)) group by s.batch_no, d.unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 5000000000000 + member_no as unit, 1 as identifiers, concat(coalesce(cast('[{"id":"' as varchar), ''), coalesce(cast(hex_encode("DIGEST_1", 0) as varchar), ''), coalesce(cast('","audience_ids":["aud"]}]' as varchar), '')) as body from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where "DIGEST_1" is not null) as a
join "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s on "S"."PART" = "A"."UNIT" - mod("A"."UNIT", cast(1000 as number(38, 0))) and "A"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT" where "A"."UNIT" between cast(1 as number(38, 0)) and cast(9 as number(38, 0))
  and s.batch_no between cast(1 as number(38, 0)) and cast(3 as number(38, 0)) union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 6000000000000 + member_no as unit, 1 as identifiers, concat(coalesce(cast('[{"id":"' as varchar), ''), coalesce(cast(hex_encode("DIGEST_2", 0) as varchar), ''), coalesce(cast('","audience_ids":["aud"]}]' as varchar), '')) as body from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where "DIGEST_2" is not null) as a
join "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s on "S"."PART" = "A"."UNIT" - mod("A"."UNIT", cast(1000 as number(38, 0))) and "A"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT" where "A"."UNIT" between cast(1 as number(38, 0)) and cast(9 as number(38, 0))
  and s.batch_no between cast(1 as number(38, 0)) and cast(3 as number(38, 0))) as b group by batch_no;
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

select listagg(cast("BODY" as varchar), '\u000a') within group (order by "UNIT") as "BODY", listagg(cast("REQUEST_ROWS" as varchar), '\u000a') within group (order by "UNIT") as "REQUEST_ROWS", listagg(cast("IDENTIFIERS" as varchar), '\u000a') within group (order by "UNIT") as "IDENTIFIERS"
from (select s.batch_no, d.unit, count(*) as identifiers, count(*) as request_rows,
  listagg(concat(coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(case d.field when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) end as varchar), ''), coalesce(cast(concat(coalesce(cast('"' as varchar), ''), coalesce(cast(hex_encode("D"."DIGEST", 0) as varchar), ''), coalesce(cast('"' as varchar), '')) as varchar), ''), coalesce(cast(case d.field when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) end as varchar), ''), coalesce(cast(cast(? as varchar) as varchar), '')), ',') as body
from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" as d join "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s on "S"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT"
where d.leads and "D"."UNIT" between cast(1 as number(38, 0)) and cast(9 as number(38, 0))
  and s.batch_no between cast(1 as number(38, 0)) and cast(3 as number(38, 0)) group by s.batch_no, d.unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 5000000000000 + member_no as unit, 1 as identifiers, concat(coalesce(cast('[{"id":"' as varchar), ''), coalesce(cast(hex_encode("DIGEST_1", 0) as varchar), ''), coalesce(cast('","audience_ids":["aud"]}]' as varchar), '')) as body from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where "DIGEST_1" is not null) as a
join "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s on "S"."PART" = "A"."UNIT" - mod("A"."UNIT", cast(1000 as number(38, 0))) and "A"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT" where "A"."UNIT" between cast(1 as number(38, 0)) and cast(9 as number(38, 0))
  and s.batch_no between cast(1 as number(38, 0)) and cast(3 as number(38, 0)) union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 6000000000000 + member_no as unit, 1 as identifiers, concat(coalesce(cast('[{"id":"' as varchar), ''), coalesce(cast(hex_encode("DIGEST_2", 0) as varchar), ''), coalesce(cast('","audience_ids":["aud"]}]' as varchar), '')) as body from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where "DIGEST_2" is not null) as a
join "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s on "S"."PART" = "A"."UNIT" - mod("A"."UNIT", cast(1000 as number(38, 0))) and "A"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT" where "A"."UNIT" between cast(1 as number(38, 0)) and cast(9 as number(38, 0))
  and s.batch_no between cast(1 as number(38, 0)) and cast(3 as number(38, 0))) as b;
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
  listagg("BODY", ',') as body
from (select batch_no, unit, sum(identifiers) as identifiers, count(*) as request_rows, listagg("BODY", ',') as body
from (select batch_no, unit, count(*) as identifiers, concat(coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(coalesce(max(case when d.field = ? then concat(coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(concat(coalesce(cast('"' as varchar), ''), coalesce(cast(hex_encode("D"."DIGEST", 0) as varchar), ''), coalesce(cast('"' as varchar), '')) as varchar), ''), coalesce(cast(cast(? as varchar) as varchar), '')) end), cast(? as varchar)) as varchar), ''), coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(coalesce(max(case when d.field = ? then concat(coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(concat(coalesce(cast('"' as varchar), ''), coalesce(cast(hex_encode("D"."DIGEST", 0) as varchar), ''), coalesce(cast('"' as varchar), '')) as varchar), ''), coalesce(cast(cast(? as varchar) as varchar), '')) end), cast(? as varchar)) as varchar), ''), coalesce(cast(cast(? as varchar) as varchar), '')) as body from (select s.batch_no, d.unit, d.field, d.digest, row_number() over (partition by d.unit, d.field order by d.digest) as place
from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" as d join "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s on "S"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT"
where d.leads and "D"."UNIT" between cast(1 as number(38, 0)) and cast(9 as number(38, 0))
  and s.batch_no between cast(1 as number(38, 0)) and cast(3 as number(38, 0))) as d group by batch_no, unit, place) as r group by batch_no, unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 1000000000000 + member_no as unit, (case when "DIGEST_1" is not null then 1 else 0 end + case when "DIGEST_2" is not null then 1 else 0 end) as identifiers, concat(coalesce(cast('[' as varchar), ''), coalesce(cast(case when "DIGEST_1" is null then '{}' else concat(coalesce(cast('{"id":"' as varchar), ''), coalesce(cast(hex_encode("DIGEST_1", 0) as varchar), ''), coalesce(cast('","audience_ids":["aud"]}' as varchar), '')) end as varchar), ''), coalesce(cast(',' as varchar), ''), coalesce(cast(case when "DIGEST_2" is null then '{}' else concat(coalesce(cast('{"id":"' as varchar), ''), coalesce(cast(hex_encode("DIGEST_2", 0) as varchar), ''), coalesce(cast('","audience_ids":["aud"]}' as varchar), '')) end as varchar), ''), coalesce(cast(']' as varchar), '')) as body from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where true) as a
join "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s on "S"."PART" = "A"."UNIT" - mod("A"."UNIT", cast(1000 as number(38, 0))) and "A"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT" where "A"."UNIT" between cast(1 as number(38, 0)) and cast(9 as number(38, 0))
  and s.batch_no between cast(1 as number(38, 0)) and cast(3 as number(38, 0))) as b group by batch_no;
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

select listagg(cast("BODY" as varchar), '\u000a') within group (order by "UNIT") as "BODY", listagg(cast("REQUEST_ROWS" as varchar), '\u000a') within group (order by "UNIT") as "REQUEST_ROWS", listagg(cast("IDENTIFIERS" as varchar), '\u000a') within group (order by "UNIT") as "IDENTIFIERS"
from (select batch_no, unit, sum(identifiers) as identifiers, count(*) as request_rows, listagg("BODY", ',') as body
from (select batch_no, unit, count(*) as identifiers, concat(coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(coalesce(max(case when d.field = ? then concat(coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(concat(coalesce(cast('"' as varchar), ''), coalesce(cast(hex_encode("D"."DIGEST", 0) as varchar), ''), coalesce(cast('"' as varchar), '')) as varchar), ''), coalesce(cast(cast(? as varchar) as varchar), '')) end), cast(? as varchar)) as varchar), ''), coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(coalesce(max(case when d.field = ? then concat(coalesce(cast(cast(? as varchar) as varchar), ''), coalesce(cast(concat(coalesce(cast('"' as varchar), ''), coalesce(cast(hex_encode("D"."DIGEST", 0) as varchar), ''), coalesce(cast('"' as varchar), '')) as varchar), ''), coalesce(cast(cast(? as varchar) as varchar), '')) end), cast(? as varchar)) as varchar), ''), coalesce(cast(cast(? as varchar) as varchar), '')) as body from (select s.batch_no, d.unit, d.field, d.digest, row_number() over (partition by d.unit, d.field order by d.digest) as place
from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" as d join "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s on "S"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT"
where d.leads and "D"."UNIT" between cast(1 as number(38, 0)) and cast(9 as number(38, 0))
  and s.batch_no between cast(1 as number(38, 0)) and cast(3 as number(38, 0))) as d group by batch_no, unit, place) as r group by batch_no, unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 1000000000000 + member_no as unit, (case when "DIGEST_1" is not null then 1 else 0 end + case when "DIGEST_2" is not null then 1 else 0 end) as identifiers, concat(coalesce(cast('[' as varchar), ''), coalesce(cast(case when "DIGEST_1" is null then '{}' else concat(coalesce(cast('{"id":"' as varchar), ''), coalesce(cast(hex_encode("DIGEST_1", 0) as varchar), ''), coalesce(cast('","audience_ids":["aud"]}' as varchar), '')) end as varchar), ''), coalesce(cast(',' as varchar), ''), coalesce(cast(case when "DIGEST_2" is null then '{}' else concat(coalesce(cast('{"id":"' as varchar), ''), coalesce(cast(hex_encode("DIGEST_2", 0) as varchar), ''), coalesce(cast('","audience_ids":["aud"]}' as varchar), '')) end as varchar), ''), coalesce(cast(']' as varchar), '')) as body from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where true) as a
join "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s on "S"."PART" = "A"."UNIT" - mod("A"."UNIT", cast(1000 as number(38, 0))) and "A"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT" where "A"."UNIT" between cast(1 as number(38, 0)) and cast(9 as number(38, 0))
  and s.batch_no between cast(1 as number(38, 0)) and cast(3 as number(38, 0))) as b;
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

select d.field, hex_encode(d.digest, 0) as digest from "TIDEMARK_STATE"."DELTA-PEOPLE-TIKTOK-8" as d
join (select s.batch_no, d.unit, row_number() over (partition by s.batch_no order by d.unit) as row_no
from "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s join "TIDEMARK_STATE"."DELTA-PEOPLE-TIKTOK-8" as d on "S"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT"
where s.batch_no in (cast(1 as number(38, 0))) group by s.batch_no, d.unit) as r on r.unit = d.unit where r.row_no = cast(2 as number(38, 0)) and d.leads order by d.field, d.digest;

-- # run: before and while sending

update "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" set sending = true where owner = ? and fence = cast(8 as number(38, 0));
-- 1: run-2

update "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" set audience_intent = ?, audience_intent_at = cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz), sending = true
where owner = ? and fence = cast(8 as number(38, 0));
-- 1: People
-- 2: run-2

update "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" set audience_intent = null, audience_intent_at = null where owner = ? and fence = cast(8 as number(38, 0));
-- 1: run-2

update "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" set audience_id = ?, audience_name = ?,
  audience_description = cast(? as varchar), audience_intent = null, audience_intent_at = null where owner = ? and fence = cast(8 as number(38, 0));
-- 1: aud
-- 2: People
-- 3: NULL
-- 4: run-2

update "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" set mark = cast(5 as number(38, 0)), sending = true, open_fence = fence,
  lease_until = timestampadd(millisecond, cast(120000 as number(38, 0)), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) where owner = ? and fence = cast(8 as number(38, 0)) and run_open;
-- 1: run-2

insert into "TIDEMARK"."RECEIPTS" (receipt_id, run_id, activation, platform, audience_id, audience_name,
  op, batch_no, members, identifiers, status, http_status, platform_code, platform_request_id, attempts, message, sent_at, answered_at)
select n.receipt_id, cast(? as varchar), cast(? as varchar), cast(? as varchar), cast(? as varchar), cast(? as varchar),
  n.op, n.batch_no, n.members, n.identifiers, n.status, n.http_status, n.platform_code, n.platform_request_id, n.attempts,
  n.message, timestampadd(millisecond, n.sent_ms, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)), timestampadd(millisecond, n.answered_ms, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz))
from (select cast(cast(get(j.value, 'receipt_id') as varchar) as varchar) as "RECEIPT_ID", cast(cast(get(j.value, 'op') as varchar) as varchar) as "OP", cast(cast(get(j.value, 'batch_no') as varchar) as number(38, 0)) as "BATCH_NO", cast(cast(get(j.value, 'members') as varchar) as number(38, 0)) as "MEMBERS", cast(cast(get(j.value, 'identifiers') as varchar) as number(38, 0)) as "IDENTIFIERS", cast(cast(get(j.value, 'status') as varchar) as varchar) as "STATUS", cast(cast(get(j.value, 'http_status') as varchar) as number(38, 0)) as "HTTP_STATUS", cast(cast(get(j.value, 'platform_code') as varchar) as varchar) as "PLATFORM_CODE", cast(cast(get(j.value, 'platform_request_id') as varchar) as varchar) as "PLATFORM_REQUEST_ID", cast(cast(get(j.value, 'attempts') as varchar) as number(38, 0)) as "ATTEMPTS", cast(cast(get(j.value, 'message') as varchar) as varchar) as "MESSAGE", cast(cast(get(j.value, 'sent_ms') as varchar) as number(38, 0)) as "SENT_MS", cast(cast(get(j.value, 'answered_ms') as varchar) as number(38, 0)) as "ANSWERED_MS" from table(flatten(input => parse_json(cast(? as varchar)))) as j) as n
where exists (select 1 from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" where owner = ? and fence = cast(8 as number(38, 0)))
  and not exists (select 1 from "TIDEMARK"."RECEIPTS" as r where r.run_id = ? and r.receipt_id = n.receipt_id);
-- 1: run-2
-- 2: people.tiktok
-- 3: tiktok_ads
-- 4: aud
-- 5: People
-- 6: [{"receipt_id":"run-2/add/1","op":"add","batch_no":1,"members":2,"identifiers":3,"status":"accepted","http_status":200,"platform_code":"0","platform_request_id":"rq","attempts":1,"message":null,"sent_ms":-20,"answered_ms":-10}]
-- 7: run-2
-- 8: run-2

insert into "TIDEMARK_STATE"."REFUSED-PEOPLE-TIKTOK-8" (batch_no, row_no, outcome, reason, field, digest)
select n.batch_no, n.row_no, n.outcome, n.reason, n.field, hex_decode_binary(n.digest) from (select cast(cast(get(j.value, 'batch_no') as varchar) as number(38, 0)) as "BATCH_NO", cast(cast(get(j.value, 'row_no') as varchar) as number(38, 0)) as "ROW_NO", cast(cast(get(j.value, 'outcome') as varchar) as varchar) as "OUTCOME", cast(cast(get(j.value, 'reason') as varchar) as varchar) as "REASON", cast(cast(get(j.value, 'field') as varchar) as varchar) as "FIELD", cast(cast(get(j.value, 'digest') as varchar) as varchar) as "DIGEST" from table(flatten(input => parse_json(cast(? as varchar)))) as j) as n;
-- 1: [{"batch_no":1,"row_no":2,"outcome":"refused","reason":"bad","field":"EMAIL_SHA256","digest":"00"}]

-- # settle

create or replace temporary table "TIDEMARK_OUTCOMES" ("BATCH_NO" number(38, 0), "PART" number(38, 0), "FIRST_UNIT" number(38, 0), "LAST_UNIT" number(38, 0), "OUTCOME" varchar, "REASON" varchar);

create or replace temporary table "TIDEMARK_CULPRITS" ("UNIT" number(38, 0), "FIELD" varchar, "DIGEST" binary, "OUTCOME" varchar, "REASON" varchar);

create or replace temporary table "TIDEMARK_TROUBLE" ("MEMBER_NO" number(38, 0), "MEMBER_KEY" varchar, "OPEN_REMOVAL" boolean, "OPEN_ADD" boolean, "BEGUN" boolean, "ACCEPTED" boolean, "WAITING" boolean);

create or replace temporary table "TIDEMARK_STANDING" ("MEMBER_NO" number(38, 0), "MEMBER_KEY" varchar, "HAD_ENTERED" boolean, "HELD_BEFORE" boolean);

create or replace temporary table "TIDEMARK_LEDGER_CHANGES" ("MEMBER_NO" number(38, 0), "MEMBER_KEY" varchar, "FIELD" varchar, "DIGEST" binary, "NEXT_STATE" number(38, 0), "ENTERED" boolean);

create or replace temporary table "TIDEMARK_HELD_AFTER" ("MEMBER_NO" number(38, 0), "FIELD" varchar, "DIGEST" binary, "STATE" number(38, 0), "SINCE_AT" timestamp_ntz);

create or replace temporary table "TIDEMARK_STANDING_AFTER" ("MEMBER_NO" number(38, 0), "CONFIRMED" boolean, "HOLDS" boolean);

create or replace temporary table "TIDEMARK_COUNTS" ("NAME" varchar, "VALUE" number(38, 0));

create or replace temporary table "TIDEMARK_MEMBER_CHANGES" ("MEMBER_KEY" varchar, "FINGERPRINT" binary, "STANDING" number(38, 0), "GONE" boolean);

create or replace temporary table "TIDEMARK_DUE_BEFORE" ("MEMBER_KEY" varchar, "DUE_AT" timestamp_ntz);

create or replace temporary table "TIDEMARK_DUE_CHANGES" ("MEMBER_KEY" varchar, "DUE_AT" timestamp_ntz);

update "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" set run_open = false, open_fence = null, sending = false, mark = least(mark, cast(5 as number(38, 0))), quiet_until = greatest(coalesce(quiet_until, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)), timestampadd(millisecond, cast(120000 as number(38, 0)), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)))
where owner = ? and fence = cast(8 as number(38, 0)) and run_open and run_id = ? and open_fence = cast(8 as number(38, 0))
  and state_version = 3;
-- 1: run-2
-- 2: run-2

insert into "TIDEMARK_OUTCOMES" (batch_no, part, first_unit, last_unit, outcome, reason)
select s.batch_no, s.part, s.first_unit, s.last_unit, b.outcome, b.reason from "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s join (
select b.batch_no, max(w.reason) as reason, coalesce(max(w.outcome), case max(r.status) when 'accepted' then 'accepted' when 'partial' then 'accepted'
  when 'refused' then 'uncertain' when 'uncertain' then 'uncertain'
  else case when b.batch_no <= (select mark from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK") then 'uncertain' else 'unsent' end end) as outcome
from "TIDEMARK_STATE"."BATCHES-PEOPLE-TIKTOK-8" as b
left join "TIDEMARK"."RECEIPTS" as r on r.run_id = ? and r.batch_no = b.batch_no
left join "TIDEMARK_STATE"."REFUSED-PEOPLE-TIKTOK-8" as w on w.batch_no = b.batch_no and w.row_no = 0
group by b.batch_no) as b on b.batch_no = s.batch_no;
-- 1: run-2

insert into "TIDEMARK_CULPRITS" (unit, field, digest, outcome, reason)
select r.unit, f.field, f.digest, f.outcome, f.reason from "TIDEMARK_STATE"."REFUSED-PEOPLE-TIKTOK-8" as f
join (select s.batch_no, d.unit, row_number() over (partition by s.batch_no order by d.unit) as row_no
from "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8" as s join "TIDEMARK_STATE"."DELTA-PEOPLE-TIKTOK-8" as d on "S"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "S"."FIRST_UNIT" and "S"."LAST_UNIT"
where s.batch_no in (select batch_no from "TIDEMARK_STATE"."REFUSED-PEOPLE-TIKTOK-8" where row_no > 0) group by s.batch_no, d.unit) as r on r.batch_no = f.batch_no and r.row_no = f.row_no;

insert into "TIDEMARK_TROUBLE" (member_no, member_key, open_removal, open_add, begun, accepted, waiting)
select member_no, member_key, max(case when op = 'remove' and outcome in ('uncertain', 'unsent') then 1 else 0 end) = 1, max(case when op = 'add' and outcome in ('uncertain', 'unsent') then 1 else 0 end) = 1,
  max(case when op = 'add' and outcome in ('accepted', 'uncertain') then 1 else 0 end) = 1,
  max(case when op = 'add' and outcome = 'accepted' then 1 else 0 end) = 1,
  max(case when waits or (op = 'remove' and outcome = 'refused') then 1 else 0 end) = 1
from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from (select * from "TIDEMARK_STATE"."DELTA-PEOPLE-TIKTOK-8" where member_no in (select member_no from "TIDEMARK_STATE"."DELTA-PEOPLE-TIKTOK-8" where op = 'hold' or waits
union distinct select d.member_no from "TIDEMARK_STATE"."DELTA-PEOPLE-TIKTOK-8" as d
  join (select * from "TIDEMARK_OUTCOMES" where outcome <> 'accepted') as o on "O"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "O"."FIRST_UNIT" and "O"."LAST_UNIT"
union distinct select d.member_no from "TIDEMARK_STATE"."DELTA-PEOPLE-TIKTOK-8" as d join "TIDEMARK_CULPRITS" as f on f.unit = d.unit)) as d
left join "TIDEMARK_OUTCOMES" as o on "O"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "O"."FIRST_UNIT" and "O"."LAST_UNIT"
left join "TIDEMARK_CULPRITS" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r
group by member_no, member_key;

insert into "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" ("OP", "MEMBER_NO", "UNIT", "LEADS", "MEMBER_KEY", "FIELD", "DIGEST", "PRIOR", "CONFIRMED_BEFORE", "WAITS", "HOLD_REASON", "HOLD_UNTIL_AT") select "OP", "MEMBER_NO", "UNIT", "LEADS", "MEMBER_KEY", "FIELD", "DIGEST", "PRIOR", "CONFIRMED_BEFORE", "WAITS", "HOLD_REASON", "HOLD_UNTIL_AT" from "TIDEMARK_STATE"."DELTA-PEOPLE-TIKTOK-8"
where member_no in (select member_no from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where member_no in (select member_no from "TIDEMARK_TROUBLE"));

insert into "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" ("MEMBER_NO", "MEMBER_KEY", "IN_K", "FINGERPRINT", "STANDING", "COUNTS") select "MEMBER_NO", "MEMBER_KEY", "IN_K", "FINGERPRINT", "STANDING", "COUNTS" from "TIDEMARK_STATE"."DELTA_MEMBERS-PEOPLE-TIKTOK-8"
where member_no in (select member_no from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where member_no in (select member_no from "TIDEMARK_TROUBLE"));

delete from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" where member_no in (select member_no from "TIDEMARK_TROUBLE");

insert into "TIDEMARK_STANDING" (member_no, member_key, had_entered, held_before)
select member_no, member_key, max(case when entered and state <> 3 then 1 else 0 end) = 1,
  max(case when state <> 3 then 1 else 0 end) = 1
from "TIDEMARK_STATE"."HELD-PEOPLE-TIKTOK-8" group by member_no, member_key
union all select t.member_no, t.member_key, false, false from "TIDEMARK_TROUBLE" as t
where not exists (select 1 from "TIDEMARK_STATE"."HELD-PEOPLE-TIKTOK-8" as h where h.member_no = t.member_no);

delete from "TIDEMARK_STATE"."QUARANTINE_PEOPLE-TIKTOK" where until_at <= cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz);

delete from "TIDEMARK_STATE"."QUARANTINE_PEOPLE-TIKTOK" where op = 'remove' and exists (select 1 from (select field as removed_field, digest as removed_digest from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8"
where op = 'remove' and leads) as r
  where r.removed_field = field and r.removed_digest = digest);

insert into "TIDEMARK_STATE"."QUARANTINE_PEOPLE-TIKTOK" (op, field, digest, reason, origin, until_at)
select distinct r.op, r.field, r.digest, r.refusal, 'platform', timestampadd(millisecond, cast(2592000000 as number(38, 0)), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from (select * from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" where member_no in (select member_no from "TIDEMARK_TROUBLE")) as d
left join "TIDEMARK_OUTCOMES" as o on "O"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "O"."FIRST_UNIT" and "O"."LAST_UNIT"
left join "TIDEMARK_CULPRITS" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where r.outcome = 'refused'
union all select distinct 'add', r.field, r.digest, r.hold_reason, 'validation', timestampadd(millisecond, cast(2592000000 as number(38, 0)), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" as r
where r.op = 'hold' and r.hold_until_at is null;

insert into "TIDEMARK_LEDGER_CHANGES" (member_no, member_key, field, digest, next_state, entered)
select * from (select r.member_no, r.member_key, r.field, r.digest, case r.op
  when 'add' then case when r.outcome = 'accepted' then 1 when r.prior <> 0 or t.begun then 2 end
  when 'hold' then case when r.prior <> 0 or (t.begun and r.hold_reason <> 'shared_by_many') then 2 end
  when 'keep' then 3
  else case when t.waiting and r.outcome in ('accepted', 'refused') then 3
    when r.outcome = 'accepted' and not coalesce(t.open_removal, false) then 0 else 2 end end as next_state,
  coalesce(r.op = 'add' and r.outcome = 'accepted', false) or coalesce(t.accepted, false) or s.had_entered as entered
  from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from (select * from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" where member_no in (select member_no from "TIDEMARK_STANDING")) as d
left join "TIDEMARK_OUTCOMES" as o on "O"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "O"."FIRST_UNIT" and "O"."LAST_UNIT"
left join "TIDEMARK_CULPRITS" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r
  left join "TIDEMARK_TROUBLE" as t on t.member_no = r.member_no
  join "TIDEMARK_STANDING" as s on s.member_no = r.member_no) as n
where next_state is not null;

merge into "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK" as l using "TIDEMARK_LEDGER_CHANGES" as n
on l.member_key = n.member_key and l.field = n.field and l.digest = n.digest
when matched and n.next_state = 0 then delete
when matched then update set state = n.next_state, entered = n.entered,
  since_at = case when n.next_state = 1 then cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz) else l.since_at end
when not matched and n.next_state <> 0 then insert (member_key, field, digest, state, since_at, entered)
  values (n.member_key, n.field, n.digest, n.next_state, case when n.next_state = 1 then cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz) end, n.entered);

insert into "TIDEMARK_HELD_AFTER" (member_no, field, digest, state, since_at)
select h.member_no, h.field, h.digest, h.state, h.since_at from "TIDEMARK_STATE"."HELD-PEOPLE-TIKTOK-8" as h
where not exists (select 1 from "TIDEMARK_LEDGER_CHANGES" as c where c.member_no = h.member_no and c.field = h.field and c.digest = h.digest)
union all select member_no, field, digest, next_state, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz) from "TIDEMARK_LEDGER_CHANGES" where next_state <> 0;

insert into "TIDEMARK_STANDING_AFTER" (member_no, confirmed, holds)
select s.member_no, max(case when l.state = 1 then 1 else 0 end) = 1, max(case when l.state <> 3 then 1 else 0 end) = 1
from "TIDEMARK_STANDING" as s left join "TIDEMARK_HELD_AFTER" as l on l.member_no = s.member_no group by s.member_no;

insert into "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK" (member_key, field, digest, state, since_at, entered)
select member_key, field, digest, 1, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz), true from "TIDEMARK_STATE"."DELTA-PEOPLE-TIKTOK-8"
where op = 'add' and member_no not in (select member_no from "TIDEMARK_STANDING");

insert into "TIDEMARK"."MEMBERSHIP_EVENTS" (activation, audience_id, audience_name, member_key, event, run_id, event_at)
select (select "ACTIVATION" from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK"), (select "AUDIENCE_ID" from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK"), (select "AUDIENCE_NAME" from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK"), m.member_key, 'entered', (select "RUN_ID" from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK"), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)
from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" as m;

insert into "TIDEMARK"."MEMBERSHIP_EVENTS" (activation, audience_id, audience_name, member_key, event, run_id, event_at)
select (select "ACTIVATION" from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK"), (select "AUDIENCE_ID" from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK"), (select "AUDIENCE_NAME" from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK"), m.member_key, m.event, (select "RUN_ID" from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK"), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)
from (select s.member_key, case when s.had_entered then 'left' else 'entered' end as event
from "TIDEMARK_STANDING" as s join "TIDEMARK_STANDING_AFTER" as a on a.member_no = s.member_no
where (s.had_entered and not a.holds) or (not s.had_entered and a.confirmed) union all select a.member_key, 'entered' from (select member_no, member_key from "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" where in_k and counts and standing = 2
  and member_no not in (select member_no from "TIDEMARK_STANDING")) as a) as m;

insert into "TIDEMARK_COUNTS" (name, value) select n.name, case n.name when 'in_segment' then s.segment_members else s.reachable_members end
from (select cast(n.in_segment - b.in_segment as number(38, 0)) as segment_members, cast(n.reachable - b.reachable as number(38, 0)) as reachable_members
from (select coalesce(sum(case when standing >= 1 then 1 else 0 end), 0) as in_segment, coalesce(sum(case when standing >= 2 then 1 else 0 end), 0) as reachable from "TIDEMARK_STATE"."DELTA_MEMBERS-PEOPLE-TIKTOK-8" where in_k and counts) as n cross join (select coalesce(sum(case when standing >= 1 then 1 else 0 end), 0) as in_segment, coalesce(sum(case when standing >= 2 then 1 else 0 end), 0) as reachable from (select max(l.standing) as standing from "TIDEMARK_STATE"."MEMBERS_BEFORE-PEOPLE-TIKTOK-8" as l
  where l.member_key in (select member_key from "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" where in_k) group by l.member_key) as l) as b) as s cross join (select 'in_segment' as name union all select 'reachable') as n
union all select 'holders', (select count(*) from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" as a) + (select count(*) from (select member_no, member_key from "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" where in_k and counts and standing = 2
  and member_no not in (select member_no from "TIDEMARK_STANDING")) as a) + (select count(*) from "TIDEMARK_STANDING_AFTER" where holds)
  - (select count(*) from "TIDEMARK_STANDING" where held_before);

update "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" set segment_members = segment_members + (select value from "TIDEMARK_COUNTS" where name = ?),
  reachable_members = reachable_members + (select value from "TIDEMARK_COUNTS" where name = ?), ledger_members = ledger_members + (select value from "TIDEMARK_COUNTS" where name = ?),
  first_synced_at = coalesce(first_synced_at, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) where 1 = 1;
-- 1: in_segment
-- 2: reachable
-- 3: holders

insert into "TIDEMARK_MEMBER_CHANGES" (member_key, fingerprint, standing, gone)
select coalesce(d.member_key, e.member_key), coalesce(d.fingerprint, e.fingerprint), d.standing, d.member_key is null
from (select member_key, fingerprint, standing from "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8"
where in_k and fingerprint is not null and member_no not in (select member_no from (select member_no, member_key from "TIDEMARK_TROUBLE" where open_removal or open_add) as u)
union all select u.member_key, hex_decode_binary('00000000000000000000000000000000'), coalesce((select max(m.standing) from "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" as m where m.member_no = u.member_no),
  (select max(e.standing) from "TIDEMARK_STATE"."MEMBERS_BEFORE-PEOPLE-TIKTOK-8" as e where e.member_key = u.member_key), 0) from (select member_no, member_key from "TIDEMARK_TROUBLE" where open_removal or open_add) as u) as d full join (select member_key, fingerprint from "TIDEMARK_STATE"."MEMBERS_BEFORE-PEOPLE-TIKTOK-8" where member_key in (
  select member_key from "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" where in_k union all select member_key from (select member_no, member_key from "TIDEMARK_TROUBLE" where open_removal or open_add) as u)) as e on e.member_key = d.member_key and e.fingerprint = d.fingerprint;

merge into "TIDEMARK_STATE"."LEDGER_MEMBERS_PEOPLE-TIKTOK" as l using "TIDEMARK_MEMBER_CHANGES" as n
on l.member_key = n.member_key and l.fingerprint = n.fingerprint
when matched and n.gone then delete
when matched then update set standing = n.standing
when not matched and not n.gone then insert (member_key, fingerprint, standing) values (n.member_key, n.fingerprint, n.standing);

insert into "TIDEMARK_STATE"."LEDGER_MEMBERS_PEOPLE-TIKTOK" (member_key, fingerprint, standing)
select member_key, fingerprint, 2 from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8";

insert into "TIDEMARK_DUE_BEFORE" (member_key, due_at) select member_key, due_at from "TIDEMARK_STATE"."DUE_PEOPLE-TIKTOK"
where member_key in (select member_key from "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8");

insert into "TIDEMARK_DUE_CHANGES" (member_key, due_at)
with consumed as (select member_key from "TIDEMARK_DUE_BEFORE" where due_at <= (select run_started_at from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK")
  and member_key in (select member_key from "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" where in_k)),
ahead as (select member_key, case when op = 'hold' then coalesce(hold_until_at, timestampadd(millisecond, cast(2592000000 as number(38, 0)), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz))) else timestampadd(millisecond, cast(2592000000 as number(38, 0)), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) end as due_at
from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from (select * from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" where member_no in (select member_no from "TIDEMARK_TROUBLE")) as d
left join "TIDEMARK_OUTCOMES" as o on "O"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "O"."FIRST_UNIT" and "O"."LAST_UNIT"
left join "TIDEMARK_CULPRITS" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where op = 'hold' or (op = 'add' and outcome = 'refused') union all select t.member_key, coalesce(min(case when q.until_at > cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz) then q.until_at end), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) as due_at
from "TIDEMARK_TROUBLE" as t
left join "TIDEMARK_HELD_AFTER" as l on l.member_no = t.member_no
left join "TIDEMARK_STATE"."QUARANTINE_PEOPLE-TIKTOK" as q on q.op = 'remove' and q.field = l.field and q.digest = l.digest
where t.waiting group by t.member_key union all select s.member_key, timestampadd(millisecond, (cast(335 as number(38, 0)) + mod(md5_number_lower64(s.member_key), 30)) * cast(86400000 as number(38, 0)), min(h.since_at)) from "TIDEMARK_HELD_AFTER" as h
join "TIDEMARK_STANDING" as s on s.member_no = h.member_no where h.state = 1 group by s.member_key),
known as (select member_key, due_at from "TIDEMARK_DUE_BEFORE" where member_key in (select member_key from ahead)
  and member_key not in (select member_key from consumed))
select member_key, min(due_at) as due_at from (select * from ahead union all select * from known
  union all select member_key, null from consumed) as a group by member_key;

merge into "TIDEMARK_STATE"."DUE_PEOPLE-TIKTOK" as d using "TIDEMARK_DUE_CHANGES" as n
on d.member_key = n.member_key
when matched and n.due_at is null then delete
when matched then update set due_at = n.due_at
when not matched and n.due_at is not null then insert (member_key, due_at) values (n.member_key, n.due_at);

delete from "TIDEMARK_STATE"."DUE_PEOPLE-TIKTOK" where member_key in (select a.member_key from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" as a union all select a.member_key from (select member_no, member_key from "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" where in_k and counts and standing = 2
  and member_no not in (select member_no from "TIDEMARK_STANDING")) as a);

insert into "TIDEMARK_STATE"."DUE_PEOPLE-TIKTOK" (member_key, due_at) select a.member_key, timestampadd(millisecond, (cast(335 as number(38, 0)) + mod(md5_number_lower64(a.member_key), 30)) * cast(86400000 as number(38, 0)), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" as a;

insert into "TIDEMARK_STATE"."DUE_PEOPLE-TIKTOK" (member_key, due_at) select a.member_key, timestampadd(millisecond, (cast(335 as number(38, 0)) + mod(md5_number_lower64(a.member_key), 30)) * cast(86400000 as number(38, 0)), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) from (select member_no, member_key from "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" where in_k and counts and standing = 2
  and member_no not in (select member_no from "TIDEMARK_STANDING")) as a;

insert into "TIDEMARK"."REJECTIONS_CLEARED" (activation, run_id, member_key, cleared_at)
select distinct cast(? as varchar), cast(? as varchar), r.member_key, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz) from "TIDEMARK"."CURRENT_REJECTIONS" as r
join "TIDEMARK_STATE"."DELTA_MEMBERS-PEOPLE-TIKTOK-8" as m on m.member_key = r.member_key
where r.activation = ? and m.in_k
union all select distinct cast(? as varchar), cast(? as varchar), r.member_key, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz) from "TIDEMARK"."CURRENT_REJECTIONS" as r
where r.activation = ? and r.member_key is null;
-- 1: people.tiktok
-- 2: run-2
-- 3: people.tiktok
-- 4: people.tiktok
-- 5: run-2
-- 6: people.tiktok

insert into "TIDEMARK"."REJECTIONS" (activation, run_id, member_key, field, reason, origin, batch_no, identifiers,
  rejected_at, quarantined_until_at)
select cast(? as varchar), cast(? as varchar), r.member_key, r.field, r.reason, r.origin, r.batch_no, r.identifiers, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz), r.until_at from (
  select member_key, field, reason, origin, cast(null as number(38, 0)) as batch_no, identifiers, cast(null as timestamp_ntz) as until_at
    from "TIDEMARK_STATE"."DELTA_REJECTIONS-PEOPLE-TIKTOK-8"
  union all select r.member_key, case r.field when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) else r.field end, r.hold_reason, case r.hold_reason when 'shared_by_many' then 'validation' else 'platform' end,
    null, 1, coalesce(r.hold_until_at, timestampadd(millisecond, cast(2592000000 as number(38, 0)), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz))) from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" as r
      join "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" as m on m.member_no = r.member_no where r.op = 'hold' and m.in_k and m.counts
  union all select r.member_key, case r.field when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) else r.field end, r.refusal, 'platform', r.batch_no, 1, timestampadd(millisecond, cast(2592000000 as number(38, 0)), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz))
    from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from (select * from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" where member_no in (select member_no from "TIDEMARK_TROUBLE")) as d
left join "TIDEMARK_OUTCOMES" as o on "O"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "O"."FIRST_UNIT" and "O"."LAST_UNIT"
left join "TIDEMARK_CULPRITS" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where r.outcome = 'refused' and r.leads
  union all select r.member_key, case r.field when cast(? as varchar) then cast(? as varchar) when cast(? as varchar) then cast(? as varchar) else r.field end, q.reason, 'platform', null, 1, q.until_at from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" as r
    join "TIDEMARK_STATE"."QUARANTINE_PEOPLE-TIKTOK" as q on q.op = 'remove' and q.field = r.field and q.digest = r.digest
    join "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" as m on m.member_no = r.member_no
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

update "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" set member_rows = (select count(*) from "TIDEMARK_STATE"."LEDGER_MEMBERS_PEOPLE-TIKTOK"),
  identifier_rows = (select count(*) from "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK") where 1 = 1;

insert into "TIDEMARK_COUNTS" (name, value) select cast(? as varchar), cast((select segment_members from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK") as number(38, 0)) union all select cast(? as varchar), cast((select reachable_members from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK") as number(38, 0)) union all select cast(? as varchar), cast((select count(*) from "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8" as a) + (select count(*) from (select member_no, member_key from "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8" where in_k and counts and standing = 2
  and member_no not in (select member_no from "TIDEMARK_STANDING")) as a) + (select count(*) from (select s.member_key, case when s.had_entered then 'left' else 'entered' end as event
from "TIDEMARK_STANDING" as s join "TIDEMARK_STANDING_AFTER" as a on a.member_no = s.member_no
where (s.had_entered and not a.holds) or (not s.had_entered and a.confirmed)) as m where m.event = ?) as number(38, 0)) union all select cast(? as varchar), cast((select count(*) from (select s.member_key, case when s.had_entered then 'left' else 'entered' end as event
from "TIDEMARK_STANDING" as s join "TIDEMARK_STANDING_AFTER" as a on a.member_no = s.member_no
where (s.had_entered and not a.holds) or (not s.had_entered and a.confirmed)) as m where m.event = ?) as number(38, 0)) union all select cast(? as varchar), cast((select count(*) from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" as d
left join "TIDEMARK_OUTCOMES" as o on "O"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "O"."FIRST_UNIT" and "O"."LAST_UNIT"
left join "TIDEMARK_CULPRITS" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where outcome = 'accepted' and op = 'add' and not confirmed_before) + (select count(*) from "TIDEMARK_STATE"."DELTA-PEOPLE-TIKTOK-8" where op = 'add') - (select count(*) from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" where op = 'add') as number(38, 0)) union all select cast(? as varchar), cast((select count(*) from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" as d
left join "TIDEMARK_OUTCOMES" as o on "O"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "O"."FIRST_UNIT" and "O"."LAST_UNIT"
left join "TIDEMARK_CULPRITS" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where outcome = 'accepted' and op = 'remove' and leads) as number(38, 0)) union all select cast(? as varchar), cast((select count(*) from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8" as d
left join "TIDEMARK_OUTCOMES" as o on "O"."PART" = "D"."UNIT" - mod("D"."UNIT", cast(1000 as number(38, 0))) and "D"."UNIT" between "O"."FIRST_UNIT" and "O"."LAST_UNIT"
left join "TIDEMARK_CULPRITS" as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where outcome = 'accepted' and op = 'add' and confirmed_before) as number(38, 0)) union all select cast(? as varchar), cast((select coalesce(sum(identifiers), 0) from "TIDEMARK"."REJECTIONS" where run_id = ?) as number(38, 0));
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

insert into "TIDEMARK"."RUNS" ("RUN_ID", "RUN_KEY", "ATTEMPT", "ACTIVATION", "SEGMENT", "DESTINATION", "PLATFORM", "ACCOUNT_ID", "AUDIENCE_ID", "AUDIENCE_NAME", "STATUS", "STARTED_AT", "FINISHED_AT", "DURATION_MS", "SEGMENT_MEMBERS", "REACHABLE_MEMBERS", "MEMBERS_ADDED", "MEMBERS_REMOVED", "IDENTIFIERS_ADDED", "IDENTIFIERS_REMOVED", "IDENTIFIERS_RESENT", "IDENTIFIERS_REJECTED", "BATCHES", "API_CALLS", "API_RETRIES", "THROTTLED_MS", "FULL", "GUARDS_OVERRIDDEN", "ERROR_CODE", "ERROR_MESSAGE", "DBT_INVOCATION_ID", "ORCHESTRATOR", "ORCHESTRATOR_RUN_ID", "CONNECTOR_VERSION", "CONFIG_HASH")
select cast(? as varchar), c.run_key, c.attempt, cast(? as varchar), cast(? as varchar), cast(? as varchar), cast(? as varchar),
  cast(? as varchar), c.audience_id, cast(? as varchar), cast(? as varchar), c.run_started_at, timestampadd(millisecond, cast(1234 as number(38, 0)), c.run_started_at),
  timestampdiff(millisecond, c.run_started_at, timestampadd(millisecond, cast(1234 as number(38, 0)), c.run_started_at)), "K"."SEGMENT_MEMBERS", "K"."REACHABLE_MEMBERS", "K"."MEMBERS_ADDED", "K"."MEMBERS_REMOVED", "K"."IDENTIFIERS_ADDED", "K"."IDENTIFIERS_REMOVED", "K"."IDENTIFIERS_RESENT", "K"."IDENTIFIERS_REJECTED",
  r.batches, greatest(cast(3 as number(38, 0)), r.attempts), cast(1 as number(38, 0)), cast(0 as number(38, 0)),
  c.run_full, c.run_overridden, cast(? as varchar), cast(? as varchar),
  cast(? as varchar), cast(? as varchar), cast(? as varchar), cast(? as varchar), cast(? as varchar)
from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" as c cross join (select max(case when name = ? then value end) as "SEGMENT_MEMBERS", max(case when name = ? then value end) as "REACHABLE_MEMBERS", max(case when name = ? then value end) as "MEMBERS_ADDED", max(case when name = ? then value end) as "MEMBERS_REMOVED", max(case when name = ? then value end) as "IDENTIFIERS_ADDED", max(case when name = ? then value end) as "IDENTIFIERS_REMOVED", max(case when name = ? then value end) as "IDENTIFIERS_RESENT", max(case when name = ? then value end) as "IDENTIFIERS_REJECTED" from "TIDEMARK_COUNTS") as k cross join (select count(case when batch_no > 0 then 1 end) as batches, coalesce(sum(attempts), 0) as attempts
from "TIDEMARK"."RECEIPTS" where run_id = ?) as r;
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

select cast((select count(*) from "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK") as varchar) as identifiers,
  cast((select count(*) from "TIDEMARK"."AUDIENCE_MEMBERS" where activation = ?) as varchar) as members;
-- 1: people.tiktok

update "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" set run_id = null, run_key = null, run_open = false, open_fence = null, mark = 0,
  sending = false, audience_intent = null, audience_intent_at = null, audience_id = null, audience_name = null,
  audience_description = null, account_id = null, member_rows = 0,
  identifier_rows = 0, segment_members = 0, reachable_members = 0, ledger_members = 0, first_synced_at = null,
  override_run_key = null
where owner = ? and fence = cast(8 as number(38, 0));
-- 1: run-2

insert into "TIDEMARK"."MEMBERSHIP_EVENTS" (activation, audience_id, audience_name, member_key, event, run_id, event_at)
select activation, audience_id, audience_name, member_key, 'left', cast(? as varchar), cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)
from "TIDEMARK"."AUDIENCE_MEMBERS" where activation = ?;
-- 1: reset-1
-- 2: people.tiktok

insert into "TIDEMARK"."REJECTIONS_CLEARED" (activation, run_id, member_key, cleared_at)
select distinct activation, cast(? as varchar), member_key, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz) from "TIDEMARK"."CURRENT_REJECTIONS"
where activation = ?;
-- 1: reset-1
-- 2: people.tiktok

insert into "TIDEMARK"."ACTIVATION_LOG" (activation, segment, destination, platform, account_id, audience_name,
  audience_description, fields, schedule, dbt_unique_id, config_hash, logged_at)
select activation, segment, destination, platform, account_id, audience_name, audience_description, fields, schedule,
  dbt_unique_id, config_hash, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)
from "TIDEMARK"."ACTIVATIONS" where activation = ?;
-- 1: people.tiktok

delete from "TIDEMARK_STATE"."LEDGER_MEMBERS_PEOPLE-TIKTOK" where 1 = 1;

delete from "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK" where 1 = 1;

delete from "TIDEMARK_STATE"."DUE_PEOPLE-TIKTOK" where 1 = 1;

delete from "TIDEMARK_STATE"."QUARANTINE_PEOPLE-TIKTOK" where 1 = 1;

-- # sizes

insert into "TIDEMARK"."AUDIENCE_SIZES" ("ACTIVATION", "AUDIENCE_ID", "PLATFORM_SIZE", "LEDGER_MEMBERS", "OBSERVED_AT", "NOTES")
select cast(? as varchar), audience_id, cast(1000 as number(38, 0)), ledger_members, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz), cast(? as varchar)
from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" where audience_id = ?;
-- 1: people.tiktok
-- 2: NULL
-- 3: aud

select cast(platform_size as varchar) as platform_size, cast(ledger_members as varchar) as ledger_members, notes,
  to_char("OBSERVED_AT", 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"') as observed_at
from "TIDEMARK"."AUDIENCE_SIZES" as s where activation = ?
  and audience_id = (select audience_id from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK") order by s.observed_at desc limit 1;
-- 1: people.tiktok

-- # status

select activation, audience_id, cast(ledger_members as varchar) as ledger_members,
  cast(audience_id is not null or audience_intent is not null or identifier_rows > 0 or run_open as varchar) as holds_something
from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK";

select cast((select count(*) from "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK" where state = 1) as varchar) as confirmed, cast((select count(*) from "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK" where state = 2) as varchar) as unconfirmed,
  cast((select count(*) from "TIDEMARK_STATE"."LEDGER_IDENTIFIERS_PEOPLE-TIKTOK" where state = 3) as varchar) as kept,
  cast((select count(*) from "TIDEMARK_STATE"."DUE_PEOPLE-TIKTOK" where due_at <= cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) as varchar) as due_now,
  (select to_char(min(due_at), 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"') from "TIDEMARK_STATE"."DUE_PEOPLE-TIKTOK" where due_at > cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) as next_due_at,
  cast((select count(*) from "TIDEMARK_STATE"."QUARANTINE_PEOPLE-TIKTOK" where until_at > cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)) as varchar) as quarantined;

select cast(count(*) as varchar) as batches from "TIDEMARK_STATE"."BATCHES-PEOPLE-TIKTOK-8";

select segment, destination, platform, account_id, audience_name, config_hash
from "TIDEMARK"."ACTIVATIONS" where activation = cast(? as varchar);
-- 1: people.tiktok

-- # uninstall

select table_name, cast(table_type = 'VIEW' as varchar) as is_view
from (select lower(table_name) as table_name, table_type from information_schema.tables where table_schema = ?) as t order by table_name;
-- 1: TIDEMARK

select activation, cast(timestampdiff(millisecond, cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz), "LEASE_UNTIL") as varchar) as lease_ms
from "TIDEMARK_STATE"."CONTROL_PEOPLE-TIKTOK" where owner is not null;

-- # clean up

drop view if exists "TIDEMARK_STATE"."DELTA-PEOPLE-TIKTOK-8";

drop view if exists "TIDEMARK_STATE"."DELTA_MEMBERS-PEOPLE-TIKTOK-8";

drop table if exists "TIDEMARK_STATE"."DELTA_ROWS-PEOPLE-TIKTOK-8";

drop table if exists "TIDEMARK_STATE"."DELTA_MEMBER_ROWS-PEOPLE-TIKTOK-8";

drop table if exists "TIDEMARK_STATE"."HELD-PEOPLE-TIKTOK-8";

drop table if exists "TIDEMARK_STATE"."MEMBERS_BEFORE-PEOPLE-TIKTOK-8";

drop table if exists "TIDEMARK_STATE"."ARRIVALS-PEOPLE-TIKTOK-8";

drop table if exists "TIDEMARK_STATE"."DELTA_REJECTIONS-PEOPLE-TIKTOK-8";

drop table if exists "TIDEMARK_STATE"."BATCHES-PEOPLE-TIKTOK-8";

drop table if exists "TIDEMARK_STATE"."SPANS-PEOPLE-TIKTOK-8";

drop table if exists "TIDEMARK_STATE"."REFUSED-PEOPLE-TIKTOK-8";
