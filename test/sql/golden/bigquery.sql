-- # state: what is there

select table_name from `tidemark`.`INFORMATION_SCHEMA`.`TABLES` as t where 1 = 0;

select table_name, column_name from `tidemark`.`INFORMATION_SCHEMA`.`COLUMNS` as c;

select cast(count(case when table_name = ? then 1 end) as string) as there, cast(count(case when table_name = ? then 1 end) as string) as recorded
from `tidemark_state`.`INFORMATION_SCHEMA`.`TABLES` as t where table_name in (?, 'schema_version');
-- 1: control_people-tiktok
-- 2: schema_version
-- 3: control_people-tiktok

select table_name from `tidemark_state`.`INFORMATION_SCHEMA`.`TABLES` as t
where table_name in (?, ?, ?, ?, ?);
-- 1: control_people-tiktok
-- 2: ledger_members_people-tiktok
-- 3: ledger_identifiers_people-tiktok
-- 4: due_people-tiktok
-- 5: quarantine_people-tiktok

select table_name from `tidemark_state`.`INFORMATION_SCHEMA`.`TABLES` as t where table_name like ?;
-- 1: %-people-tiktok-%

select table_name from `tidemark_state`.`INFORMATION_SCHEMA`.`TABLES` as t
where table_name like 'control_%' order by table_name;

-- # state: make

create schema if not exists `tidemark`;

create schema if not exists `tidemark_state`;

create table if not exists `tidemark`.`activation_log` (`activation` string, `segment` string, `destination` string, `platform` string, `account_id` string, `audience_id` string, `audience_name` string, `audience_description` string, `fields` string, `schedule` string, `dbt_unique_id` string, `config_hash` string, `logged_at` timestamp);

create table if not exists `tidemark`.`runs` (`run_id` string, `run_key` string, `attempt` int64, `activation` string, `segment` string, `destination` string, `platform` string, `account_id` string, `audience_id` string, `audience_name` string, `status` string, `started_at` timestamp, `finished_at` timestamp, `duration_ms` int64, `segment_members` int64, `reachable_members` int64, `members_added` int64, `members_removed` int64, `identifiers_added` int64, `identifiers_removed` int64, `identifiers_resent` int64, `identifiers_rejected` int64, `batches` int64, `api_calls` int64, `api_retries` int64, `throttled_ms` int64, `full` bool, `guards_overridden` bool, `error_code` string, `error_message` string, `dbt_invocation_id` string, `orchestrator` string, `orchestrator_run_id` string, `connector_version` string, `config_hash` string);

create table if not exists `tidemark`.`receipts` (`receipt_id` string, `run_id` string, `activation` string, `platform` string, `audience_id` string, `audience_name` string, `op` string, `batch_no` int64, `members` int64, `identifiers` int64, `status` string, `http_status` int64, `platform_code` string, `platform_request_id` string, `attempts` int64, `message` string, `sent_at` timestamp, `answered_at` timestamp);

create table if not exists `tidemark`.`membership_events` (`activation` string, `audience_id` string, `audience_name` string, `member_key` string, `event` string, `run_id` string, `event_at` timestamp);

create table if not exists `tidemark`.`rejections` (`activation` string, `run_id` string, `member_key` string, `field` string, `reason` string, `origin` string, `batch_no` int64, `identifiers` int64, `rejected_at` timestamp, `quarantined_until_at` timestamp);

create table if not exists `tidemark`.`rejections_cleared` (`activation` string, `run_id` string, `member_key` string, `cleared_at` timestamp);

create table if not exists `tidemark`.`audience_sizes` (`activation` string, `audience_id` string, `platform_size` int64, `ledger_members` int64, `observed_at` timestamp, `notes` string);

create table if not exists `tidemark_state`.`schema_version` (`activation` string, `version` int64, `connector_version` string, `since_at` timestamp);

alter table `tidemark`.`runs` add column if not exists `config_hash` string;

create or replace view `tidemark`.`activations` as
select activation, segment, destination, platform, account_id, audience_id, audience_name, audience_description, fields,
  schedule, dbt_unique_id, config_hash, created_at, logged_at as updated_at
from (select *, row_number() over (partition by activation order by logged_at desc) as latest,
  min(logged_at) over (partition by activation) as created_at from `tidemark`.`activation_log`) as l
where latest = 1;

create or replace view `tidemark`.`current_rejections` as
select r.* from `tidemark`.`rejections` as r
where not exists (select 1 from `tidemark`.`rejections_cleared` as c where c.activation = r.activation
  and coalesce(c.member_key, '') = coalesce(r.member_key, '') and c.run_id <> r.run_id and c.cleared_at >= r.rejected_at);

create or replace view `tidemark`.`audience_members` as
select activation, audience_id, audience_name, member_key, event_at as since_at
from (select *, row_number() over (partition by activation, member_key order by event_at desc) as latest
  from `tidemark`.`membership_events`) as e
where latest = 1 and event = 'entered';

insert into `tidemark_state`.`schema_version` (activation, version, connector_version, since_at)
select cast(null as string), cast(3 as int64), cast(? as string), current_timestamp();
-- 1: 1.0.0

create table if not exists `tidemark_state`.`ledger_members_people-tiktok` (`member_key` string, `fingerprint` bytes, `standing` int64);

create table if not exists `tidemark_state`.`ledger_identifiers_people-tiktok` (`member_key` string, `field` string, `digest` bytes, `state` int64, `since_at` timestamp, `entered` bool);

create table if not exists `tidemark_state`.`due_people-tiktok` (`member_key` string, `due_at` timestamp);

create table if not exists `tidemark_state`.`quarantine_people-tiktok` (`op` string, `field` string, `digest` bytes, `reason` string, `origin` string, `until_at` timestamp);

insert into `tidemark_state`.`schema_version` (activation, version, connector_version, since_at)
select cast(? as string), cast(3 as int64), cast(? as string), current_timestamp();
-- 1: people.tiktok
-- 2: 1.0.0

create table if not exists `tidemark_state`.`control_people-tiktok` as select cast(cast(? as string) as string) as `activation`, cast(3 as int64) as `state_version`, cast(null as string) as `owner`, cast(null as timestamp) as `lease_until`, cast(0 as int64) as `fence`, cast(null as string) as `run_id`, cast(null as string) as `run_key`, cast(null as int64) as `attempt`, cast(null as timestamp) as `run_started_at`, cast(null as bool) as `run_full`, cast(null as bool) as `run_overridden`, cast(false as bool) as `run_open`, cast(null as int64) as `open_fence`, cast(0 as int64) as `mark`, cast(false as bool) as `sending`, cast(null as timestamp) as `quiet_until`, cast(null as string) as `audience_intent`, cast(null as timestamp) as `audience_intent_at`, cast(null as string) as `audience_id`, cast(null as string) as `audience_name`, cast(null as string) as `audience_description`, cast(null as string) as `account_id`, cast(cast(? as string) as string) as `member_key`, cast(0 as int64) as `member_rows`, cast(0 as int64) as `identifier_rows`, cast(0 as int64) as `segment_members`, cast(0 as int64) as `reachable_members`, cast(0 as int64) as `ledger_members`, cast(null as timestamp) as `first_synced_at`, cast(null as string) as `override_run_key`, cast(null as string) as `run_connector_version`, cast(null as string) as `run_config_hash`, cast(null as string) as `run_orchestrator`, cast(null as string) as `run_orchestrator_run_id`, cast(null as string) as `run_dbt_invocation_id`;
-- 1: people.tiktok
-- 2: id

-- # state: versions

select cast(state_version as string) as state_version from `tidemark_state`.`control_people-tiktok`;

select cast(max(version) as string) as version from `tidemark_state`.`schema_version` where activation is null;

select connector_version from `tidemark_state`.`schema_version` where activation = ?
order by version desc, since_at desc limit 1;
-- 1: people.tiktok

-- # state: migrate

alter table `tidemark_state`.`control_people-tiktok` add column if not exists `run_connector_version` string;

alter table `tidemark_state`.`control_people-tiktok` add column if not exists `run_config_hash` string;

alter table `tidemark_state`.`control_people-tiktok` add column if not exists `run_orchestrator` string;

alter table `tidemark_state`.`control_people-tiktok` add column if not exists `run_orchestrator_run_id` string;

alter table `tidemark_state`.`control_people-tiktok` add column if not exists `run_dbt_invocation_id` string;

update `tidemark_state`.`control_people-tiktok` set state_version = cast(3 as int64)
where owner = ? and fence = cast(8 as int64) and state_version = cast(2 as int64);
-- 1: run-2

-- # state: copy

create or replace temp table `tidemark_control` as select * from `tidemark_state`.`control_people-tiktok`;

create or replace temp table `tidemark_ledger_members` as select * from `tidemark_state`.`ledger_members_people-tiktok`;

create or replace temp table `tidemark_ledger_identifiers` as select * from `tidemark_state`.`ledger_identifiers_people-tiktok`;

create or replace temp table `tidemark_due` as select * from `tidemark_state`.`due_people-tiktok`;

create or replace temp table `tidemark_quarantine` as select * from `tidemark_state`.`quarantine_people-tiktok`;

-- # state: scratch

create or replace temp table `tidemark_ledger_members` (`member_key` string, `fingerprint` bytes, `standing` int64);

create or replace temp table `tidemark_ledger_identifiers` (`member_key` string, `field` string, `digest` bytes, `state` int64, `since_at` timestamp, `entered` bool);

create or replace temp table `tidemark_due` (`member_key` string, `due_at` timestamp);

create or replace temp table `tidemark_quarantine` (`op` string, `field` string, `digest` bytes, `reason` string, `origin` string, `until_at` timestamp);

-- # lease

update `tidemark_state`.`control_people-tiktok` set
  quiet_until = case when sending
    then greatest(coalesce(quiet_until, current_timestamp()), timestamp_add(least(current_timestamp(), coalesce(lease_until, current_timestamp())), interval cast(120000 as int64) millisecond)) else quiet_until end,
  owner = ?, fence = fence + 1, lease_until = timestamp_add(current_timestamp(), interval cast(120000 as int64) millisecond)
where (owner is null or lease_until <= current_timestamp() or cast(? as bool))
  and state_version = cast(3 as int64);
-- 1: run-2
-- 2: false

select owner, cast(fence as string) as fence, cast(run_open as string) as run_open, cast(open_fence as string) as open_fence,
  cast(timestamp_diff(`lease_until`, current_timestamp(), millisecond) as string) as lease_ms from `tidemark_state`.`control_people-tiktok`;

select cast(`activation` as string) as `activation`, cast(`state_version` as string) as `state_version`, cast(`owner` as string) as `owner`, format_timestamp('%Y-%m-%dT%H:%M:%E3SZ', `lease_until`, 'UTC') as `lease_until`, cast(`fence` as string) as `fence`, cast(`run_id` as string) as `run_id`, cast(`run_key` as string) as `run_key`, cast(`attempt` as string) as `attempt`, format_timestamp('%Y-%m-%dT%H:%M:%E3SZ', `run_started_at`, 'UTC') as `run_started_at`, cast(`run_full` as string) as `run_full`, cast(`run_overridden` as string) as `run_overridden`, cast(`run_open` as string) as `run_open`, cast(`open_fence` as string) as `open_fence`, cast(`mark` as string) as `mark`, cast(`sending` as string) as `sending`, format_timestamp('%Y-%m-%dT%H:%M:%E3SZ', `quiet_until`, 'UTC') as `quiet_until`, cast(`audience_intent` as string) as `audience_intent`, format_timestamp('%Y-%m-%dT%H:%M:%E3SZ', `audience_intent_at`, 'UTC') as `audience_intent_at`, cast(`audience_id` as string) as `audience_id`, cast(`audience_name` as string) as `audience_name`, cast(`audience_description` as string) as `audience_description`, cast(`account_id` as string) as `account_id`, cast(`member_key` as string) as `member_key`, cast(`member_rows` as string) as `member_rows`, cast(`identifier_rows` as string) as `identifier_rows`, cast(`segment_members` as string) as `segment_members`, cast(`reachable_members` as string) as `reachable_members`, cast(`ledger_members` as string) as `ledger_members`, format_timestamp('%Y-%m-%dT%H:%M:%E3SZ', `first_synced_at`, 'UTC') as `first_synced_at`, cast(`override_run_key` as string) as `override_run_key`, cast(`run_connector_version` as string) as `run_connector_version`, cast(`run_config_hash` as string) as `run_config_hash`, cast(`run_orchestrator` as string) as `run_orchestrator`, cast(`run_orchestrator_run_id` as string) as `run_orchestrator_run_id`, cast(`run_dbt_invocation_id` as string) as `run_dbt_invocation_id`,
  cast(greatest(0, coalesce(timestamp_diff(`quiet_until`, current_timestamp(), millisecond), 0)) as string) as quiet_ms,
  cast(timestamp_diff(`lease_until`, current_timestamp(), millisecond) as string) as lease_ms,
  cast(timestamp_diff(current_timestamp(), `audience_intent_at`, millisecond) as string) as intent_age_ms
from `tidemark_state`.`control_people-tiktok`;

update `tidemark_state`.`control_people-tiktok` set lease_until = timestamp_add(current_timestamp(), interval cast(120000 as int64) millisecond) where owner = ? and fence = cast(8 as int64);
-- 1: run-2

update `tidemark_state`.`control_people-tiktok` set owner = null, lease_until = null where owner = ? and fence = cast(8 as int64);
-- 1: run-2

-- # run: begin and close

select cast(`run_id` as string) as `run_id`, cast(`run_key` as string) as `run_key`, cast(`attempt` as string) as `attempt`, cast(`activation` as string) as `activation`, cast(`segment` as string) as `segment`, cast(`destination` as string) as `destination`, cast(`platform` as string) as `platform`, cast(`account_id` as string) as `account_id`, cast(`audience_id` as string) as `audience_id`, cast(`audience_name` as string) as `audience_name`, cast(`status` as string) as `status`, format_timestamp('%Y-%m-%dT%H:%M:%E3SZ', `started_at`, 'UTC') as `started_at`, format_timestamp('%Y-%m-%dT%H:%M:%E3SZ', `finished_at`, 'UTC') as `finished_at`, cast(`duration_ms` as string) as `duration_ms`, cast(`segment_members` as string) as `segment_members`, cast(`reachable_members` as string) as `reachable_members`, cast(`members_added` as string) as `members_added`, cast(`members_removed` as string) as `members_removed`, cast(`identifiers_added` as string) as `identifiers_added`, cast(`identifiers_removed` as string) as `identifiers_removed`, cast(`identifiers_resent` as string) as `identifiers_resent`, cast(`identifiers_rejected` as string) as `identifiers_rejected`, cast(`batches` as string) as `batches`, cast(`api_calls` as string) as `api_calls`, cast(`api_retries` as string) as `api_retries`, cast(`throttled_ms` as string) as `throttled_ms`, cast(`full` as string) as `full`, cast(`guards_overridden` as string) as `guards_overridden`, cast(`error_code` as string) as `error_code`, cast(`error_message` as string) as `error_message`, cast(`dbt_invocation_id` as string) as `dbt_invocation_id`, cast(`orchestrator` as string) as `orchestrator`, cast(`orchestrator_run_id` as string) as `orchestrator_run_id`, cast(`connector_version` as string) as `connector_version`, cast(`config_hash` as string) as `config_hash` from `tidemark`.`runs` as r
where activation = ? and run_key = ? and status = 'succeeded' order by r.finished_at desc limit 1;
-- 1: people.tiktok
-- 2: key

update `tidemark_state`.`control_people-tiktok` set run_id = ?, run_key = ?,
  attempt = 1 + (select count(*) from `tidemark`.`runs` where activation = ? and run_key = ?),
  run_started_at = current_timestamp(), run_full = cast(? as bool),
  run_overridden = cast(? as bool),
  override_run_key = case when cast(? as bool) then ? else override_run_key end,
  run_open = true, open_fence = null, mark = 0, account_id = ?,
  member_key = ?, run_connector_version = ?, run_config_hash = ?,
  run_orchestrator = cast(? as string), run_orchestrator_run_id = cast(? as string),
  run_dbt_invocation_id = cast(? as string)
where owner = ? and fence = cast(8 as int64) and not run_open;
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

update `tidemark_state`.`control_people-tiktok` set run_open = false, open_fence = null, sending = false, quiet_until = greatest(coalesce(quiet_until, current_timestamp()), timestamp_add(current_timestamp(), interval cast(120000 as int64) millisecond))
where owner = ? and fence = cast(8 as int64) and run_open;
-- 1: run-2

insert into `tidemark`.`runs` (`run_id`, `run_key`, `attempt`, `activation`, `segment`, `destination`, `platform`, `account_id`, `audience_id`, `audience_name`, `status`, `started_at`, `finished_at`, `duration_ms`, `segment_members`, `reachable_members`, `members_added`, `members_removed`, `identifiers_added`, `identifiers_removed`, `identifiers_resent`, `identifiers_rejected`, `batches`, `api_calls`, `api_retries`, `throttled_ms`, `full`, `guards_overridden`, `error_code`, `error_message`, `dbt_invocation_id`, `orchestrator`, `orchestrator_run_id`, `connector_version`, `config_hash`)
select cast(? as string), c.run_key, c.attempt, cast(? as string), cast(? as string), cast(? as string), cast(? as string),
  cast(? as string), c.audience_id, cast(? as string), cast(? as string), c.run_started_at, current_timestamp(),
  timestamp_diff(current_timestamp(), c.run_started_at, millisecond), `k`.`segment_members`, `k`.`reachable_members`, `k`.`members_added`, `k`.`members_removed`, `k`.`identifiers_added`, `k`.`identifiers_removed`, `k`.`identifiers_resent`, `k`.`identifiers_rejected`,
  r.batches, greatest(cast(3 as int64), r.attempts), cast(1 as int64), cast(0 as int64),
  c.run_full, c.run_overridden, cast(? as string), cast(? as string),
  cast(? as string), cast(? as string), cast(? as string), cast(? as string), cast(? as string)
from `tidemark_state`.`control_people-tiktok` as c cross join (select `segment_members`, `reachable_members`, 0 as `members_added`, 0 as `members_removed`, 0 as `identifiers_added`, 0 as `identifiers_removed`, 0 as `identifiers_resent`, 0 as `identifiers_rejected` from `tidemark_state`.`control_people-tiktok`) as k cross join (select count(case when batch_no > 0 then 1 end) as batches, coalesce(sum(attempts), 0) as attempts
from `tidemark`.`receipts` where run_id = ?) as r;
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

insert into `tidemark`.`activation_log` (activation, segment, destination, platform, account_id, audience_id, audience_name,
  audience_description, fields, schedule, config_hash, logged_at)
select cast(? as string), cast(? as string), cast(? as string), cast(? as string), cast(? as string),
  c.audience_id, cast(? as string), cast(? as string), cast(? as string), cast(? as string),
  cast(? as string), current_timestamp()
from `tidemark_state`.`control_people-tiktok` as c
where not exists (select 1 from `tidemark`.`activations` as a where a.activation = ?
  and a.config_hash = ? and coalesce(a.schedule, '') = coalesce(cast(? as string), '')
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

select cast(`run_id` as string) as `run_id`, cast(`run_key` as string) as `run_key`, cast(`attempt` as string) as `attempt`, cast(`activation` as string) as `activation`, cast(`segment` as string) as `segment`, cast(`destination` as string) as `destination`, cast(`platform` as string) as `platform`, cast(`account_id` as string) as `account_id`, cast(`audience_id` as string) as `audience_id`, cast(`audience_name` as string) as `audience_name`, cast(`status` as string) as `status`, format_timestamp('%Y-%m-%dT%H:%M:%E3SZ', `started_at`, 'UTC') as `started_at`, format_timestamp('%Y-%m-%dT%H:%M:%E3SZ', `finished_at`, 'UTC') as `finished_at`, cast(`duration_ms` as string) as `duration_ms`, cast(`segment_members` as string) as `segment_members`, cast(`reachable_members` as string) as `reachable_members`, cast(`members_added` as string) as `members_added`, cast(`members_removed` as string) as `members_removed`, cast(`identifiers_added` as string) as `identifiers_added`, cast(`identifiers_removed` as string) as `identifiers_removed`, cast(`identifiers_resent` as string) as `identifiers_resent`, cast(`identifiers_rejected` as string) as `identifiers_rejected`, cast(`batches` as string) as `batches`, cast(`api_calls` as string) as `api_calls`, cast(`api_retries` as string) as `api_retries`, cast(`throttled_ms` as string) as `throttled_ms`, cast(`full` as string) as `full`, cast(`guards_overridden` as string) as `guards_overridden`, cast(`error_code` as string) as `error_code`, cast(`error_message` as string) as `error_message`, cast(`dbt_invocation_id` as string) as `dbt_invocation_id`, cast(`orchestrator` as string) as `orchestrator`, cast(`orchestrator_run_id` as string) as `orchestrator_run_id`, cast(`connector_version` as string) as `connector_version`, cast(`config_hash` as string) as `config_hash` from `tidemark`.`runs` as r where run_id = ?;
-- 1: run-2

select cast(`run_id` as string) as `run_id`, cast(`run_key` as string) as `run_key`, cast(`attempt` as string) as `attempt`, cast(`activation` as string) as `activation`, cast(`segment` as string) as `segment`, cast(`destination` as string) as `destination`, cast(`platform` as string) as `platform`, cast(`account_id` as string) as `account_id`, cast(`audience_id` as string) as `audience_id`, cast(`audience_name` as string) as `audience_name`, cast(`status` as string) as `status`, format_timestamp('%Y-%m-%dT%H:%M:%E3SZ', `started_at`, 'UTC') as `started_at`, format_timestamp('%Y-%m-%dT%H:%M:%E3SZ', `finished_at`, 'UTC') as `finished_at`, cast(`duration_ms` as string) as `duration_ms`, cast(`segment_members` as string) as `segment_members`, cast(`reachable_members` as string) as `reachable_members`, cast(`members_added` as string) as `members_added`, cast(`members_removed` as string) as `members_removed`, cast(`identifiers_added` as string) as `identifiers_added`, cast(`identifiers_removed` as string) as `identifiers_removed`, cast(`identifiers_resent` as string) as `identifiers_resent`, cast(`identifiers_rejected` as string) as `identifiers_rejected`, cast(`batches` as string) as `batches`, cast(`api_calls` as string) as `api_calls`, cast(`api_retries` as string) as `api_retries`, cast(`throttled_ms` as string) as `throttled_ms`, cast(`full` as string) as `full`, cast(`guards_overridden` as string) as `guards_overridden`, cast(`error_code` as string) as `error_code`, cast(`error_message` as string) as `error_message`, cast(`dbt_invocation_id` as string) as `dbt_invocation_id`, cast(`orchestrator` as string) as `orchestrator`, cast(`orchestrator_run_id` as string) as `orchestrator_run_id`, cast(`connector_version` as string) as `connector_version`, cast(null as string) as `config_hash` from `tidemark`.`runs` as r where activation = ?
order by r.started_at desc, r.attempt desc limit cast(5 as int64);
-- 1: people.tiktok

select cast((select count(*) from `tidemark_state`.`ledger_members_people-tiktok`) as string) as member_rows,
  cast((select count(*) from `tidemark_state`.`ledger_identifiers_people-tiktok`) as string) as identifier_rows;

-- # segment: look at it

select * from `shop`.`people` as s limit 0;

select * from (select * from people
) as s limit 0;

select * from (select * from (select cast(null as string) as `id`, cast(null as string) as `email`) as n where 1 = 0) as s limit 0;

select cast(count(*) as string) as n from `shop`.`people` as s where s.`country` in (?, ?);
-- 1: FR
-- 2: DE

select cast(count(*) as string) as n from `shop`.`people` as s where s.`spent` >= cast(? as float64);
-- 1: 12.5

select cast(count(*) as string) as n from `shop`.`people` as s where s.`orders` > cast(? as int64);
-- 1: 3

select cast(count(*) as string) as n from `shop`.`people` as s where s.`active` = cast(? as bool);
-- 1: true

select cast(count(*) as string) as n from `shop`.`people` as s where s.`left_at` is null;

-- # compare

create or replace temp table `tidemark_compared` as select kind, member_key, cast(sum(segment_rows) as int64) as segment_rows, row_number() over () as member_no
from (select kind, case when kind = 2 then member_key end as member_key, segment_rows from (
  select case when c.fingerprint is not null and c.member_key is null then 1 when c.fingerprint is not null and l.member_key is not null then 0 else 2 end as kind,
    coalesce(c.member_key, l.member_key) as member_key, case when c.fingerprint is null then 0 else 1 end as segment_rows
  from (select member_key, md5(concat(coalesce(cast(cast(? as string) as string), ''), coalesce(cast(length(`raw_1`) as string), ''), coalesce(cast(':' as string), ''), coalesce(cast(`raw_1` as string), ''), coalesce(cast(length(`raw_2`) as string), ''), coalesce(cast(':' as string), ''), coalesce(cast(`raw_2` as string), ''))) as fingerprint
from (select nullif(collate(cast(s.`id` as string), ''), '') as member_key, collate(cast(s.`work email` as string), '') as `raw_1`, collate(cast(s.`phone` as string), '') as `raw_2` from `shop`.`people` as s where s.`country` in (?, ?) and s.`spent` >= cast(? as float64) and s.`orders` > cast(? as int64) and s.`active` = cast(? as bool) and s.`left_at` is null) as r) as c
  full join `tidemark_state`.`ledger_members_people-tiktok` as l on l.member_key = c.member_key and l.fingerprint = c.fingerprint) as j) as r group by kind, member_key;
-- 1: 1|mapping|
-- 2: FR
-- 3: DE
-- 4: 12.5
-- 5: 3
-- 6: true

create or replace temp table `tidemark_current_members` as select member_key, md5(concat(coalesce(cast(cast(? as string) as string), ''), coalesce(cast(length(`raw_1`) as string), ''), coalesce(cast(':' as string), ''), coalesce(cast(`raw_1` as string), ''), coalesce(cast(length(`raw_2`) as string), ''), coalesce(cast(':' as string), ''), coalesce(cast(`raw_2` as string), ''))) as fingerprint
from (select nullif(collate(cast(s.`id` as string), ''), '') as member_key, collate(cast(s.`work email` as string), '') as `raw_1`, collate(cast(s.`phone` as string), '') as `raw_2` from `shop`.`people` as s where s.`country` in (?, ?) and s.`spent` >= cast(? as float64) and s.`orders` > cast(? as int64) and s.`active` = cast(? as bool) and s.`left_at` is null) as r;
-- 1: 1|mapping|
-- 2: FR
-- 3: DE
-- 4: 12.5
-- 5: 3
-- 6: true

create or replace temp table `tidemark_compared` as select kind, member_key, cast(sum(segment_rows) as int64) as segment_rows, row_number() over () as member_no
from (select 2 as kind, member_key, 0 as segment_rows from (select member_key, fingerprint from `tidemark_current_members` as c where member_key is not null except distinct select member_key, fingerprint from `tidemark_state`.`ledger_members_people-tiktok`) as came
union all select 2, member_key, 0 from (select member_key, fingerprint from `tidemark_state`.`ledger_members_people-tiktok` except distinct select member_key, fingerprint from `tidemark_current_members` as c where member_key is not null) as went
union all select case when member_key is null then 1 else 0 end, null, 1 from `tidemark_current_members` as c) as r group by kind, member_key;

create or replace temp table `tidemark_compared` as select kind, member_key, cast(sum(segment_rows) as int64) as segment_rows, row_number() over () as member_no
from (select kind, case when kind = 2 then member_key end as member_key, segment_rows from (
  select case when c.fingerprint is not null and c.member_key is null then 1  else 2 end as kind,
    coalesce(c.member_key, l.member_key) as member_key, case when c.fingerprint is null then 0 else 1 end as segment_rows
  from `tidemark_current_members` as c
  full join `tidemark_state`.`ledger_members_people-tiktok` as l on l.member_key = c.member_key and l.fingerprint = c.fingerprint) as j union all select 2, member_key, 0 from `tidemark_state`.`ledger_identifiers_people-tiktok`) as r group by kind, member_key;

create or replace temp table `tidemark_compared` as select kind, member_key, cast(sum(segment_rows) as int64) as segment_rows, row_number() over () as member_no
from (select case when member_key is null then 1 else 2 end as kind, member_key, 1 as segment_rows
from (select case when collate(cast(s.`id` as string), '') <> '' then to_hex(sha256(collate(cast(s.`id` as string), ''))) end as member_key from (select * from people
) as s) as c) as r group by kind, member_key;

insert into `tidemark_compared` (kind, member_key, segment_rows, member_no)
select 3, d.member_key, 0, row_number() over () + (select count(*) from `tidemark_compared`)
from `tidemark_state`.`due_people-tiktok` as d where d.due_at <= current_timestamp()
  and not exists (select 1 from `tidemark_compared` as c where c.kind = 2 and c.member_key = d.member_key);

create or replace temp table `tidemark_changed_members` as select member_key, member_no, kind = 3 as due from `tidemark_compared` where kind in (2, 3);

select cast(coalesce(sum(case when 1 = 1 then segment_rows end), 0) as string) as all_rows, cast(coalesce(sum(case when kind = 1 then segment_rows end), 0) as string) as null_keys,
  cast(coalesce(sum(case when kind in (2, 3) then 1 end), 0) as string) as members from `tidemark_compared`;

select cast(count(*) as string) as members from `tidemark_changed_members` where (`member_key` like '%@%' and regexp_contains(`member_key`, '[^@ ]@[^@ ]+[.][^@ .]'))
  or (`member_key` like '%+%' and regexp_contains(`member_key`, '^[ \\x{9}\\x{d}\\x{a}]*[+][0-9][0-9 ().-]{6,18}[ \\x{9}\\x{d}\\x{a}]*$'));

-- # read members

create table `tidemark_state`.`delta_rows-people-tiktok-8` (`op` string, `member_no` int64, `unit` int64, `leads` bool, `member_key` string, `field` string, `digest` bytes, `prior` int64, `confirmed_before` bool, `waits` bool, `hold_reason` string, `hold_until_at` timestamp);

create table `tidemark_state`.`delta_member_rows-people-tiktok-8` (`member_no` int64, `member_key` string, `in_k` bool, `fingerprint` bytes, `standing` int64, `counts` bool);

create table `tidemark_state`.`held-people-tiktok-8` (`member_no` int64, `member_key` string, `field` string, `digest` bytes, `state` int64, `since_at` timestamp, `entered` bool);

create table `tidemark_state`.`members_before-people-tiktok-8` (`member_key` string, `fingerprint` bytes, `standing` int64);

create table `tidemark_state`.`arrivals-people-tiktok-8` (`member_no` int64, `member_key` string, `fingerprint` bytes, `digest_1` bytes, `reason_1` string, `digest_2` bytes, `reason_2` string);

create table `tidemark_state`.`delta_rejections-people-tiktok-8` (`member_key` string, `field` string, `reason` string, `origin` string, `identifiers` int64, `value` bytes);

create table `tidemark_state`.`batches-people-tiktok-8` (`batch_no` int64, `op` string, `field` string, `members` int64, `identifiers` int64, `request_rows` int64, `bytes` int64, `first_unit` int64, `last_unit` int64);

create table `tidemark_state`.`spans-people-tiktok-8` (`batch_no` int64, `part` int64, `first_unit` int64, `last_unit` int64);

create table `tidemark_state`.`refused-people-tiktok-8` (`batch_no` int64, `row_no` int64, `field` string, `digest` bytes, `outcome` string, `reason` string);

insert into `tidemark_state`.`arrivals-people-tiktok-8` (`member_no`, `member_key`, `fingerprint`, `digest_1`, `reason_1`, `digest_2`, `reason_2`) select member_no, member_key, fingerprint, case when `verdict_1` = 1 then from_hex(substr(`clean_1`, 2)) else sha256(case `verdict_1` when 0 then `clean_1` when 2 then lower(translate(substr(`clean_1`, 2), '\u0130\u03a3', 'i\u03c3')) when 3 then `raw_1` end) end as `digest_1`, case `verdict_1` when 3 then 'invalid_email' end as `reason_1`, case when `verdict_2` = 1 then from_hex(substr(`clean_2`, 2)) else sha256(case `verdict_2` when 0 then `clean_2` when 2 then substr(`clean_2`, 2) when 3 then ('+' || substr(substr(`clean_2`, 2), 3)) when 4 then regexp_replace(substr(`clean_2`, 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0', '+\\2') when 5 then `raw_2` when 6 then '+33' || case when regexp_contains(substr(`clean_2`, 2), '^0([1-9][0-9]{8,8})$') then substr(substr(`clean_2`, 2), 2) else substr(`clean_2`, 2) end when 7 then '+' || substr(`clean_2`, 2) when 8 then `raw_2` end) end as `digest_2`, case `verdict_2` when 5 then 'invalid_phone' when 8 then 'invalid_phone' end as `reason_2` from (select *, case when `clean_1` is null or `clean_1` = ' ' then null when `clean_1` not like ' %' then 0 when length(substr(`clean_1`, 2)) = 64 and regexp_contains(substr(`clean_1`, 2), '^[0-9a-fA-F]{64}$') then 1 when length(substr(`clean_1`, 2)) <= 254 and regexp_contains(substr(`clean_1`, 2), '^[a-zA-Z0-9!#$%&\'*+/=?^_`{|}~.\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}-]+@([a-zA-Z0-9\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}]([-a-zA-Z0-9\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}]*[a-zA-Z0-9\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}])?[.])+[a-zA-Z\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}][-a-zA-Z0-9\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}]*[a-zA-Z0-9\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}]$') and not (length(substr(`clean_1`, 2)) > 64 and regexp_contains(substr(`clean_1`, 2), '^[^@]{65}|@([^@]*[.])?[^.@]{64}')) then 2 when 1 = 1 then 3 end as `verdict_1`, case when `clean_2` is null or `clean_2` = ' ' then null when `clean_2` not like ' %' then 0 when substr(`clean_2`, 2) like '+%' and length(substr(`clean_2`, 2)) between 9 and 16 and regexp_contains(substr(`clean_2`, 2), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then 2 when substr(`clean_2`, 2) like '00%' and length(('+' || substr(substr(`clean_2`, 2), 3))) between 9 and 16 and regexp_contains(('+' || substr(substr(`clean_2`, 2), 3)), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then 3 when regexp_contains(substr(`clean_2`, 2), '^([+]|00)[0-9]{9,16}$') and regexp_contains(substr(`clean_2`, 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0[1-9]') then 4 when substr(`clean_2`, 2) like '+%' or substr(`clean_2`, 2) like '00%' then 5 when regexp_contains(substr(`clean_2`, 2), '^(0)?([1-9][0-9]{8,8})$') then 6 when regexp_contains(substr(`clean_2`, 2), '^33([1-9][0-9]{8,8})$') then 7 when 1 = 1 then 8 end as `verdict_2` from (select member_no, member_key, md5(concat(coalesce(cast(cast(? as string) as string), ''), coalesce(cast(length(`raw_1`) as string), ''), coalesce(cast(':' as string), ''), coalesce(cast(`raw_1` as string), ''), coalesce(cast(length(`raw_2`) as string), ''), coalesce(cast(':' as string), ''), coalesce(cast(`raw_2` as string), ''))) as fingerprint, `raw_1`, `raw_2`, case when length(`raw_1`) <= 64 and regexp_contains(`raw_1`, '^[a-zA-Z0-9!#$%&\'*+/=?^_`{|}~.-]+@([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?[.])+[a-zA-Z][-a-zA-Z0-9]*[a-zA-Z0-9]$') then lower(`raw_1`) else ' ' || trim(`raw_1`, ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end as `clean_1`, case when length(`raw_2`) between 9 and 16 and regexp_contains(`raw_2`, '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then `raw_2` else ' ' || case
  when regexp_contains(`raw_2`, '^[+]?[0-9]+$') or length(`raw_2`) = 64 then `raw_2`
  when regexp_contains(`raw_2`, '^[-+()./ ]*[0-9][-+()./ 0-9]*$') then translate(`raw_2`, ' ()-./', '')
  when regexp_contains(`raw_2`, '^[^0-9xX#]*[0-9]') then regexp_replace(`raw_2`, '[;,]?[ \\x{9}\\x{a}\\x{b}\\x{c}\\x{d}\\x{85}\\x{a0}\\x{1680}\\x{2000}\\x{2001}\\x{2002}\\x{2003}\\x{2004}\\x{2005}\\x{2006}\\x{2007}\\x{2008}\\x{2009}\\x{200a}\\x{200b}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]*([eE][xX][tT][a-zA-Z]*|[xX#])[.:=]?[ \\x{9}\\x{a}\\x{b}\\x{c}\\x{d}\\x{85}\\x{a0}\\x{1680}\\x{2000}\\x{2001}\\x{2002}\\x{2003}\\x{2004}\\x{2005}\\x{2006}\\x{2007}\\x{2008}\\x{2009}\\x{200a}\\x{200b}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]*[0-9]*[ \\x{9}\\x{a}\\x{b}\\x{c}\\x{d}\\x{85}\\x{a0}\\x{1680}\\x{2000}\\x{2001}\\x{2002}\\x{2003}\\x{2004}\\x{2005}\\x{2006}\\x{2007}\\x{2008}\\x{2009}\\x{200a}\\x{200b}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]*$|[-()./\\x{ad}\\x{2010}\\x{2011}\\x{2012}\\x{2013}\\x{2014}\\x{2015}\\x{2212} \\x{9}\\x{a}\\x{b}\\x{c}\\x{d}\\x{85}\\x{a0}\\x{1680}\\x{2000}\\x{2001}\\x{2002}\\x{2003}\\x{2004}\\x{2005}\\x{2006}\\x{2007}\\x{2008}\\x{2009}\\x{200a}\\x{200b}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]+', '')
  else trim(`raw_2`, ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end end as `clean_2` from (select c.member_no, s.* from (select nullif(collate(cast(s.`id` as string), ''), '') as member_key, collate(cast(s.`work email` as string), '') as `raw_1`, collate(cast(s.`phone` as string), '') as `raw_2` from `shop`.`people` as s where s.`country` in (?, ?) and s.`spent` >= cast(? as float64) and s.`orders` > cast(? as int64) and s.`active` = cast(? as bool) and s.`left_at` is null) as s
join `tidemark_changed_members` as c on c.member_key = s.member_key) as r) as n) as n;
-- 1: 1|mapping|
-- 2: FR
-- 3: DE
-- 4: 12.5
-- 5: 3
-- 6: true

create or replace temp table `tidemark_read_members` as select * from `tidemark_state`.`arrivals-people-tiktok-8`;

select cast(count(*) = count(distinct member_no) as string) as single from `tidemark_read_members`;

-- # read members, every rule

create or replace temp table `tidemark_arrivals` as select member_no, member_key, fingerprint, case when `verdict_1` = 1 then from_hex(substr(`clean_1`, 2)) else sha256(case `verdict_1` when 0 then `clean_1` when 2 then lower(translate(substr(`clean_1`, 2), '\u0130\u03a3', 'i\u03c3')) when 3 then `raw_1` end) end as `digest_1`, case `verdict_1` when 3 then 'invalid_email' end as `reason_1`, case when `verdict_2` = 1 then from_hex(substr(`clean_2`, 2)) else sha256(case `verdict_2` when 0 then `clean_2` end) end as `digest_2`, cast(null as string) as `reason_2`, case when `verdict_3` = 1 then from_hex(substr(`clean_3`, 2)) else sha256(case `verdict_3` when 0 then `clean_3` when 2 then substr(`clean_3`, 2) when 3 then ('+' || substr(substr(`clean_3`, 2), 3)) when 4 then regexp_replace(substr(`clean_3`, 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0', '+\\2') when 5 then `raw_3` when 6 then `raw_3` when 7 then `raw_3` end) end as `digest_3`, case `verdict_3` when 5 then 'invalid_phone' when 6 then 'unknown_country' when 7 then 'invalid_phone' end as `reason_3`, case when `verdict_4` = 1 then from_hex(substr(`clean_4`, 2)) else sha256(case `verdict_4` when 0 then `clean_4` when 2 then `raw_4` end) end as `digest_4`, case `verdict_4` when 2 then 'invalid_sha256' end as `reason_4`, case when `verdict_5` = 1 then from_hex(substr(`clean_5`, 2)) else sha256(case `verdict_5` when 0 then `clean_5` when 2 then lower(substr(`clean_5`, 2)) when 3 then `raw_5` end) end as `digest_5`, case `verdict_5` when 3 then 'invalid_device_id' end as `reason_5`, case when `verdict_6` = 1 then from_hex(substr(`clean_6`, 2)) else sha256(case `verdict_6` when 0 then `clean_6` when 2 then `raw_6` end) end as `digest_6`, case `verdict_6` when 2 then 'invalid_sha512' end as `reason_6`, case when `verdict_7` = 1 then from_hex(substr(`clean_7`, 2)) else sha256(case `verdict_7` when 0 then `clean_7` when 2 then lower(case when substr(`clean_7`, 2) like '@%' then substr(substr(`clean_7`, 2), 2) else substr(`clean_7`, 2) end) when 3 then `raw_7` end) end as `digest_7`, case `verdict_7` when 3 then 'invalid_handle' end as `reason_7` from (select *, case when `clean_1` is null or `clean_1` = ' ' then null when `clean_1` not like ' %' then 0 when length(substr(`clean_1`, 2)) = 64 and regexp_contains(substr(`clean_1`, 2), '^[0-9a-fA-F]{64}$') then 1 when length(substr(`clean_1`, 2)) = 128 and regexp_contains(substr(`clean_1`, 2), '^[0-9a-fA-F]{128}$') then null when length(substr(`clean_1`, 2)) <= 254 and regexp_contains(substr(`clean_1`, 2), '^[a-zA-Z0-9!#$%&\'*+/=?^_`{|}~.\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}-]+@([a-zA-Z0-9\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}]([-a-zA-Z0-9\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}]*[a-zA-Z0-9\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}])?[.])+[a-zA-Z\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}][-a-zA-Z0-9\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}]*[a-zA-Z0-9\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}]$') and not (length(substr(`clean_1`, 2)) > 64 and regexp_contains(substr(`clean_1`, 2), '^[^@]{65}|@([^@]*[.])?[^.@]{64}')) then 2 when 1 = 1 then 3 end as `verdict_1`, case when `clean_2` is null or `clean_2` = ' ' then null when `clean_2` not like ' %' then 0 when length(substr(`clean_2`, 2)) = 128 and regexp_contains(substr(`clean_2`, 2), '^[0-9a-fA-F]{128}$') then 1  end as `verdict_2`, case when `clean_3` is null or `clean_3` = ' ' then null when `clean_3` not like ' %' then 0 when length(substr(`clean_3`, 2)) = 64 and regexp_contains(substr(`clean_3`, 2), '^[0-9a-fA-F]{64}$') then 1 when substr(`clean_3`, 2) like '+%' and length(substr(`clean_3`, 2)) between 9 and 16 and regexp_contains(substr(`clean_3`, 2), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then 2 when substr(`clean_3`, 2) like '00%' and length(('+' || substr(substr(`clean_3`, 2), 3))) between 9 and 16 and regexp_contains(('+' || substr(substr(`clean_3`, 2), 3)), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then 3 when regexp_contains(substr(`clean_3`, 2), '^([+]|00)[0-9]{9,16}$') and regexp_contains(substr(`clean_3`, 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0[1-9]') then 4 when substr(`clean_3`, 2) like '+%' or substr(`clean_3`, 2) like '00%' then 5 when regexp_contains(substr(`clean_3`, 2), '^[0-9]{5,15}$') then 6 when 1 = 1 then 7 end as `verdict_3`, case when `clean_4` is null or `clean_4` = ' ' then null when `clean_4` not like ' %' then 0 when length(substr(`clean_4`, 2)) = 64 and regexp_contains(substr(`clean_4`, 2), '^[0-9a-fA-F]{64}$') then 1 when 1 = 1 then 2 end as `verdict_4`, case when `clean_5` is null or `clean_5` = ' ' then null when `clean_5` not like ' %' then 0 when length(substr(`clean_5`, 2)) = 64 and regexp_contains(substr(`clean_5`, 2), '^[0-9a-fA-F]{64}$') then 1 when regexp_contains(substr(`clean_5`, 2), '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$') and substr(`clean_5`, 2) not in ('00000000-0000-0000-0000-000000000000', '0000000000000000') then 2 when 1 = 1 then 3 end as `verdict_5`, case when `clean_6` is null or `clean_6` = ' ' then null when `clean_6` not like ' %' then 0 when length(substr(`clean_6`, 2)) = 128 and regexp_contains(substr(`clean_6`, 2), '^[0-9a-fA-F]{128}$') then 1 when 1 = 1 then 2 end as `verdict_6`, case when `clean_7` is null or `clean_7` = ' ' then null when `clean_7` not like ' %' then 0 when regexp_contains(substr(`clean_7`, 2), '^@?[a-zA-Z0-9_]{1,15}$') then 2 when 1 = 1 then 3 end as `verdict_7` from (select member_no, member_key, md5(concat(coalesce(cast(cast(? as string) as string), ''), coalesce(cast(length(`raw_1`) as string), ''), coalesce(cast(':' as string), ''), coalesce(cast(`raw_1` as string), ''), coalesce(cast(length(`raw_2`) as string), ''), coalesce(cast(':' as string), ''), coalesce(cast(`raw_2` as string), ''), coalesce(cast(length(`raw_3`) as string), ''), coalesce(cast(':' as string), ''), coalesce(cast(`raw_3` as string), ''), coalesce(cast(length(`raw_4`) as string), ''), coalesce(cast(':' as string), ''), coalesce(cast(`raw_4` as string), ''), coalesce(cast(length(`raw_5`) as string), ''), coalesce(cast(':' as string), ''), coalesce(cast(`raw_5` as string), ''), coalesce(cast(length(`raw_6`) as string), ''), coalesce(cast(':' as string), ''), coalesce(cast(`raw_6` as string), ''), coalesce(cast(length(`raw_7`) as string), ''), coalesce(cast(':' as string), ''), coalesce(cast(`raw_7` as string), ''))) as fingerprint, `raw_1`, `raw_2`, `raw_3`, `raw_4`, `raw_5`, `raw_6`, `raw_7`, case when length(`raw_1`) <= 64 and regexp_contains(`raw_1`, '^[a-zA-Z0-9!#$%&\'*+/=?^_`{|}~.-]+@([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?[.])+[a-zA-Z][-a-zA-Z0-9]*[a-zA-Z0-9]$') then lower(`raw_1`) else ' ' || trim(`raw_1`, ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end as `clean_1`, case when 1 = 0 then `raw_2` else ' ' || case when length(`raw_2`) >= 128 then trim(`raw_2`, ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end end as `clean_2`, case when length(`raw_3`) between 9 and 16 and regexp_contains(`raw_3`, '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then `raw_3` else ' ' || case
  when regexp_contains(`raw_3`, '^[+]?[0-9]+$') or length(`raw_3`) = 64 then `raw_3`
  when regexp_contains(`raw_3`, '^[-+()./ ]*[0-9][-+()./ 0-9]*$') then translate(`raw_3`, ' ()-./', '')
  when regexp_contains(`raw_3`, '^[^0-9xX#]*[0-9]') then regexp_replace(`raw_3`, '[;,]?[ \\x{9}\\x{a}\\x{b}\\x{c}\\x{d}\\x{85}\\x{a0}\\x{1680}\\x{2000}\\x{2001}\\x{2002}\\x{2003}\\x{2004}\\x{2005}\\x{2006}\\x{2007}\\x{2008}\\x{2009}\\x{200a}\\x{200b}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]*([eE][xX][tT][a-zA-Z]*|[xX#])[.:=]?[ \\x{9}\\x{a}\\x{b}\\x{c}\\x{d}\\x{85}\\x{a0}\\x{1680}\\x{2000}\\x{2001}\\x{2002}\\x{2003}\\x{2004}\\x{2005}\\x{2006}\\x{2007}\\x{2008}\\x{2009}\\x{200a}\\x{200b}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]*[0-9]*[ \\x{9}\\x{a}\\x{b}\\x{c}\\x{d}\\x{85}\\x{a0}\\x{1680}\\x{2000}\\x{2001}\\x{2002}\\x{2003}\\x{2004}\\x{2005}\\x{2006}\\x{2007}\\x{2008}\\x{2009}\\x{200a}\\x{200b}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]*$|[-()./\\x{ad}\\x{2010}\\x{2011}\\x{2012}\\x{2013}\\x{2014}\\x{2015}\\x{2212} \\x{9}\\x{a}\\x{b}\\x{c}\\x{d}\\x{85}\\x{a0}\\x{1680}\\x{2000}\\x{2001}\\x{2002}\\x{2003}\\x{2004}\\x{2005}\\x{2006}\\x{2007}\\x{2008}\\x{2009}\\x{200a}\\x{200b}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]+', '')
  else trim(`raw_3`, ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end end as `clean_3`, case when 1 = 0 then `raw_4` else ' ' || trim(`raw_4`, ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end as `clean_4`, case when regexp_contains(`raw_5`, '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$') and `raw_5` not in ('00000000-0000-0000-0000-000000000000', '0000000000000000') then `raw_5` else ' ' || trim(`raw_5`, ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end as `clean_5`, case when 1 = 0 then `raw_6` else ' ' || trim(`raw_6`, ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end as `clean_6`, case when regexp_contains(`raw_7`, '^[a-zA-Z0-9_]{1,15}$') then lower(`raw_7`) else ' ' || trim(`raw_7`, ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end as `clean_7` from (select c.member_no, s.* from (select case when collate(cast(s.`id` as string), '') <> '' then to_hex(sha256(collate(cast(s.`id` as string), ''))) end as member_key, collate(cast(s.`c0` as string), '') as `raw_1`, collate(cast(s.`c1` as string), '') as `raw_2`, collate(cast(s.`c2` as string), '') as `raw_3`, collate(cast(s.`c3` as string), '') as `raw_4`, collate(cast(s.`c4` as string), '') as `raw_5`, collate(cast(s.`c5` as string), '') as `raw_6`, collate(cast(s.`c6` as string), '') as `raw_7` from (select * from people
) as s) as s
join `tidemark_changed_members` as c on c.member_key = s.member_key) as r) as n) as n;
-- 1: 1|mapping|

create or replace temp table `tidemark_read_members` as select * from `tidemark_arrivals`;

-- # wanted

create or replace temp table `tidemark_several` as select member_no from `tidemark_read_members` group by member_no having count(*) > 1;

create or replace temp table `tidemark_wanted_rows` as select distinct member_no, member_key, field, digest from (select member_no, member_key, cast('EMAIL_SHA256' as string) as field, `digest_1` as digest
from `tidemark_read_members` where `digest_1` is not null and `reason_1` is null union all select member_no, member_key, cast('PHONE_SHA256' as string) as field, `digest_2` as digest
from `tidemark_read_members` where `digest_2` is not null and `reason_2` is null) as w where member_no in (select member_no from `tidemark_several`);

create or replace temp table `tidemark_oversized` as select member_no, min(member_key) as member_key, count(*) as identifiers from `tidemark_wanted_rows`
group by member_no having count(*) > 100;

delete from `tidemark_wanted_rows` where member_no in (select member_no from `tidemark_oversized`);

create or replace temp table `tidemark_wanted` as select * from (select member_no, member_key, cast('EMAIL_SHA256' as string) as field, `digest_1` as digest
from `tidemark_read_members` where `digest_1` is not null and `reason_1` is null union all select member_no, member_key, cast('PHONE_SHA256' as string) as field, `digest_2` as digest
from `tidemark_read_members` where `digest_2` is not null and `reason_2` is null) as w where member_no not in (select member_no from `tidemark_several`) union all select * from `tidemark_wanted_rows`;

insert into `tidemark_state`.`delta_rejections-people-tiktok-8` (`member_key`, `field`, `reason`, `origin`, `identifiers`, `value`) select distinct member_key, field, reason, cast('validation' as string) as origin, cast(1 as int64) as identifiers, value
from (select member_key, cast(? as string) as field, `reason_1` as reason, `digest_1` as value from `tidemark_read_members` union all select member_key, cast(? as string) as field, `reason_2` as reason, `digest_2` as value from `tidemark_read_members`) as f where reason is not null
union all select member_key, null, 'too_many_identifiers', 'validation', identifiers, null from `tidemark_oversized`
union all select null, null, 'null_member_key', 'validation', n, null from (select cast(3 as int64) as n) as k where n > 0;
-- 1: email
-- 2: phone

select reason, cast(sum(identifiers) as string) as identifiers from `tidemark_state`.`delta_rejections-people-tiktok-8`
group by reason order by reason;

select cast((select count(`digest_1`) from `tidemark_read_members`) + (select count(`digest_2`) from `tidemark_read_members`) as string) as checked;

-- # delta

create or replace temp table `tidemark_changed_or_kept` as select c.member_no, l.* from `tidemark_state`.`ledger_identifiers_people-tiktok` as l
left join `tidemark_changed_members` as c on c.member_key = l.member_key
where c.member_no is not null or l.state = 3;

create or replace temp table `tidemark_dropped` as select l.* from `tidemark_changed_or_kept` as l where l.state <> 3
and not exists (select 1 from `tidemark_wanted` as w where w.member_no = l.member_no and w.field = l.field and w.digest = l.digest);

create or replace temp table `tidemark_candidates` as select field, digest from `tidemark_dropped` union distinct select field, digest from `tidemark_changed_or_kept` where state = 3;

create or replace temp table `tidemark_sharers` as select l.*, c.member_no from `tidemark_state`.`ledger_identifiers_people-tiktok` as l
join (select field, digest from `tidemark_wanted` union distinct select field, digest from `tidemark_candidates`) as d on d.field = l.field and d.digest = l.digest
left join `tidemark_changed_members` as c on c.member_key = l.member_key;

create or replace temp table `tidemark_placeholders` as with held as (select field, digest from `tidemark_wanted` union all select field, digest from `tidemark_sharers` where state <> 3 and member_no is null),
suspects as (select mod(farm_fingerprint(`digest`) & 9223372036854775807, 1250) as h from held group by 1 having count(*) > 20)
select field, digest from held where mod(farm_fingerprint(`digest`) & 9223372036854775807, 1250) in (select h from suspects)
group by field, digest having count(*) > 20;

create or replace temp table `tidemark_holders` as select s.* from `tidemark_sharers` as s
join `tidemark_candidates` as d on d.field = s.field and d.digest = s.digest;

create or replace temp table `tidemark_unwanted` as select d.field, d.digest, q.field is not null as waits from `tidemark_candidates` as d
left join (select distinct field, digest from `tidemark_state`.`quarantine_people-tiktok` as x where x.op = 'remove' and x.until_at > current_timestamp()) as q on q.field = d.field and q.digest = d.digest
where not exists (select 1 from `tidemark_wanted` as x where x.field = d.field and x.digest = d.digest)
  and not exists (select 1 from `tidemark_holders` as x where x.field = d.field and x.digest = d.digest and x.member_no is null and x.state <> 3);

create or replace temp table `tidemark_waiting_members` as select distinct h.member_key from `tidemark_holders` as h
join `tidemark_unwanted` as u on u.field = h.field and u.digest = h.digest where u.waits;

create or replace temp table `tidemark_gone` as select distinct u.field, u.digest from `tidemark_unwanted` as u
join `tidemark_holders` as h on h.field = u.field and h.digest = u.digest
where not u.waits and h.member_key not in (select member_key from `tidemark_waiting_members`);

create or replace temp table `tidemark_touched` as select distinct h.member_key, h.member_no from `tidemark_holders` as h
join `tidemark_gone` as g on g.field = h.field and g.digest = h.digest;

select cast(count(*) as string) as members from `tidemark_touched` where member_no is null;

create or replace temp table `tidemark_exposed` as select distinct l.field, l.digest, false as elsewhere from `tidemark_changed_or_kept` as l join `tidemark_touched` as t on t.member_no = l.member_no
union distinct select l.field, l.digest, true from `tidemark_state`.`ledger_identifiers_people-tiktok` as l join `tidemark_touched` as t on t.member_key = l.member_key where t.member_no is null;

create or replace temp table `tidemark_again_members` as select l.member_key from `tidemark_sharers` as l join `tidemark_exposed` as e on e.field = l.field and e.digest = l.digest
union distinct select l.member_key from `tidemark_state`.`ledger_identifiers_people-tiktok` as l join (select * from `tidemark_exposed` where elsewhere) as e on e.field = l.field and e.digest = l.digest
union distinct select w.member_key from `tidemark_wanted` as w join `tidemark_exposed` as e on e.field = w.field and e.digest = w.digest;

create or replace temp table `tidemark_outside` as select member_key, row_number() over () + (select coalesce(max(member_no), 0) from `tidemark_changed_members`) as member_no
from (select distinct m.member_key from (select member_key from `tidemark_touched`
union all select member_key from `tidemark_waiting_members`
union all select member_key from `tidemark_again_members`) as m
  left join `tidemark_changed_members` as c on c.member_key = m.member_key where c.member_key is null) as o;

select cast(count(*) as string) as members from `tidemark_outside`;

insert into `tidemark_state`.`held-people-tiktok-8` (`member_no`, `member_key`, `field`, `digest`, `state`, `since_at`, `entered`) select member_no, member_key, field, digest, state, since_at, entered from `tidemark_changed_or_kept` where member_no is not null
union all select o.member_no, l.member_key, l.field, l.digest, l.state, l.since_at, l.entered
from `tidemark_state`.`ledger_identifiers_people-tiktok` as l join `tidemark_outside` as o on o.member_key = l.member_key;

insert into `tidemark_state`.`members_before-people-tiktok-8` (`member_key`, `fingerprint`, `standing`) select member_key, fingerprint, standing from `tidemark_state`.`ledger_members_people-tiktok`
where member_key in (select member_key from `tidemark_changed_members` union all select member_key from `tidemark_outside`);

create or replace temp table `tidemark_others` as select c.member_no from `tidemark_changed_members` as c join `tidemark_state`.`members_before-people-tiktok-8` as l on l.member_key = c.member_key
union distinct select member_no from `tidemark_changed_or_kept` where member_no is not null
union distinct select w.member_no from `tidemark_wanted` as w join (select field, digest from `tidemark_placeholders`
union all select field, digest from `tidemark_state`.`quarantine_people-tiktok` where op = 'add' and until_at > current_timestamp()) as r on r.field = w.field and r.digest = w.digest
union distinct select member_no from `tidemark_several`
union distinct select member_no from `tidemark_changed_members` where due
union distinct select member_no from `tidemark_read_members` where `reason_1` is not null or `reason_2` is not null or (`digest_1` is null and `digest_2` is null);

insert into `tidemark_state`.`delta_rows-people-tiktok-8` (`op`, `member_no`, `unit`, `leads`, `member_key`, `field`, `digest`, `prior`, `confirmed_before`, `waits`, `hold_reason`, `hold_until_at`) select op, member_no, (case when op = ? and field = ? then cast(0 as int64) when op = ? and field = ? then cast(1000000000000 as int64) when op = ? and field = ? then cast(2000000000000 as int64) when op = ? and field = ? then cast(3000000000000 as int64) when op = ? and field = ? then cast(4000000000000 as int64) when op = ? and field = ? then cast(5000000000000 as int64) when op = ? and field = ? then cast(6000000000000 as int64) when op = ? and field = ? then cast(7000000000000 as int64) when op = ? and field = ? then cast(8000000000000 as int64) when op = ? and field = ? then cast(9000000000000 as int64) end + send_no) as unit, coalesce(send_no = member_no and op in ('add', 'remove'), false) as leads,
  member_key, field, digest, prior, confirmed_before, waits, hold_reason, hold_until_at from (with adds as (select a.*, case when p.digest is not null then 'shared_by_many' else q.reason end as hold_reason, q.until_at as hold_until_at
from (select w.member_no, w.member_key, w.field, w.digest, coalesce(l.state, 0) as prior, l.since_at is not null as confirmed_before
from `tidemark_wanted` as w join `tidemark_others` as k on k.member_no = w.member_no
left join `tidemark_changed_or_kept` as l on l.member_no = w.member_no and l.field = w.field and l.digest = w.digest
where l.state is null or l.state <> 1 or w.member_key in (select member_key from `tidemark_again_members`) or l.since_at <= timestamp_add(current_timestamp(), interval cast(-28944000000 as int64) millisecond) union all select o.member_no, l.member_key, l.field, l.digest, l.state as prior, l.since_at is not null as confirmed_before
from `tidemark_state`.`held-people-tiktok-8` as l
join `tidemark_outside` as o on o.member_no = l.member_no
where l.state <> 3 and l.member_key in (select member_key from `tidemark_again_members`)) as a
left join `tidemark_placeholders` as p on p.field = a.field and p.digest = a.digest
left join (select field, digest, max(reason) as reason, max(until_at) as until_at from `tidemark_state`.`quarantine_people-tiktok`
  where op = 'add' and until_at > current_timestamp() group by field, digest) as q on q.field = a.field and q.digest = a.digest), removes as (select coalesce(h.member_no, o.member_no) as member_no, h.member_key, h.field, h.digest, h.state, h.since_at,
  h.member_key in (select member_key from `tidemark_waiting_members`) as waits
from `tidemark_holders` as h
join `tidemark_gone` as g on g.field = h.field and g.digest = h.digest
left join `tidemark_outside` as o on o.member_key = h.member_key)
select case when a.hold_reason is null then 'add' else 'hold' end as op, a.member_no, a.member_no as send_no, a.member_key, a.field,
  a.digest, a.prior, a.confirmed_before, false as waits, a.hold_reason, a.hold_until_at from adds as a
union all select 'remove', r.member_no, first_value(r.member_no) over (partition by r.field, r.digest order by r.member_key),
  r.member_key, r.field, r.digest, r.state, r.since_at is not null, r.waits, cast(null as string), cast(null as timestamp) from removes as r
union all select 'keep', d.member_no, cast(null as int64), d.member_key, d.field, d.digest, d.state, d.since_at is not null,
  d.member_key in (select member_key from `tidemark_waiting_members`), cast(null as string), cast(null as timestamp) from `tidemark_dropped` as d
where not exists (select 1 from `tidemark_gone` as g where g.field = d.field and g.digest = d.digest)
union all select 'keep', coalesce(h.member_no, o.member_no), cast(null as int64), h.member_key, h.field, h.digest, h.state, h.since_at is not null, true, cast(null as string), cast(null as timestamp)
from `tidemark_holders` as h
join `tidemark_unwanted` as u on u.field = h.field and u.digest = h.digest
left join `tidemark_outside` as o on o.member_key = h.member_key
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

insert into `tidemark_state`.`delta_member_rows-people-tiktok-8` (`member_no`, `member_key`, `in_k`, `fingerprint`, `standing`, `counts`) select c.member_no, c.member_key, true as in_k, r.fingerprint,
  case when r.fingerprint is null then 0 when r.valid and c.member_no not in (select member_no from `tidemark_oversized`
union all select w.member_no from `tidemark_wanted` as w
join (select distinct w.member_no from `tidemark_wanted` as w join `tidemark_placeholders` as p on p.field = w.field and p.digest = w.digest) as s on s.member_no = w.member_no
left join `tidemark_placeholders` as p on p.field = w.field and p.digest = w.digest group by w.member_no having count(*) = count(p.digest)) then 2 else 1 end as standing,
  row_number() over (partition by c.member_no order by r.fingerprint) = 1 as counts
from (select * from `tidemark_changed_members` where member_no in (select member_no from `tidemark_others`)) as c
left join (select distinct member_no, fingerprint, max(case when valid then 1 else 0 end) over (partition by member_no) = 1 as valid from (select member_no, fingerprint, (`digest_1` is not null and `reason_1` is null) or (`digest_2` is not null and `reason_2` is null) as valid from `tidemark_read_members`
where member_no in (select member_no from `tidemark_others`)) as d) as r on r.member_no = c.member_no
union all select member_no, member_key, false, null, null, true from `tidemark_outside`;

create view `tidemark_state`.`delta-people-tiktok-8` as select `op`, `member_no`, `unit`, `leads`, `member_key`, `field`, `digest`, `prior`, `confirmed_before`, `waits`, `hold_reason`, `hold_until_at` from `tidemark_state`.`delta_rows-people-tiktok-8` union all select cast('add' as string), a.member_no, f.lane + a.member_no, true, a.member_key, f.field, case f.n when 1 then `digest_1` when 2 then `digest_2` end, 0, false, false, null, null
from `tidemark_state`.`arrivals-people-tiktok-8` as a cross join (select 1 as n, cast('EMAIL_SHA256' as string) as field, 5000000000000 as lane union all select 2 as n, cast('PHONE_SHA256' as string) as field, 6000000000000 as lane) as f where case f.n when 1 then `digest_1` when 2 then `digest_2` end is not null;

create view `tidemark_state`.`delta_members-people-tiktok-8` as select `member_no`, `member_key`, `in_k`, `fingerprint`, `standing`, `counts` from `tidemark_state`.`delta_member_rows-people-tiktok-8` union all select member_no, member_key, true, fingerprint, 2, true from `tidemark_state`.`arrivals-people-tiktok-8`;

delete from `tidemark_state`.`arrivals-people-tiktok-8` where member_no in (select member_no from `tidemark_others`);

-- # delta without persons

create or replace temp table `tidemark_again_members` as select member_key from `tidemark_touched` where 1 = 0;

-- # delta, nobody outside

create or replace temp table `tidemark_exposed` as select distinct l.field, l.digest, false as elsewhere from `tidemark_changed_or_kept` as l join `tidemark_touched` as t on t.member_no = l.member_no;

create or replace temp table `tidemark_again_members` as select l.member_key from `tidemark_sharers` as l join `tidemark_exposed` as e on e.field = l.field and e.digest = l.digest
union distinct select w.member_key from `tidemark_wanted` as w join `tidemark_exposed` as e on e.field = w.field and e.digest = w.digest;

insert into `tidemark_state`.`held-people-tiktok-8` (`member_no`, `member_key`, `field`, `digest`, `state`, `since_at`, `entered`) select member_no, member_key, field, digest, state, since_at, entered from `tidemark_changed_or_kept` where member_no is not null;

-- # guards

select
  cast((select count(*) from (select distinct member_no from `tidemark_state`.`delta_rows-people-tiktok-8` where op = 'remove' and prior <> 3) as r where not exists (select 1 from `tidemark_state`.`delta_rows-people-tiktok-8` as d where d.member_no = r.member_no and d.op in ('add', 'hold'))
    and not exists (select 1 from `tidemark_state`.`held-people-tiktok-8` as l where l.member_no = r.member_no and l.state <> 3
  and not exists (select 1 from `tidemark_state`.`delta_rows-people-tiktok-8` as d where d.member_no = r.member_no and d.field = l.field and d.digest = l.digest and d.op in ('remove', 'keep')))) as string) as emptied,
  cast((select count(*) from (select distinct member_no from `tidemark_state`.`delta_rows-people-tiktok-8` where op = 'remove' and prior <> 3
    union distinct select d.member_no from `tidemark_state`.`delta-people-tiktok-8` as d join `tidemark_again_members` as a on a.member_key = d.member_key where d.op = 'add') as t) as string) as touched;

select cast(segment_members as string) as segment_members, cast(reachable_members as string) as reachable_members
from (select cast(n.in_segment - b.in_segment as int64) as segment_members, cast(n.reachable - b.reachable as int64) as reachable_members
from (select coalesce(sum(case when standing >= 1 then 1 else 0 end), 0) as in_segment, coalesce(sum(case when standing >= 2 then 1 else 0 end), 0) as reachable from `tidemark_state`.`delta_members-people-tiktok-8` where in_k and counts) as n cross join (select coalesce(sum(case when standing >= 1 then 1 else 0 end), 0) as in_segment, coalesce(sum(case when standing >= 2 then 1 else 0 end), 0) as reachable from (select max(l.standing) as standing from `tidemark_state`.`members_before-people-tiktok-8` as l
  where l.member_key in (select member_key from `tidemark_state`.`delta_member_rows-people-tiktok-8` where in_k) group by l.member_key) as l) as b) as s;

select op, cast(sum(`identifiers`) as string) as `identifiers`, cast(sum(`confirmed_before`) as string) as `confirmed_before`, cast(sum(`waiting`) as string) as `waiting` from (
select op, case when (op <> 'remove' or leads) then 1 else 0 end as identifiers, case when (op <> 'remove' or leads) and confirmed_before then 1 else 0 end as confirmed_before, case when waits then 1 else 0 end as waiting, 1 as n from `tidemark_state`.`delta_rows-people-tiktok-8`
union all select cast('add' as string), count(`digest_1`) + count(`digest_2`), 0, 0, count(`digest_1`) + count(`digest_2`) from `tidemark_state`.`arrivals-people-tiktok-8`) as d
group by op having sum(n) > 0 order by op;

-- # plan

create or replace temp table `tidemark_held` as select member_no, member_key, field, digest, state, since_at, entered from `tidemark_changed_or_kept` where member_no is not null
union all select o.member_no, l.member_key, l.field, l.digest, l.state, l.since_at, l.entered
from `tidemark_ledger_identifiers` as l join `tidemark_outside` as o on o.member_key = l.member_key;

create or replace temp table `tidemark_members_before` as select member_key, fingerprint, standing from `tidemark_ledger_members`
where member_key in (select member_key from `tidemark_changed_members` union all select member_key from `tidemark_outside`);

create or replace temp table `tidemark_delta_rows` as select op, member_no, (case when op = ? and field = ? then cast(0 as int64) when op = ? and field = ? then cast(1000000000000 as int64) when op = ? and field = ? then cast(2000000000000 as int64) when op = ? and field = ? then cast(3000000000000 as int64) when op = ? and field = ? then cast(4000000000000 as int64) when op = ? and field = ? then cast(5000000000000 as int64) when op = ? and field = ? then cast(6000000000000 as int64) when op = ? and field = ? then cast(7000000000000 as int64) when op = ? and field = ? then cast(8000000000000 as int64) when op = ? and field = ? then cast(9000000000000 as int64) end + send_no) as unit, coalesce(send_no = member_no and op in ('add', 'remove'), false) as leads,
  member_key, field, digest, prior, confirmed_before, waits, hold_reason, hold_until_at from (with adds as (select a.*, case when p.digest is not null then 'shared_by_many' else q.reason end as hold_reason, q.until_at as hold_until_at
from (select w.member_no, w.member_key, w.field, w.digest, coalesce(l.state, 0) as prior, l.since_at is not null as confirmed_before
from `tidemark_wanted` as w join `tidemark_others` as k on k.member_no = w.member_no
left join `tidemark_changed_or_kept` as l on l.member_no = w.member_no and l.field = w.field and l.digest = w.digest
 union all select o.member_no, l.member_key, l.field, l.digest, l.state as prior, l.since_at is not null as confirmed_before
from `tidemark_held` as l
join `tidemark_outside` as o on o.member_no = l.member_no
where l.state <> 3 and l.member_key in (select member_key from `tidemark_again_members`)) as a
left join `tidemark_placeholders` as p on p.field = a.field and p.digest = a.digest
left join (select field, digest, max(reason) as reason, max(until_at) as until_at from `tidemark_quarantine`
  where op = 'add' and until_at > current_timestamp() group by field, digest) as q on q.field = a.field and q.digest = a.digest), removes as (select coalesce(h.member_no, o.member_no) as member_no, h.member_key, h.field, h.digest, h.state, h.since_at,
  h.member_key in (select member_key from `tidemark_waiting_members`) as waits
from `tidemark_holders` as h
join `tidemark_gone` as g on g.field = h.field and g.digest = h.digest
left join `tidemark_outside` as o on o.member_key = h.member_key)
select case when a.hold_reason is null then 'add' else 'hold' end as op, a.member_no, a.member_no as send_no, a.member_key, a.field,
  a.digest, a.prior, a.confirmed_before, false as waits, a.hold_reason, a.hold_until_at from adds as a
union all select 'remove', r.member_no, first_value(r.member_no) over (partition by r.field, r.digest order by r.member_key),
  r.member_key, r.field, r.digest, r.state, r.since_at is not null, r.waits, cast(null as string), cast(null as timestamp) from removes as r
union all select 'keep', d.member_no, cast(null as int64), d.member_key, d.field, d.digest, d.state, d.since_at is not null,
  d.member_key in (select member_key from `tidemark_waiting_members`), cast(null as string), cast(null as timestamp) from `tidemark_dropped` as d
where not exists (select 1 from `tidemark_gone` as g where g.field = d.field and g.digest = d.digest)
union all select 'keep', coalesce(h.member_no, o.member_no), cast(null as int64), h.member_key, h.field, h.digest, h.state, h.since_at is not null, true, cast(null as string), cast(null as timestamp)
from `tidemark_holders` as h
join `tidemark_unwanted` as u on u.field = h.field and u.digest = h.digest
left join `tidemark_outside` as o on o.member_key = h.member_key
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

create or replace temp table `tidemark_delta_member_rows` as select c.member_no, c.member_key, true as in_k, r.fingerprint,
  case when r.fingerprint is null then 0 when r.valid and c.member_no not in (select member_no from `tidemark_oversized`
union all select w.member_no from `tidemark_wanted` as w
join (select distinct w.member_no from `tidemark_wanted` as w join `tidemark_placeholders` as p on p.field = w.field and p.digest = w.digest) as s on s.member_no = w.member_no
left join `tidemark_placeholders` as p on p.field = w.field and p.digest = w.digest group by w.member_no having count(*) = count(p.digest)) then 2 else 1 end as standing,
  true as counts
from (select * from `tidemark_changed_members` where member_no in (select member_no from `tidemark_others`)) as c
left join (select member_no, fingerprint, (`digest_1` is not null and `reason_1` is null) or (`digest_2` is not null and `reason_2` is null) as valid from `tidemark_read_members`
where member_no in (select member_no from `tidemark_others`)) as r on r.member_no = c.member_no
union all select member_no, member_key, false, null, null, true from `tidemark_outside`;

create or replace temp table `tidemark_arrivals` as select member_no, member_key, fingerprint, case when `verdict_1` = 1 then from_hex(substr(`clean_1`, 2)) else sha256(case `verdict_1` when 0 then `clean_1` when 2 then lower(translate(substr(`clean_1`, 2), '\u0130\u03a3', 'i\u03c3')) when 3 then `raw_1` end) end as `digest_1`, case `verdict_1` when 3 then 'invalid_email' end as `reason_1`, case when `verdict_2` = 1 then from_hex(substr(`clean_2`, 2)) else sha256(case `verdict_2` when 0 then `clean_2` when 2 then substr(`clean_2`, 2) when 3 then ('+' || substr(substr(`clean_2`, 2), 3)) when 4 then regexp_replace(substr(`clean_2`, 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0', '+\\2') when 5 then `raw_2` when 6 then '+33' || case when regexp_contains(substr(`clean_2`, 2), '^0([1-9][0-9]{8,8})$') then substr(substr(`clean_2`, 2), 2) else substr(`clean_2`, 2) end when 7 then '+' || substr(`clean_2`, 2) when 8 then `raw_2` end) end as `digest_2`, case `verdict_2` when 5 then 'invalid_phone' when 8 then 'invalid_phone' end as `reason_2` from (select *, case when `clean_1` is null or `clean_1` = ' ' then null when `clean_1` not like ' %' then 0 when length(substr(`clean_1`, 2)) = 64 and regexp_contains(substr(`clean_1`, 2), '^[0-9a-fA-F]{64}$') then 1 when length(substr(`clean_1`, 2)) <= 254 and regexp_contains(substr(`clean_1`, 2), '^[a-zA-Z0-9!#$%&\'*+/=?^_`{|}~.\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}-]+@([a-zA-Z0-9\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}]([-a-zA-Z0-9\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}]*[a-zA-Z0-9\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}])?[.])+[a-zA-Z\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}][-a-zA-Z0-9\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}]*[a-zA-Z0-9\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{37d}\\x{37f}-\\x{167f}\\x{1681}-\\x{180d}\\x{180f}-\\x{1fff}\\x{2c00}-\\x{2def}\\x{3005}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{20000}-\\x{3134f}]$') and not (length(substr(`clean_1`, 2)) > 64 and regexp_contains(substr(`clean_1`, 2), '^[^@]{65}|@([^@]*[.])?[^.@]{64}')) then 2 when 1 = 1 then 3 end as `verdict_1`, case when `clean_2` is null or `clean_2` = ' ' then null when `clean_2` not like ' %' then 0 when substr(`clean_2`, 2) like '+%' and length(substr(`clean_2`, 2)) between 9 and 16 and regexp_contains(substr(`clean_2`, 2), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then 2 when substr(`clean_2`, 2) like '00%' and length(('+' || substr(substr(`clean_2`, 2), 3))) between 9 and 16 and regexp_contains(('+' || substr(substr(`clean_2`, 2), 3)), '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then 3 when regexp_contains(substr(`clean_2`, 2), '^([+]|00)[0-9]{9,16}$') and regexp_contains(substr(`clean_2`, 2), '^([+]|00)([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])0[1-9]') then 4 when substr(`clean_2`, 2) like '+%' or substr(`clean_2`, 2) like '00%' then 5 when regexp_contains(substr(`clean_2`, 2), '^(0)?([1-9][0-9]{8,8})$') then 6 when regexp_contains(substr(`clean_2`, 2), '^33([1-9][0-9]{8,8})$') then 7 when 1 = 1 then 8 end as `verdict_2` from (select member_no, member_key, md5(concat(coalesce(cast(cast(? as string) as string), ''), coalesce(cast(length(`raw_1`) as string), ''), coalesce(cast(':' as string), ''), coalesce(cast(`raw_1` as string), ''), coalesce(cast(length(`raw_2`) as string), ''), coalesce(cast(':' as string), ''), coalesce(cast(`raw_2` as string), ''))) as fingerprint, `raw_1`, `raw_2`, case when length(`raw_1`) <= 64 and regexp_contains(`raw_1`, '^[a-zA-Z0-9!#$%&\'*+/=?^_`{|}~.-]+@([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?[.])+[a-zA-Z][-a-zA-Z0-9]*[a-zA-Z0-9]$') then lower(`raw_1`) else ' ' || trim(`raw_1`, ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end as `clean_1`, case when length(`raw_2`) between 9 and 16 and regexp_contains(`raw_2`, '^[+](([17]|2[07]|21[12368]|22[0123478]|23[0123456789]|24[03456789]|25[12345678]|26[0123456789]|29[01789]|3[012346]|35[0123456789]|37[01234567]|38[01235679]|4[013456789]|42[013]|50[0123456789]|5[12345678]|59[0123456789]|6[0123456]|67[023456789]|68[012356789]|69[012]|80[08]|8[1246]|85[02356]|87[08]|88[012368]|9[0123458]|96[012345678]|97[012345679]|99[34568])[1-9]|(22[569]|24[12]|250|378|39|992))[0-9]+$') then `raw_2` else ' ' || case
  when regexp_contains(`raw_2`, '^[+]?[0-9]+$') or length(`raw_2`) = 64 then `raw_2`
  when regexp_contains(`raw_2`, '^[-+()./ ]*[0-9][-+()./ 0-9]*$') then translate(`raw_2`, ' ()-./', '')
  when regexp_contains(`raw_2`, '^[^0-9xX#]*[0-9]') then regexp_replace(`raw_2`, '[;,]?[ \\x{9}\\x{a}\\x{b}\\x{c}\\x{d}\\x{85}\\x{a0}\\x{1680}\\x{2000}\\x{2001}\\x{2002}\\x{2003}\\x{2004}\\x{2005}\\x{2006}\\x{2007}\\x{2008}\\x{2009}\\x{200a}\\x{200b}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]*([eE][xX][tT][a-zA-Z]*|[xX#])[.:=]?[ \\x{9}\\x{a}\\x{b}\\x{c}\\x{d}\\x{85}\\x{a0}\\x{1680}\\x{2000}\\x{2001}\\x{2002}\\x{2003}\\x{2004}\\x{2005}\\x{2006}\\x{2007}\\x{2008}\\x{2009}\\x{200a}\\x{200b}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]*[0-9]*[ \\x{9}\\x{a}\\x{b}\\x{c}\\x{d}\\x{85}\\x{a0}\\x{1680}\\x{2000}\\x{2001}\\x{2002}\\x{2003}\\x{2004}\\x{2005}\\x{2006}\\x{2007}\\x{2008}\\x{2009}\\x{200a}\\x{200b}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]*$|[-()./\\x{ad}\\x{2010}\\x{2011}\\x{2012}\\x{2013}\\x{2014}\\x{2015}\\x{2212} \\x{9}\\x{a}\\x{b}\\x{c}\\x{d}\\x{85}\\x{a0}\\x{1680}\\x{2000}\\x{2001}\\x{2002}\\x{2003}\\x{2004}\\x{2005}\\x{2006}\\x{2007}\\x{2008}\\x{2009}\\x{200a}\\x{200b}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]+', '')
  else trim(`raw_2`, ' \u0009\u000a\u000b\u000c\u000d\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff') end end as `clean_2` from (select c.member_no, s.* from (select nullif(collate(cast(s.`id` as string), ''), '') as member_key, collate(cast(s.`work email` as string), '') as `raw_1`, collate(cast(s.`phone` as string), '') as `raw_2` from `shop`.`people` as s where s.`country` in (?, ?) and s.`spent` >= cast(? as float64) and s.`orders` > cast(? as int64) and s.`active` = cast(? as bool) and s.`left_at` is null) as s
join `tidemark_changed_members` as c on c.member_key = s.member_key) as r) as n) as n;
-- 1: 1|mapping|
-- 2: FR
-- 3: DE
-- 4: 12.5
-- 5: 3
-- 6: true

create or replace temp table `tidemark_read_members` as select * from `tidemark_arrivals`;

create or replace temp table `tidemark_delta` as select `op`, `member_no`, `unit`, `leads`, `member_key`, `field`, `digest`, `prior`, `confirmed_before`, `waits`, `hold_reason`, `hold_until_at` from `tidemark_delta_rows` union all select cast('add' as string), a.member_no, f.lane + a.member_no, true, a.member_key, f.field, case f.n when 1 then `digest_1` when 2 then `digest_2` end, 0, false, false, null, null
from `tidemark_arrivals` as a cross join (select 1 as n, cast('EMAIL_SHA256' as string) as field, 5000000000000 as lane union all select 2 as n, cast('PHONE_SHA256' as string) as field, 6000000000000 as lane) as f where case f.n when 1 then `digest_1` when 2 then `digest_2` end is not null;

create or replace temp table `tidemark_delta_members` as select `member_no`, `member_key`, `in_k`, `fingerprint`, `standing`, `counts` from `tidemark_delta_member_rows` union all select member_no, member_key, true, fingerprint, 2, true from `tidemark_arrivals`;

select
  cast((select count(distinct member_key) from `tidemark_delta` where op = 'add' and member_key not in (select member_key from `tidemark_ledger_identifiers` where entered and state <> 3)) as string) as entering,
  cast((select count(*) from (select distinct member_key from `tidemark_delta` where op in ('remove', 'keep') and member_key in (select member_key from `tidemark_ledger_identifiers` where entered and state <> 3)) as r
    where r.member_key not in (select member_key from `tidemark_delta` where op = 'add') and not exists (select 1 from `tidemark_ledger_identifiers` as l where l.member_key = r.member_key and l.state <> 3
  and not exists (select 1 from `tidemark_delta` as d where d.member_key = l.member_key and d.field = l.field and d.digest = l.digest
    and d.op in ('remove', 'keep')))) as string) as leaving;

select hold_reason as reason, cast(count(*) as string) as identifiers from `tidemark_delta`
where op = 'hold' group by hold_reason order by hold_reason;

-- # batches: types

select distinct field from `tidemark_state`.`delta-people-tiktok-8` where leads order by field;

select cast(b.batch_no as string) as batch_no, op, field, cast(members as string) as members,
  cast(identifiers as string) as identifiers, cast(request_rows as string) as request_rows, cast(bytes as string) as bytes,
  cast(first_unit as string) as first_unit, cast(last_unit as string) as last_unit
from `tidemark_state`.`batches-people-tiktok-8` as b order by b.batch_no;

-- # batches: cut of members

create or replace temp table `tidemark_units` as select unit, count(*) as identifiers, 1 as request_rows,
  (cast(2 as int64) + count(case when field = ? then 1 end) * cast(67 as int64) + max(case when field = ? then cast(10 as int64) else 0 end) + count(case when field = ? then 1 end) * cast(67 as int64) + max(case when field = ? then cast(17 as int64) else 0 end)) as bytes
from `tidemark_state`.`delta_rows-people-tiktok-8` where leads group by unit union all select 1000000000000 + member_no, (case when `digest_1` is not null then 1 else 0 end + case when `digest_2` is not null then 1 else 0 end), 1, (2 + case when `digest_1` is not null then 77 else 0 end + case when `digest_2` is not null then 84 else 0 end) from `tidemark_state`.`arrivals-people-tiktok-8` where true;
-- 1: email
-- 2: email
-- 3: phone_number
-- 4: phone_number

create or replace temp table `tidemark_cuts` as with placed as (select *, unit - mod(unit, cast(1000000000000 as int64)) as lane, unit - mod(unit, cast(1000 as int64)) as part from `tidemark_units`),
bounds as (select lane, case when max(bytes * cast(1000 as int64) - request_rows * cast(999949 as int64)) <= 0 then 'rows' when min(bytes * cast(1000 as int64) - request_rows * cast(999949 as int64)) >= 0 then 'bytes' else 'both' end as bound from placed group by lane),
u as (select p.*, b.bound, case bound when 'rows' then request_rows when 'bytes' then bytes else greatest(bytes * cast(1000 as int64), request_rows * cast(999949 as int64)) end as size from placed as p join bounds as b on b.lane = p.lane),
fits as (select lane, greatest(1, case bound when 'rows' then cast(1000 as int64) when 'bytes' then cast(999949 as int64) else cast(1000 as int64) * cast(999949 as int64) end - max(size) + 1) as fit from u group by lane, bound),
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

insert into `tidemark_state`.`batches-people-tiktok-8` (`batch_no`, `op`, `field`, `members`, `identifiers`, `request_rows`, `bytes`, `first_unit`, `last_unit`) select batch_no, case lane when cast(0 as int64) then cast(? as string) when cast(1000000000000 as int64) then cast(? as string) end as op,
  case lane when cast(0 as int64) then cast(? as string) when cast(1000000000000 as int64) then cast(? as string) end as field, cast(sum(members) as int64) as members, cast(sum(identifiers) as int64) as identifiers,
  cast(sum(request_rows) as int64) as request_rows, cast(sum(bytes) as int64) as bytes,
  min(first_unit) as first_unit, max(last_unit) as last_unit
from `tidemark_cuts` group by batch_no, lane;
-- 1: remove
-- 2: add
-- 3: NULL
-- 4: NULL

insert into `tidemark_state`.`spans-people-tiktok-8` (`batch_no`, `part`, `first_unit`, `last_unit`) select batch_no, part, first_unit, last_unit from `tidemark_cuts`;

-- # batches: cut of identifiers

create or replace temp table `tidemark_units` as select unit, count(*) as identifiers, count(*) as request_rows,
  sum(cast(3 as int64) + case when field = cast(? as string) then 96 else 0 end + case when field = cast(? as string) then 96 else 0 end) as bytes
from `tidemark_state`.`delta_rows-people-tiktok-8` where leads group by unit union all select 5000000000000 + member_no, 1, 1, cast(99 as int64) from `tidemark_state`.`arrivals-people-tiktok-8` where `digest_1` is not null union all select 6000000000000 + member_no, 1, 1, cast(99 as int64) from `tidemark_state`.`arrivals-people-tiktok-8` where `digest_2` is not null;
-- 1: EMAIL_SHA256
-- 2: PHONE_SHA256

create or replace temp table `tidemark_cuts` as with placed as (select *, unit - mod(unit, cast(1000000000000 as int64)) as lane, unit - mod(unit, cast(1000 as int64)) as part from `tidemark_units`),
bounds as (select lane, case when max(bytes * cast(1000 as int64) - request_rows * cast(999882 as int64)) <= 0 then 'rows' when min(bytes * cast(1000 as int64) - request_rows * cast(999882 as int64)) >= 0 then 'bytes' else 'both' end as bound from placed group by lane),
u as (select p.*, b.bound, case bound when 'rows' then request_rows when 'bytes' then bytes else greatest(bytes * cast(1000 as int64), request_rows * cast(999882 as int64)) end as size from placed as p join bounds as b on b.lane = p.lane),
fits as (select lane, greatest(1, case bound when 'rows' then cast(1000 as int64) when 'bytes' then cast(999882 as int64) else cast(1000 as int64) * cast(999882 as int64) end - max(size) + 1) as fit from u group by lane, bound),
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

insert into `tidemark_state`.`batches-people-tiktok-8` (`batch_no`, `op`, `field`, `members`, `identifiers`, `request_rows`, `bytes`, `first_unit`, `last_unit`) select batch_no, case lane when cast(0 as int64) then cast(? as string) when cast(1000000000000 as int64) then cast(? as string) when cast(2000000000000 as int64) then cast(? as string) when cast(3000000000000 as int64) then cast(? as string) when cast(4000000000000 as int64) then cast(? as string) when cast(5000000000000 as int64) then cast(? as string) when cast(6000000000000 as int64) then cast(? as string) when cast(7000000000000 as int64) then cast(? as string) when cast(8000000000000 as int64) then cast(? as string) when cast(9000000000000 as int64) then cast(? as string) end as op,
  case lane when cast(0 as int64) then cast(? as string) when cast(1000000000000 as int64) then cast(? as string) when cast(2000000000000 as int64) then cast(? as string) when cast(3000000000000 as int64) then cast(? as string) when cast(4000000000000 as int64) then cast(? as string) when cast(5000000000000 as int64) then cast(? as string) when cast(6000000000000 as int64) then cast(? as string) when cast(7000000000000 as int64) then cast(? as string) when cast(8000000000000 as int64) then cast(? as string) when cast(9000000000000 as int64) then cast(? as string) end as field, cast(sum(members) as int64) as members, cast(sum(identifiers) as int64) as identifiers,
  cast(sum(request_rows) as int64) as request_rows, cast(sum(bytes) as int64) as bytes,
  min(first_unit) as first_unit, max(last_unit) as last_unit
from `tidemark_cuts` group by batch_no, lane;
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

insert into `tidemark_state`.`spans-people-tiktok-8` (`batch_no`, `part`, `first_unit`, `last_unit`) select batch_no, part, first_unit, last_unit from `tidemark_cuts`;

-- # batches: cut of positions

create or replace temp table `tidemark_units` as select unit, count(*) as identifiers, greatest(1, count(case when field = ? then 1 end), count(case when field = ? then 1 end)) as request_rows,
  (greatest(1, count(case when field = ? then 1 end), count(case when field = ? then 1 end)) * cast(8 as int64) + sum(0 + case when field = cast(? as string) then 94 else 0 end + case when field = cast(? as string) then 94 else 0 end)) as bytes
from `tidemark_state`.`delta_rows-people-tiktok-8` where leads group by unit union all select 1000000000000 + member_no, (case when `digest_1` is not null then 1 else 0 end + case when `digest_2` is not null then 1 else 0 end), 1, (8 + case when `digest_1` is not null then 94 else 0 end + case when `digest_2` is not null then 94 else 0 end) from `tidemark_state`.`arrivals-people-tiktok-8` where true;
-- 1: EMAIL_SHA256
-- 2: PHONE_SHA256
-- 3: EMAIL_SHA256
-- 4: PHONE_SHA256
-- 5: EMAIL_SHA256
-- 6: PHONE_SHA256

create or replace temp table `tidemark_cuts` as with placed as (select *, unit - mod(unit, cast(1000000000000 as int64)) as lane, unit - mod(unit, cast(1000 as int64)) as part from `tidemark_units`),
bounds as (select lane, case when max(bytes * cast(1000 as int64) - request_rows * cast(999824 as int64)) <= 0 then 'rows' when min(bytes * cast(1000 as int64) - request_rows * cast(999824 as int64)) >= 0 then 'bytes' else 'both' end as bound from placed group by lane),
u as (select p.*, b.bound, case bound when 'rows' then request_rows when 'bytes' then bytes else greatest(bytes * cast(1000 as int64), request_rows * cast(999824 as int64)) end as size from placed as p join bounds as b on b.lane = p.lane),
fits as (select lane, greatest(1, case bound when 'rows' then cast(1000 as int64) when 'bytes' then cast(999824 as int64) else cast(1000 as int64) * cast(999824 as int64) end - max(size) + 1) as fit from u group by lane, bound),
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

insert into `tidemark_state`.`batches-people-tiktok-8` (`batch_no`, `op`, `field`, `members`, `identifiers`, `request_rows`, `bytes`, `first_unit`, `last_unit`) select batch_no, case lane when cast(0 as int64) then cast(? as string) when cast(1000000000000 as int64) then cast(? as string) end as op,
  case lane when cast(0 as int64) then cast(? as string) when cast(1000000000000 as int64) then cast(? as string) end as field, cast(sum(members) as int64) as members, cast(sum(identifiers) as int64) as identifiers,
  cast(sum(request_rows) as int64) as request_rows, cast(sum(bytes) as int64) as bytes,
  min(first_unit) as first_unit, max(last_unit) as last_unit
from `tidemark_cuts` group by batch_no, lane;
-- 1: remove
-- 2: add
-- 3: NULL
-- 4: NULL

insert into `tidemark_state`.`spans-people-tiktok-8` (`batch_no`, `part`, `first_unit`, `last_unit`) select batch_no, part, first_unit, last_unit from `tidemark_cuts`;

-- # batches: pack of members

select cast(batch_no as string) as batch_no, cast(sum(request_rows) as string) as request_rows,
  string_agg(`body`, ',') as body
from (select s.batch_no, d.unit, count(*) as identifiers, 1 as request_rows,
  concat(coalesce(cast(cast(? as string) as string), ''), coalesce(cast(substr(concat(coalesce(cast(',"email":[' || string_agg(case when d.field = ? then concat(coalesce(cast('"' as string), ''), coalesce(cast(to_hex(`d`.`digest`) as string), ''), coalesce(cast('"' as string), '')) end, ',') || ']' as string), ''), coalesce(cast(',"phone_number":[' || string_agg(case when d.field = ? then concat(coalesce(cast('"' as string), ''), coalesce(cast(to_hex(`d`.`digest`) as string), ''), coalesce(cast('"' as string), '')) end, ',') || ']' as string), '')), 2) as string), ''), coalesce(cast(cast(? as string) as string), '')) as body
from `tidemark_state`.`delta_rows-people-tiktok-8` as d join `tidemark_state`.`spans-people-tiktok-8` as s on `s`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `s`.`first_unit` and `s`.`last_unit`
where d.leads and `d`.`unit` between cast(1 as int64) and cast(9 as int64)
  and s.batch_no between cast(1 as int64) and cast(3 as int64) group by s.batch_no, d.unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 1000000000000 + member_no as unit, (case when `digest_1` is not null then 1 else 0 end + case when `digest_2` is not null then 1 else 0 end) as identifiers, concat(coalesce(cast('{' as string), ''), coalesce(cast(case when `digest_1` is not null then '"email":["' end as string), ''), coalesce(cast(to_hex(`digest_1`) as string), ''), coalesce(cast(case when `digest_1` is not null then '"]' end as string), ''), coalesce(cast(case when `digest_2` is not null and (`digest_1` is not null) then ',' end as string), ''), coalesce(cast(case when `digest_2` is not null then '"phone_number":["' end as string), ''), coalesce(cast(to_hex(`digest_2`) as string), ''), coalesce(cast(case when `digest_2` is not null then '"]' end as string), ''), coalesce(cast('}' as string), '')) as body from `tidemark_state`.`arrivals-people-tiktok-8` where true) as a
join `tidemark_state`.`spans-people-tiktok-8` as s on `s`.`part` = `a`.`unit` - mod(`a`.`unit`, cast(1000 as int64)) and `a`.`unit` between `s`.`first_unit` and `s`.`last_unit` where `a`.`unit` between cast(1 as int64) and cast(9 as int64)
  and s.batch_no between cast(1 as int64) and cast(3 as int64)) as b group by batch_no;
-- 1: {
-- 2: email
-- 3: phone_number
-- 4: }

select string_agg(cast(`body` as string), '\u000a' order by `unit`) as `body`, string_agg(cast(`request_rows` as string), '\u000a' order by `unit`) as `request_rows`, string_agg(cast(`identifiers` as string), '\u000a' order by `unit`) as `identifiers`
from (select s.batch_no, d.unit, count(*) as identifiers, 1 as request_rows,
  concat(coalesce(cast(cast(? as string) as string), ''), coalesce(cast(substr(concat(coalesce(cast(',"email":[' || string_agg(case when d.field = ? then concat(coalesce(cast('"' as string), ''), coalesce(cast(to_hex(`d`.`digest`) as string), ''), coalesce(cast('"' as string), '')) end, ',') || ']' as string), ''), coalesce(cast(',"phone_number":[' || string_agg(case when d.field = ? then concat(coalesce(cast('"' as string), ''), coalesce(cast(to_hex(`d`.`digest`) as string), ''), coalesce(cast('"' as string), '')) end, ',') || ']' as string), '')), 2) as string), ''), coalesce(cast(cast(? as string) as string), '')) as body
from `tidemark_state`.`delta_rows-people-tiktok-8` as d join `tidemark_state`.`spans-people-tiktok-8` as s on `s`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `s`.`first_unit` and `s`.`last_unit`
where d.leads and `d`.`unit` between cast(1 as int64) and cast(9 as int64)
  and s.batch_no between cast(1 as int64) and cast(3 as int64) group by s.batch_no, d.unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 1000000000000 + member_no as unit, (case when `digest_1` is not null then 1 else 0 end + case when `digest_2` is not null then 1 else 0 end) as identifiers, concat(coalesce(cast('{' as string), ''), coalesce(cast(case when `digest_1` is not null then '"email":["' end as string), ''), coalesce(cast(to_hex(`digest_1`) as string), ''), coalesce(cast(case when `digest_1` is not null then '"]' end as string), ''), coalesce(cast(case when `digest_2` is not null and (`digest_1` is not null) then ',' end as string), ''), coalesce(cast(case when `digest_2` is not null then '"phone_number":["' end as string), ''), coalesce(cast(to_hex(`digest_2`) as string), ''), coalesce(cast(case when `digest_2` is not null then '"]' end as string), ''), coalesce(cast('}' as string), '')) as body from `tidemark_state`.`arrivals-people-tiktok-8` where true) as a
join `tidemark_state`.`spans-people-tiktok-8` as s on `s`.`part` = `a`.`unit` - mod(`a`.`unit`, cast(1000 as int64)) and `a`.`unit` between `s`.`first_unit` and `s`.`last_unit` where `a`.`unit` between cast(1 as int64) and cast(9 as int64)
  and s.batch_no between cast(1 as int64) and cast(3 as int64)) as b;
-- 1: {
-- 2: email
-- 3: phone_number
-- 4: }

-- # batches: pack of identifiers

select cast(batch_no as string) as batch_no, cast(sum(request_rows) as string) as request_rows,
  string_agg(`body`, ',') as body
from (select s.batch_no, d.unit, count(*) as identifiers, count(*) as request_rows,
  string_agg(concat(coalesce(cast(cast(? as string) as string), ''), coalesce(cast(case d.field when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) end as string), ''), coalesce(cast(concat(coalesce(cast('"' as string), ''), coalesce(cast(to_hex(`d`.`digest`) as string), ''), coalesce(cast('"' as string), '')) as string), ''), coalesce(cast(case d.field when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) end as string), ''), coalesce(cast(cast(? as string) as string), '')), ',') as body
from `tidemark_state`.`delta_rows-people-tiktok-8` as d join `tidemark_state`.`spans-people-tiktok-8` as s on `s`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `s`.`first_unit` and `s`.`last_unit`
where d.leads and `d`.`unit` between cast(1 as int64) and cast(9 as int64)
  and s.batch_no between cast(1 as int64) and cast(3 as int64) group by s.batch_no, d.unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 5000000000000 + member_no as unit, 1 as identifiers, concat(coalesce(cast('[{"id":"' as string), ''), coalesce(cast(to_hex(`digest_1`) as string), ''), coalesce(cast('","audience_ids":["aud"]}]' as string), '')) as body from `tidemark_state`.`arrivals-people-tiktok-8` where `digest_1` is not null) as a
join `tidemark_state`.`spans-people-tiktok-8` as s on `s`.`part` = `a`.`unit` - mod(`a`.`unit`, cast(1000 as int64)) and `a`.`unit` between `s`.`first_unit` and `s`.`last_unit` where `a`.`unit` between cast(1 as int64) and cast(9 as int64)
  and s.batch_no between cast(1 as int64) and cast(3 as int64) union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 6000000000000 + member_no as unit, 1 as identifiers, concat(coalesce(cast('[{"id":"' as string), ''), coalesce(cast(to_hex(`digest_2`) as string), ''), coalesce(cast('","audience_ids":["aud"]}]' as string), '')) as body from `tidemark_state`.`arrivals-people-tiktok-8` where `digest_2` is not null) as a
join `tidemark_state`.`spans-people-tiktok-8` as s on `s`.`part` = `a`.`unit` - mod(`a`.`unit`, cast(1000 as int64)) and `a`.`unit` between `s`.`first_unit` and `s`.`last_unit` where `a`.`unit` between cast(1 as int64) and cast(9 as int64)
  and s.batch_no between cast(1 as int64) and cast(3 as int64)) as b group by batch_no;
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

select string_agg(cast(`body` as string), '\u000a' order by `unit`) as `body`, string_agg(cast(`request_rows` as string), '\u000a' order by `unit`) as `request_rows`, string_agg(cast(`identifiers` as string), '\u000a' order by `unit`) as `identifiers`
from (select s.batch_no, d.unit, count(*) as identifiers, count(*) as request_rows,
  string_agg(concat(coalesce(cast(cast(? as string) as string), ''), coalesce(cast(case d.field when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) end as string), ''), coalesce(cast(concat(coalesce(cast('"' as string), ''), coalesce(cast(to_hex(`d`.`digest`) as string), ''), coalesce(cast('"' as string), '')) as string), ''), coalesce(cast(case d.field when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) end as string), ''), coalesce(cast(cast(? as string) as string), '')), ',') as body
from `tidemark_state`.`delta_rows-people-tiktok-8` as d join `tidemark_state`.`spans-people-tiktok-8` as s on `s`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `s`.`first_unit` and `s`.`last_unit`
where d.leads and `d`.`unit` between cast(1 as int64) and cast(9 as int64)
  and s.batch_no between cast(1 as int64) and cast(3 as int64) group by s.batch_no, d.unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 5000000000000 + member_no as unit, 1 as identifiers, concat(coalesce(cast('[{"id":"' as string), ''), coalesce(cast(to_hex(`digest_1`) as string), ''), coalesce(cast('","audience_ids":["aud"]}]' as string), '')) as body from `tidemark_state`.`arrivals-people-tiktok-8` where `digest_1` is not null) as a
join `tidemark_state`.`spans-people-tiktok-8` as s on `s`.`part` = `a`.`unit` - mod(`a`.`unit`, cast(1000 as int64)) and `a`.`unit` between `s`.`first_unit` and `s`.`last_unit` where `a`.`unit` between cast(1 as int64) and cast(9 as int64)
  and s.batch_no between cast(1 as int64) and cast(3 as int64) union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 6000000000000 + member_no as unit, 1 as identifiers, concat(coalesce(cast('[{"id":"' as string), ''), coalesce(cast(to_hex(`digest_2`) as string), ''), coalesce(cast('","audience_ids":["aud"]}]' as string), '')) as body from `tidemark_state`.`arrivals-people-tiktok-8` where `digest_2` is not null) as a
join `tidemark_state`.`spans-people-tiktok-8` as s on `s`.`part` = `a`.`unit` - mod(`a`.`unit`, cast(1000 as int64)) and `a`.`unit` between `s`.`first_unit` and `s`.`last_unit` where `a`.`unit` between cast(1 as int64) and cast(9 as int64)
  and s.batch_no between cast(1 as int64) and cast(3 as int64)) as b;
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

select cast(batch_no as string) as batch_no, cast(sum(request_rows) as string) as request_rows,
  string_agg(`body`, ',') as body
from (select batch_no, unit, sum(identifiers) as identifiers, count(*) as request_rows, string_agg(`body`, ',') as body
from (select batch_no, unit, count(*) as identifiers, concat(coalesce(cast(cast(? as string) as string), ''), coalesce(cast(coalesce(max(case when d.field = ? then concat(coalesce(cast(cast(? as string) as string), ''), coalesce(cast(concat(coalesce(cast('"' as string), ''), coalesce(cast(to_hex(`d`.`digest`) as string), ''), coalesce(cast('"' as string), '')) as string), ''), coalesce(cast(cast(? as string) as string), '')) end), cast(? as string)) as string), ''), coalesce(cast(cast(? as string) as string), ''), coalesce(cast(coalesce(max(case when d.field = ? then concat(coalesce(cast(cast(? as string) as string), ''), coalesce(cast(concat(coalesce(cast('"' as string), ''), coalesce(cast(to_hex(`d`.`digest`) as string), ''), coalesce(cast('"' as string), '')) as string), ''), coalesce(cast(cast(? as string) as string), '')) end), cast(? as string)) as string), ''), coalesce(cast(cast(? as string) as string), '')) as body from (select s.batch_no, d.unit, d.field, d.digest, row_number() over (partition by d.unit, d.field order by d.digest) as place
from `tidemark_state`.`delta_rows-people-tiktok-8` as d join `tidemark_state`.`spans-people-tiktok-8` as s on `s`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `s`.`first_unit` and `s`.`last_unit`
where d.leads and `d`.`unit` between cast(1 as int64) and cast(9 as int64)
  and s.batch_no between cast(1 as int64) and cast(3 as int64)) as d group by batch_no, unit, place) as r group by batch_no, unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 1000000000000 + member_no as unit, (case when `digest_1` is not null then 1 else 0 end + case when `digest_2` is not null then 1 else 0 end) as identifiers, concat(coalesce(cast('[' as string), ''), coalesce(cast(case when `digest_1` is null then '{}' else concat(coalesce(cast('{"id":"' as string), ''), coalesce(cast(to_hex(`digest_1`) as string), ''), coalesce(cast('","audience_ids":["aud"]}' as string), '')) end as string), ''), coalesce(cast(',' as string), ''), coalesce(cast(case when `digest_2` is null then '{}' else concat(coalesce(cast('{"id":"' as string), ''), coalesce(cast(to_hex(`digest_2`) as string), ''), coalesce(cast('","audience_ids":["aud"]}' as string), '')) end as string), ''), coalesce(cast(']' as string), '')) as body from `tidemark_state`.`arrivals-people-tiktok-8` where true) as a
join `tidemark_state`.`spans-people-tiktok-8` as s on `s`.`part` = `a`.`unit` - mod(`a`.`unit`, cast(1000 as int64)) and `a`.`unit` between `s`.`first_unit` and `s`.`last_unit` where `a`.`unit` between cast(1 as int64) and cast(9 as int64)
  and s.batch_no between cast(1 as int64) and cast(3 as int64)) as b group by batch_no;
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

select string_agg(cast(`body` as string), '\u000a' order by `unit`) as `body`, string_agg(cast(`request_rows` as string), '\u000a' order by `unit`) as `request_rows`, string_agg(cast(`identifiers` as string), '\u000a' order by `unit`) as `identifiers`
from (select batch_no, unit, sum(identifiers) as identifiers, count(*) as request_rows, string_agg(`body`, ',') as body
from (select batch_no, unit, count(*) as identifiers, concat(coalesce(cast(cast(? as string) as string), ''), coalesce(cast(coalesce(max(case when d.field = ? then concat(coalesce(cast(cast(? as string) as string), ''), coalesce(cast(concat(coalesce(cast('"' as string), ''), coalesce(cast(to_hex(`d`.`digest`) as string), ''), coalesce(cast('"' as string), '')) as string), ''), coalesce(cast(cast(? as string) as string), '')) end), cast(? as string)) as string), ''), coalesce(cast(cast(? as string) as string), ''), coalesce(cast(coalesce(max(case when d.field = ? then concat(coalesce(cast(cast(? as string) as string), ''), coalesce(cast(concat(coalesce(cast('"' as string), ''), coalesce(cast(to_hex(`d`.`digest`) as string), ''), coalesce(cast('"' as string), '')) as string), ''), coalesce(cast(cast(? as string) as string), '')) end), cast(? as string)) as string), ''), coalesce(cast(cast(? as string) as string), '')) as body from (select s.batch_no, d.unit, d.field, d.digest, row_number() over (partition by d.unit, d.field order by d.digest) as place
from `tidemark_state`.`delta_rows-people-tiktok-8` as d join `tidemark_state`.`spans-people-tiktok-8` as s on `s`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `s`.`first_unit` and `s`.`last_unit`
where d.leads and `d`.`unit` between cast(1 as int64) and cast(9 as int64)
  and s.batch_no between cast(1 as int64) and cast(3 as int64)) as d group by batch_no, unit, place) as r group by batch_no, unit union all select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select 1000000000000 + member_no as unit, (case when `digest_1` is not null then 1 else 0 end + case when `digest_2` is not null then 1 else 0 end) as identifiers, concat(coalesce(cast('[' as string), ''), coalesce(cast(case when `digest_1` is null then '{}' else concat(coalesce(cast('{"id":"' as string), ''), coalesce(cast(to_hex(`digest_1`) as string), ''), coalesce(cast('","audience_ids":["aud"]}' as string), '')) end as string), ''), coalesce(cast(',' as string), ''), coalesce(cast(case when `digest_2` is null then '{}' else concat(coalesce(cast('{"id":"' as string), ''), coalesce(cast(to_hex(`digest_2`) as string), ''), coalesce(cast('","audience_ids":["aud"]}' as string), '')) end as string), ''), coalesce(cast(']' as string), '')) as body from `tidemark_state`.`arrivals-people-tiktok-8` where true) as a
join `tidemark_state`.`spans-people-tiktok-8` as s on `s`.`part` = `a`.`unit` - mod(`a`.`unit`, cast(1000 as int64)) and `a`.`unit` between `s`.`first_unit` and `s`.`last_unit` where `a`.`unit` between cast(1 as int64) and cast(9 as int64)
  and s.batch_no between cast(1 as int64) and cast(3 as int64)) as b;
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

select d.field, to_hex(d.digest) as digest from `tidemark_state`.`delta-people-tiktok-8` as d
join (select s.batch_no, d.unit, row_number() over (partition by s.batch_no order by d.unit) as row_no
from `tidemark_state`.`spans-people-tiktok-8` as s join `tidemark_state`.`delta-people-tiktok-8` as d on `s`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `s`.`first_unit` and `s`.`last_unit`
where s.batch_no in (cast(1 as int64)) group by s.batch_no, d.unit) as r on r.unit = d.unit where r.row_no = cast(2 as int64) and d.leads order by d.field, d.digest;

-- # run: before and while sending

update `tidemark_state`.`control_people-tiktok` set sending = true where owner = ? and fence = cast(8 as int64);
-- 1: run-2

update `tidemark_state`.`control_people-tiktok` set audience_intent = ?, audience_intent_at = current_timestamp(), sending = true
where owner = ? and fence = cast(8 as int64);
-- 1: People
-- 2: run-2

update `tidemark_state`.`control_people-tiktok` set audience_intent = null, audience_intent_at = null where owner = ? and fence = cast(8 as int64);
-- 1: run-2

update `tidemark_state`.`control_people-tiktok` set audience_id = ?, audience_name = ?,
  audience_description = cast(? as string), audience_intent = null, audience_intent_at = null where owner = ? and fence = cast(8 as int64);
-- 1: aud
-- 2: People
-- 3: NULL
-- 4: run-2

update `tidemark_state`.`control_people-tiktok` set mark = cast(5 as int64), sending = true, open_fence = fence,
  lease_until = timestamp_add(current_timestamp(), interval cast(120000 as int64) millisecond) where owner = ? and fence = cast(8 as int64) and run_open;
-- 1: run-2

insert into `tidemark`.`receipts` (receipt_id, run_id, activation, platform, audience_id, audience_name,
  op, batch_no, members, identifiers, status, http_status, platform_code, platform_request_id, attempts, message, sent_at, answered_at)
select n.receipt_id, cast(? as string), cast(? as string), cast(? as string), cast(? as string), cast(? as string),
  n.op, n.batch_no, n.members, n.identifiers, n.status, n.http_status, n.platform_code, n.platform_request_id, n.attempts,
  n.message, timestamp_add(current_timestamp(), interval n.sent_ms millisecond), timestamp_add(current_timestamp(), interval n.answered_ms millisecond)
from (select cast(json_value(j, '$.receipt_id') as string) as `receipt_id`, cast(json_value(j, '$.op') as string) as `op`, cast(json_value(j, '$.batch_no') as int64) as `batch_no`, cast(json_value(j, '$.members') as int64) as `members`, cast(json_value(j, '$.identifiers') as int64) as `identifiers`, cast(json_value(j, '$.status') as string) as `status`, cast(json_value(j, '$.http_status') as int64) as `http_status`, cast(json_value(j, '$.platform_code') as string) as `platform_code`, cast(json_value(j, '$.platform_request_id') as string) as `platform_request_id`, cast(json_value(j, '$.attempts') as int64) as `attempts`, cast(json_value(j, '$.message') as string) as `message`, cast(json_value(j, '$.sent_ms') as int64) as `sent_ms`, cast(json_value(j, '$.answered_ms') as int64) as `answered_ms` from unnest(json_query_array(cast(? as string))) as j) as n
where exists (select 1 from `tidemark_state`.`control_people-tiktok` where owner = ? and fence = cast(8 as int64))
  and not exists (select 1 from `tidemark`.`receipts` as r where r.run_id = ? and r.receipt_id = n.receipt_id);
-- 1: run-2
-- 2: people.tiktok
-- 3: tiktok_ads
-- 4: aud
-- 5: People
-- 6: [{"receipt_id":"run-2/add/1","op":"add","batch_no":1,"members":2,"identifiers":3,"status":"accepted","http_status":200,"platform_code":"0","platform_request_id":"rq","attempts":1,"message":null,"sent_ms":-20,"answered_ms":-10}]
-- 7: run-2
-- 8: run-2

insert into `tidemark_state`.`refused-people-tiktok-8` (batch_no, row_no, outcome, reason, field, digest)
select n.batch_no, n.row_no, n.outcome, n.reason, n.field, from_hex(n.digest) from (select cast(json_value(j, '$.batch_no') as int64) as `batch_no`, cast(json_value(j, '$.row_no') as int64) as `row_no`, cast(json_value(j, '$.outcome') as string) as `outcome`, cast(json_value(j, '$.reason') as string) as `reason`, cast(json_value(j, '$.field') as string) as `field`, cast(json_value(j, '$.digest') as string) as `digest` from unnest(json_query_array(cast(? as string))) as j) as n;
-- 1: [{"batch_no":1,"row_no":2,"outcome":"refused","reason":"bad","field":"EMAIL_SHA256","digest":"00"}]

-- # settle

create or replace temp table `tidemark_outcomes` (`batch_no` int64, `part` int64, `first_unit` int64, `last_unit` int64, `outcome` string, `reason` string);

create or replace temp table `tidemark_culprits` (`unit` int64, `field` string, `digest` bytes, `outcome` string, `reason` string);

create or replace temp table `tidemark_trouble` (`member_no` int64, `member_key` string, `open_removal` bool, `open_add` bool, `begun` bool, `accepted` bool, `waiting` bool);

create or replace temp table `tidemark_standing` (`member_no` int64, `member_key` string, `had_entered` bool, `held_before` bool);

create or replace temp table `tidemark_ledger_changes` (`member_no` int64, `member_key` string, `field` string, `digest` bytes, `next_state` int64, `entered` bool);

create or replace temp table `tidemark_held_after` (`member_no` int64, `field` string, `digest` bytes, `state` int64, `since_at` timestamp);

create or replace temp table `tidemark_standing_after` (`member_no` int64, `confirmed` bool, `holds` bool);

create or replace temp table `tidemark_counts` (`name` string, `value` int64);

create or replace temp table `tidemark_member_changes` (`member_key` string, `fingerprint` bytes, `standing` int64, `gone` bool);

create or replace temp table `tidemark_due_before` (`member_key` string, `due_at` timestamp);

create or replace temp table `tidemark_due_changes` (`member_key` string, `due_at` timestamp);

update `tidemark_state`.`control_people-tiktok` set run_open = false, open_fence = null, sending = false, mark = least(mark, cast(5 as int64)), quiet_until = greatest(coalesce(quiet_until, current_timestamp()), timestamp_add(current_timestamp(), interval cast(120000 as int64) millisecond))
where owner = ? and fence = cast(8 as int64) and run_open and run_id = ? and open_fence = cast(8 as int64)
  and state_version = 3;
-- 1: run-2
-- 2: run-2

insert into `tidemark_outcomes` (batch_no, part, first_unit, last_unit, outcome, reason)
select s.batch_no, s.part, s.first_unit, s.last_unit, b.outcome, b.reason from `tidemark_state`.`spans-people-tiktok-8` as s join (
select b.batch_no, max(w.reason) as reason, coalesce(max(w.outcome), case max(r.status) when 'accepted' then 'accepted' when 'partial' then 'accepted'
  when 'refused' then 'uncertain' when 'uncertain' then 'uncertain'
  else case when b.batch_no <= (select mark from `tidemark_state`.`control_people-tiktok`) then 'uncertain' else 'unsent' end end) as outcome
from `tidemark_state`.`batches-people-tiktok-8` as b
left join `tidemark`.`receipts` as r on r.run_id = ? and r.batch_no = b.batch_no
left join `tidemark_state`.`refused-people-tiktok-8` as w on w.batch_no = b.batch_no and w.row_no = 0
group by b.batch_no) as b on b.batch_no = s.batch_no;
-- 1: run-2

insert into `tidemark_culprits` (unit, field, digest, outcome, reason)
select r.unit, f.field, f.digest, f.outcome, f.reason from `tidemark_state`.`refused-people-tiktok-8` as f
join (select s.batch_no, d.unit, row_number() over (partition by s.batch_no order by d.unit) as row_no
from `tidemark_state`.`spans-people-tiktok-8` as s join `tidemark_state`.`delta-people-tiktok-8` as d on `s`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `s`.`first_unit` and `s`.`last_unit`
where s.batch_no in (select batch_no from `tidemark_state`.`refused-people-tiktok-8` where row_no > 0) group by s.batch_no, d.unit) as r on r.batch_no = f.batch_no and r.row_no = f.row_no;

insert into `tidemark_trouble` (member_no, member_key, open_removal, open_add, begun, accepted, waiting)
select member_no, member_key, max(case when op = 'remove' and outcome in ('uncertain', 'unsent') then 1 else 0 end) = 1, max(case when op = 'add' and outcome in ('uncertain', 'unsent') then 1 else 0 end) = 1,
  max(case when op = 'add' and outcome in ('accepted', 'uncertain') then 1 else 0 end) = 1,
  max(case when op = 'add' and outcome = 'accepted' then 1 else 0 end) = 1,
  max(case when waits or (op = 'remove' and outcome = 'refused') then 1 else 0 end) = 1
from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from (select * from `tidemark_state`.`delta-people-tiktok-8` where member_no in (select member_no from `tidemark_state`.`delta-people-tiktok-8` where op = 'hold' or waits
union distinct select d.member_no from `tidemark_state`.`delta-people-tiktok-8` as d
  join (select * from `tidemark_outcomes` where outcome <> 'accepted') as o on `o`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `o`.`first_unit` and `o`.`last_unit`
union distinct select d.member_no from `tidemark_state`.`delta-people-tiktok-8` as d join `tidemark_culprits` as f on f.unit = d.unit)) as d
left join `tidemark_outcomes` as o on `o`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `o`.`first_unit` and `o`.`last_unit`
left join `tidemark_culprits` as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r
group by member_no, member_key;

insert into `tidemark_state`.`delta_rows-people-tiktok-8` (`op`, `member_no`, `unit`, `leads`, `member_key`, `field`, `digest`, `prior`, `confirmed_before`, `waits`, `hold_reason`, `hold_until_at`) select `op`, `member_no`, `unit`, `leads`, `member_key`, `field`, `digest`, `prior`, `confirmed_before`, `waits`, `hold_reason`, `hold_until_at` from `tidemark_state`.`delta-people-tiktok-8`
where member_no in (select member_no from `tidemark_state`.`arrivals-people-tiktok-8` where member_no in (select member_no from `tidemark_trouble`));

insert into `tidemark_state`.`delta_member_rows-people-tiktok-8` (`member_no`, `member_key`, `in_k`, `fingerprint`, `standing`, `counts`) select `member_no`, `member_key`, `in_k`, `fingerprint`, `standing`, `counts` from `tidemark_state`.`delta_members-people-tiktok-8`
where member_no in (select member_no from `tidemark_state`.`arrivals-people-tiktok-8` where member_no in (select member_no from `tidemark_trouble`));

delete from `tidemark_state`.`arrivals-people-tiktok-8` where member_no in (select member_no from `tidemark_trouble`);

insert into `tidemark_standing` (member_no, member_key, had_entered, held_before)
select member_no, member_key, max(case when entered and state <> 3 then 1 else 0 end) = 1,
  max(case when state <> 3 then 1 else 0 end) = 1
from `tidemark_state`.`held-people-tiktok-8` group by member_no, member_key
union all select t.member_no, t.member_key, false, false from `tidemark_trouble` as t
where not exists (select 1 from `tidemark_state`.`held-people-tiktok-8` as h where h.member_no = t.member_no);

delete from `tidemark_state`.`quarantine_people-tiktok` where until_at <= current_timestamp();

delete from `tidemark_state`.`quarantine_people-tiktok` where op = 'remove' and exists (select 1 from (select field as removed_field, digest as removed_digest from `tidemark_state`.`delta_rows-people-tiktok-8`
where op = 'remove' and leads) as r
  where r.removed_field = field and r.removed_digest = digest);

insert into `tidemark_state`.`quarantine_people-tiktok` (op, field, digest, reason, origin, until_at)
select distinct r.op, r.field, r.digest, r.refusal, 'platform', timestamp_add(current_timestamp(), interval cast(2592000000 as int64) millisecond) from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from (select * from `tidemark_state`.`delta_rows-people-tiktok-8` where member_no in (select member_no from `tidemark_trouble`)) as d
left join `tidemark_outcomes` as o on `o`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `o`.`first_unit` and `o`.`last_unit`
left join `tidemark_culprits` as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where r.outcome = 'refused'
union all select distinct 'add', r.field, r.digest, r.hold_reason, 'validation', timestamp_add(current_timestamp(), interval cast(2592000000 as int64) millisecond) from `tidemark_state`.`delta_rows-people-tiktok-8` as r
where r.op = 'hold' and r.hold_until_at is null;

insert into `tidemark_ledger_changes` (member_no, member_key, field, digest, next_state, entered)
select * from (select r.member_no, r.member_key, r.field, r.digest, case r.op
  when 'add' then case when r.outcome = 'accepted' then 1 when r.prior <> 0 or t.begun then 2 end
  when 'hold' then case when r.prior <> 0 or (t.begun and r.hold_reason <> 'shared_by_many') then 2 end
  when 'keep' then 3
  else case when t.waiting and r.outcome in ('accepted', 'refused') then 3
    when r.outcome = 'accepted' and not coalesce(t.open_removal, false) then 0 else 2 end end as next_state,
  coalesce(r.op = 'add' and r.outcome = 'accepted', false) or coalesce(t.accepted, false) or s.had_entered as entered
  from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from (select * from `tidemark_state`.`delta_rows-people-tiktok-8` where member_no in (select member_no from `tidemark_standing`)) as d
left join `tidemark_outcomes` as o on `o`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `o`.`first_unit` and `o`.`last_unit`
left join `tidemark_culprits` as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r
  left join `tidemark_trouble` as t on t.member_no = r.member_no
  join `tidemark_standing` as s on s.member_no = r.member_no) as n
where next_state is not null;

merge into `tidemark_state`.`ledger_identifiers_people-tiktok` as l using `tidemark_ledger_changes` as n
on l.member_key = n.member_key and l.field = n.field and l.digest = n.digest
when matched and n.next_state = 0 then delete
when matched then update set state = n.next_state, entered = n.entered,
  since_at = case when n.next_state = 1 then current_timestamp() else l.since_at end
when not matched and n.next_state <> 0 then insert (member_key, field, digest, state, since_at, entered)
  values (n.member_key, n.field, n.digest, n.next_state, case when n.next_state = 1 then current_timestamp() end, n.entered);

insert into `tidemark_held_after` (member_no, field, digest, state, since_at)
select h.member_no, h.field, h.digest, h.state, h.since_at from `tidemark_state`.`held-people-tiktok-8` as h
where not exists (select 1 from `tidemark_ledger_changes` as c where c.member_no = h.member_no and c.field = h.field and c.digest = h.digest)
union all select member_no, field, digest, next_state, current_timestamp() from `tidemark_ledger_changes` where next_state <> 0;

insert into `tidemark_standing_after` (member_no, confirmed, holds)
select s.member_no, max(case when l.state = 1 then 1 else 0 end) = 1, max(case when l.state <> 3 then 1 else 0 end) = 1
from `tidemark_standing` as s left join `tidemark_held_after` as l on l.member_no = s.member_no group by s.member_no;

insert into `tidemark_state`.`ledger_identifiers_people-tiktok` (member_key, field, digest, state, since_at, entered)
select member_key, field, digest, 1, current_timestamp(), true from `tidemark_state`.`delta-people-tiktok-8`
where op = 'add' and member_no not in (select member_no from `tidemark_standing`);

insert into `tidemark`.`membership_events` (activation, audience_id, audience_name, member_key, event, run_id, event_at)
select (select `activation` from `tidemark_state`.`control_people-tiktok`), (select `audience_id` from `tidemark_state`.`control_people-tiktok`), (select `audience_name` from `tidemark_state`.`control_people-tiktok`), m.member_key, 'entered', (select `run_id` from `tidemark_state`.`control_people-tiktok`), current_timestamp()
from `tidemark_state`.`arrivals-people-tiktok-8` as m;

insert into `tidemark`.`membership_events` (activation, audience_id, audience_name, member_key, event, run_id, event_at)
select (select `activation` from `tidemark_state`.`control_people-tiktok`), (select `audience_id` from `tidemark_state`.`control_people-tiktok`), (select `audience_name` from `tidemark_state`.`control_people-tiktok`), m.member_key, m.event, (select `run_id` from `tidemark_state`.`control_people-tiktok`), current_timestamp()
from (select s.member_key, case when s.had_entered then 'left' else 'entered' end as event
from `tidemark_standing` as s join `tidemark_standing_after` as a on a.member_no = s.member_no
where (s.had_entered and not a.holds) or (not s.had_entered and a.confirmed) union all select a.member_key, 'entered' from (select member_no, member_key from `tidemark_state`.`delta_member_rows-people-tiktok-8` where in_k and counts and standing = 2
  and member_no not in (select member_no from `tidemark_standing`)) as a) as m;

insert into `tidemark_counts` (name, value) select n.name, case n.name when 'in_segment' then s.segment_members else s.reachable_members end
from (select cast(n.in_segment - b.in_segment as int64) as segment_members, cast(n.reachable - b.reachable as int64) as reachable_members
from (select coalesce(sum(case when standing >= 1 then 1 else 0 end), 0) as in_segment, coalesce(sum(case when standing >= 2 then 1 else 0 end), 0) as reachable from `tidemark_state`.`delta_members-people-tiktok-8` where in_k and counts) as n cross join (select coalesce(sum(case when standing >= 1 then 1 else 0 end), 0) as in_segment, coalesce(sum(case when standing >= 2 then 1 else 0 end), 0) as reachable from (select max(l.standing) as standing from `tidemark_state`.`members_before-people-tiktok-8` as l
  where l.member_key in (select member_key from `tidemark_state`.`delta_member_rows-people-tiktok-8` where in_k) group by l.member_key) as l) as b) as s cross join (select 'in_segment' as name union all select 'reachable') as n
union all select 'holders', (select count(*) from `tidemark_state`.`arrivals-people-tiktok-8` as a) + (select count(*) from (select member_no, member_key from `tidemark_state`.`delta_member_rows-people-tiktok-8` where in_k and counts and standing = 2
  and member_no not in (select member_no from `tidemark_standing`)) as a) + (select count(*) from `tidemark_standing_after` where holds)
  - (select count(*) from `tidemark_standing` where held_before);

update `tidemark_state`.`control_people-tiktok` set segment_members = segment_members + (select value from `tidemark_counts` where name = ?),
  reachable_members = reachable_members + (select value from `tidemark_counts` where name = ?), ledger_members = ledger_members + (select value from `tidemark_counts` where name = ?),
  first_synced_at = coalesce(first_synced_at, current_timestamp()) where 1 = 1;
-- 1: in_segment
-- 2: reachable
-- 3: holders

insert into `tidemark_member_changes` (member_key, fingerprint, standing, gone)
select coalesce(d.member_key, e.member_key), coalesce(d.fingerprint, e.fingerprint), d.standing, d.member_key is null
from (select member_key, fingerprint, standing from `tidemark_state`.`delta_member_rows-people-tiktok-8`
where in_k and fingerprint is not null and member_no not in (select member_no from (select member_no, member_key from `tidemark_trouble` where open_removal or open_add) as u)
union all select u.member_key, from_hex('00000000000000000000000000000000'), coalesce((select max(m.standing) from `tidemark_state`.`delta_member_rows-people-tiktok-8` as m where m.member_no = u.member_no),
  (select max(e.standing) from `tidemark_state`.`members_before-people-tiktok-8` as e where e.member_key = u.member_key), 0) from (select member_no, member_key from `tidemark_trouble` where open_removal or open_add) as u) as d full join (select member_key, fingerprint from `tidemark_state`.`members_before-people-tiktok-8` where member_key in (
  select member_key from `tidemark_state`.`delta_member_rows-people-tiktok-8` where in_k union all select member_key from (select member_no, member_key from `tidemark_trouble` where open_removal or open_add) as u)) as e on e.member_key = d.member_key and e.fingerprint = d.fingerprint;

merge into `tidemark_state`.`ledger_members_people-tiktok` as l using `tidemark_member_changes` as n
on l.member_key = n.member_key and l.fingerprint = n.fingerprint
when matched and n.gone then delete
when matched then update set standing = n.standing
when not matched and not n.gone then insert (member_key, fingerprint, standing) values (n.member_key, n.fingerprint, n.standing);

insert into `tidemark_state`.`ledger_members_people-tiktok` (member_key, fingerprint, standing)
select member_key, fingerprint, 2 from `tidemark_state`.`arrivals-people-tiktok-8`;

insert into `tidemark_due_before` (member_key, due_at) select member_key, due_at from `tidemark_state`.`due_people-tiktok`
where member_key in (select member_key from `tidemark_state`.`delta_member_rows-people-tiktok-8`);

insert into `tidemark_due_changes` (member_key, due_at)
with consumed as (select member_key from `tidemark_due_before` where due_at <= (select run_started_at from `tidemark_state`.`control_people-tiktok`)
  and member_key in (select member_key from `tidemark_state`.`delta_member_rows-people-tiktok-8` where in_k)),
ahead as (select member_key, case when op = 'hold' then coalesce(hold_until_at, timestamp_add(current_timestamp(), interval cast(2592000000 as int64) millisecond)) else timestamp_add(current_timestamp(), interval cast(2592000000 as int64) millisecond) end as due_at
from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from (select * from `tidemark_state`.`delta_rows-people-tiktok-8` where member_no in (select member_no from `tidemark_trouble`)) as d
left join `tidemark_outcomes` as o on `o`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `o`.`first_unit` and `o`.`last_unit`
left join `tidemark_culprits` as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where op = 'hold' or (op = 'add' and outcome = 'refused') union all select t.member_key, coalesce(min(case when q.until_at > current_timestamp() then q.until_at end), current_timestamp()) as due_at
from `tidemark_trouble` as t
left join `tidemark_held_after` as l on l.member_no = t.member_no
left join `tidemark_state`.`quarantine_people-tiktok` as q on q.op = 'remove' and q.field = l.field and q.digest = l.digest
where t.waiting group by t.member_key union all select s.member_key, timestamp_add(min(h.since_at), interval (cast(335 as int64) + mod(farm_fingerprint(s.member_key) & 9223372036854775807, 30)) * cast(86400000 as int64) millisecond) from `tidemark_held_after` as h
join `tidemark_standing` as s on s.member_no = h.member_no where h.state = 1 group by s.member_key),
known as (select member_key, due_at from `tidemark_due_before` where member_key in (select member_key from ahead)
  and member_key not in (select member_key from consumed))
select member_key, min(due_at) as due_at from (select * from ahead union all select * from known
  union all select member_key, null from consumed) as a group by member_key;

merge into `tidemark_state`.`due_people-tiktok` as d using `tidemark_due_changes` as n
on d.member_key = n.member_key
when matched and n.due_at is null then delete
when matched then update set due_at = n.due_at
when not matched and n.due_at is not null then insert (member_key, due_at) values (n.member_key, n.due_at);

delete from `tidemark_state`.`due_people-tiktok` where member_key in (select a.member_key from `tidemark_state`.`arrivals-people-tiktok-8` as a union all select a.member_key from (select member_no, member_key from `tidemark_state`.`delta_member_rows-people-tiktok-8` where in_k and counts and standing = 2
  and member_no not in (select member_no from `tidemark_standing`)) as a);

insert into `tidemark_state`.`due_people-tiktok` (member_key, due_at) select a.member_key, timestamp_add(current_timestamp(), interval (cast(335 as int64) + mod(farm_fingerprint(a.member_key) & 9223372036854775807, 30)) * cast(86400000 as int64) millisecond) from `tidemark_state`.`arrivals-people-tiktok-8` as a;

insert into `tidemark_state`.`due_people-tiktok` (member_key, due_at) select a.member_key, timestamp_add(current_timestamp(), interval (cast(335 as int64) + mod(farm_fingerprint(a.member_key) & 9223372036854775807, 30)) * cast(86400000 as int64) millisecond) from (select member_no, member_key from `tidemark_state`.`delta_member_rows-people-tiktok-8` where in_k and counts and standing = 2
  and member_no not in (select member_no from `tidemark_standing`)) as a;

insert into `tidemark`.`rejections_cleared` (activation, run_id, member_key, cleared_at)
select distinct cast(? as string), cast(? as string), r.member_key, current_timestamp() from `tidemark`.`current_rejections` as r
join `tidemark_state`.`delta_members-people-tiktok-8` as m on m.member_key = r.member_key
where r.activation = ? and m.in_k
union all select distinct cast(? as string), cast(? as string), r.member_key, current_timestamp() from `tidemark`.`current_rejections` as r
where r.activation = ? and r.member_key is null;
-- 1: people.tiktok
-- 2: run-2
-- 3: people.tiktok
-- 4: people.tiktok
-- 5: run-2
-- 6: people.tiktok

insert into `tidemark`.`rejections` (activation, run_id, member_key, field, reason, origin, batch_no, identifiers,
  rejected_at, quarantined_until_at)
select cast(? as string), cast(? as string), r.member_key, r.field, r.reason, r.origin, r.batch_no, r.identifiers, current_timestamp(), r.until_at from (
  select member_key, field, reason, origin, cast(null as int64) as batch_no, identifiers, cast(null as timestamp) as until_at
    from `tidemark_state`.`delta_rejections-people-tiktok-8`
  union all select r.member_key, case r.field when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) else r.field end, r.hold_reason, case r.hold_reason when 'shared_by_many' then 'validation' else 'platform' end,
    null, 1, coalesce(r.hold_until_at, timestamp_add(current_timestamp(), interval cast(2592000000 as int64) millisecond)) from `tidemark_state`.`delta_rows-people-tiktok-8` as r
      join `tidemark_state`.`delta_member_rows-people-tiktok-8` as m on m.member_no = r.member_no where r.op = 'hold' and m.in_k and m.counts
  union all select r.member_key, case r.field when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) else r.field end, r.refusal, 'platform', r.batch_no, 1, timestamp_add(current_timestamp(), interval cast(2592000000 as int64) millisecond)
    from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from (select * from `tidemark_state`.`delta_rows-people-tiktok-8` where member_no in (select member_no from `tidemark_trouble`)) as d
left join `tidemark_outcomes` as o on `o`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `o`.`first_unit` and `o`.`last_unit`
left join `tidemark_culprits` as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where r.outcome = 'refused' and r.leads
  union all select r.member_key, case r.field when cast(? as string) then cast(? as string) when cast(? as string) then cast(? as string) else r.field end, q.reason, 'platform', null, 1, q.until_at from `tidemark_state`.`delta_rows-people-tiktok-8` as r
    join `tidemark_state`.`quarantine_people-tiktok` as q on q.op = 'remove' and q.field = r.field and q.digest = r.digest
    join `tidemark_state`.`delta_member_rows-people-tiktok-8` as m on m.member_no = r.member_no
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

update `tidemark_state`.`control_people-tiktok` set member_rows = (select count(*) from `tidemark_state`.`ledger_members_people-tiktok`),
  identifier_rows = (select count(*) from `tidemark_state`.`ledger_identifiers_people-tiktok`) where 1 = 1;

insert into `tidemark_counts` (name, value) select cast(? as string), cast((select segment_members from `tidemark_state`.`control_people-tiktok`) as int64) union all select cast(? as string), cast((select reachable_members from `tidemark_state`.`control_people-tiktok`) as int64) union all select cast(? as string), cast((select count(*) from `tidemark_state`.`arrivals-people-tiktok-8` as a) + (select count(*) from (select member_no, member_key from `tidemark_state`.`delta_member_rows-people-tiktok-8` where in_k and counts and standing = 2
  and member_no not in (select member_no from `tidemark_standing`)) as a) + (select count(*) from (select s.member_key, case when s.had_entered then 'left' else 'entered' end as event
from `tidemark_standing` as s join `tidemark_standing_after` as a on a.member_no = s.member_no
where (s.had_entered and not a.holds) or (not s.had_entered and a.confirmed)) as m where m.event = ?) as int64) union all select cast(? as string), cast((select count(*) from (select s.member_key, case when s.had_entered then 'left' else 'entered' end as event
from `tidemark_standing` as s join `tidemark_standing_after` as a on a.member_no = s.member_no
where (s.had_entered and not a.holds) or (not s.had_entered and a.confirmed)) as m where m.event = ?) as int64) union all select cast(? as string), cast((select count(*) from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from `tidemark_state`.`delta_rows-people-tiktok-8` as d
left join `tidemark_outcomes` as o on `o`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `o`.`first_unit` and `o`.`last_unit`
left join `tidemark_culprits` as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where outcome = 'accepted' and op = 'add' and not confirmed_before) + (select count(*) from `tidemark_state`.`delta-people-tiktok-8` where op = 'add') - (select count(*) from `tidemark_state`.`delta_rows-people-tiktok-8` where op = 'add') as int64) union all select cast(? as string), cast((select count(*) from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from `tidemark_state`.`delta_rows-people-tiktok-8` as d
left join `tidemark_outcomes` as o on `o`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `o`.`first_unit` and `o`.`last_unit`
left join `tidemark_culprits` as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where outcome = 'accepted' and op = 'remove' and leads) as int64) union all select cast(? as string), cast((select count(*) from (select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from `tidemark_state`.`delta_rows-people-tiktok-8` as d
left join `tidemark_outcomes` as o on `o`.`part` = `d`.`unit` - mod(`d`.`unit`, cast(1000 as int64)) and `d`.`unit` between `o`.`first_unit` and `o`.`last_unit`
left join `tidemark_culprits` as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest))) as r where outcome = 'accepted' and op = 'add' and confirmed_before) as int64) union all select cast(? as string), cast((select coalesce(sum(identifiers), 0) from `tidemark`.`rejections` where run_id = ?) as int64);
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

insert into `tidemark`.`runs` (`run_id`, `run_key`, `attempt`, `activation`, `segment`, `destination`, `platform`, `account_id`, `audience_id`, `audience_name`, `status`, `started_at`, `finished_at`, `duration_ms`, `segment_members`, `reachable_members`, `members_added`, `members_removed`, `identifiers_added`, `identifiers_removed`, `identifiers_resent`, `identifiers_rejected`, `batches`, `api_calls`, `api_retries`, `throttled_ms`, `full`, `guards_overridden`, `error_code`, `error_message`, `dbt_invocation_id`, `orchestrator`, `orchestrator_run_id`, `connector_version`, `config_hash`)
select cast(? as string), c.run_key, c.attempt, cast(? as string), cast(? as string), cast(? as string), cast(? as string),
  cast(? as string), c.audience_id, cast(? as string), cast(? as string), c.run_started_at, timestamp_add(c.run_started_at, interval cast(1234 as int64) millisecond),
  timestamp_diff(timestamp_add(c.run_started_at, interval cast(1234 as int64) millisecond), c.run_started_at, millisecond), `k`.`segment_members`, `k`.`reachable_members`, `k`.`members_added`, `k`.`members_removed`, `k`.`identifiers_added`, `k`.`identifiers_removed`, `k`.`identifiers_resent`, `k`.`identifiers_rejected`,
  r.batches, greatest(cast(3 as int64), r.attempts), cast(1 as int64), cast(0 as int64),
  c.run_full, c.run_overridden, cast(? as string), cast(? as string),
  cast(? as string), cast(? as string), cast(? as string), cast(? as string), cast(? as string)
from `tidemark_state`.`control_people-tiktok` as c cross join (select max(case when name = ? then value end) as `segment_members`, max(case when name = ? then value end) as `reachable_members`, max(case when name = ? then value end) as `members_added`, max(case when name = ? then value end) as `members_removed`, max(case when name = ? then value end) as `identifiers_added`, max(case when name = ? then value end) as `identifiers_removed`, max(case when name = ? then value end) as `identifiers_resent`, max(case when name = ? then value end) as `identifiers_rejected` from `tidemark_counts`) as k cross join (select count(case when batch_no > 0 then 1 end) as batches, coalesce(sum(attempts), 0) as attempts
from `tidemark`.`receipts` where run_id = ?) as r;
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

select cast((select count(*) from `tidemark_state`.`ledger_identifiers_people-tiktok`) as string) as identifiers,
  cast((select count(*) from `tidemark`.`audience_members` where activation = ?) as string) as members;
-- 1: people.tiktok

update `tidemark_state`.`control_people-tiktok` set run_id = null, run_key = null, run_open = false, open_fence = null, mark = 0,
  sending = false, audience_intent = null, audience_intent_at = null, audience_id = null, audience_name = null,
  audience_description = null, account_id = null, member_rows = 0,
  identifier_rows = 0, segment_members = 0, reachable_members = 0, ledger_members = 0, first_synced_at = null,
  override_run_key = null
where owner = ? and fence = cast(8 as int64);
-- 1: run-2

insert into `tidemark`.`membership_events` (activation, audience_id, audience_name, member_key, event, run_id, event_at)
select activation, audience_id, audience_name, member_key, 'left', cast(? as string), current_timestamp()
from `tidemark`.`audience_members` where activation = ?;
-- 1: reset-1
-- 2: people.tiktok

insert into `tidemark`.`rejections_cleared` (activation, run_id, member_key, cleared_at)
select distinct activation, cast(? as string), member_key, current_timestamp() from `tidemark`.`current_rejections`
where activation = ?;
-- 1: reset-1
-- 2: people.tiktok

insert into `tidemark`.`activation_log` (activation, segment, destination, platform, account_id, audience_name,
  audience_description, fields, schedule, dbt_unique_id, config_hash, logged_at)
select activation, segment, destination, platform, account_id, audience_name, audience_description, fields, schedule,
  dbt_unique_id, config_hash, current_timestamp()
from `tidemark`.`activations` where activation = ?;
-- 1: people.tiktok

delete from `tidemark_state`.`ledger_members_people-tiktok` where 1 = 1;

delete from `tidemark_state`.`ledger_identifiers_people-tiktok` where 1 = 1;

delete from `tidemark_state`.`due_people-tiktok` where 1 = 1;

delete from `tidemark_state`.`quarantine_people-tiktok` where 1 = 1;

-- # sizes

insert into `tidemark`.`audience_sizes` (`activation`, `audience_id`, `platform_size`, `ledger_members`, `observed_at`, `notes`)
select cast(? as string), audience_id, cast(1000 as int64), ledger_members, current_timestamp(), cast(? as string)
from `tidemark_state`.`control_people-tiktok` where audience_id = ?;
-- 1: people.tiktok
-- 2: NULL
-- 3: aud

select cast(platform_size as string) as platform_size, cast(ledger_members as string) as ledger_members, notes,
  format_timestamp('%Y-%m-%dT%H:%M:%E3SZ', `observed_at`, 'UTC') as observed_at
from `tidemark`.`audience_sizes` as s where activation = ?
  and audience_id = (select audience_id from `tidemark_state`.`control_people-tiktok`) order by s.observed_at desc limit 1;
-- 1: people.tiktok

-- # status

select activation, audience_id, cast(ledger_members as string) as ledger_members,
  cast(audience_id is not null or audience_intent is not null or identifier_rows > 0 or run_open as string) as holds_something
from `tidemark_state`.`control_people-tiktok`;

select cast((select count(*) from `tidemark_state`.`ledger_identifiers_people-tiktok` where state = 1) as string) as confirmed, cast((select count(*) from `tidemark_state`.`ledger_identifiers_people-tiktok` where state = 2) as string) as unconfirmed,
  cast((select count(*) from `tidemark_state`.`ledger_identifiers_people-tiktok` where state = 3) as string) as kept,
  cast((select count(*) from `tidemark_state`.`due_people-tiktok` where due_at <= current_timestamp()) as string) as due_now,
  (select format_timestamp('%Y-%m-%dT%H:%M:%E3SZ', min(due_at), 'UTC') from `tidemark_state`.`due_people-tiktok` where due_at > current_timestamp()) as next_due_at,
  cast((select count(*) from `tidemark_state`.`quarantine_people-tiktok` where until_at > current_timestamp()) as string) as quarantined;

select cast(count(*) as string) as batches from `tidemark_state`.`batches-people-tiktok-8`;

select segment, destination, platform, account_id, audience_name, config_hash
from `tidemark`.`activations` where activation = cast(? as string);
-- 1: people.tiktok

-- # uninstall

select table_name, cast(table_type = 'VIEW' as string) as is_view
from `tidemark`.`INFORMATION_SCHEMA`.`TABLES` as t order by table_name;

select activation, cast(timestamp_diff(`lease_until`, current_timestamp(), millisecond) as string) as lease_ms
from `tidemark_state`.`control_people-tiktok` where owner is not null;

-- # clean up

drop view if exists `tidemark_state`.`delta-people-tiktok-8`;

drop view if exists `tidemark_state`.`delta_members-people-tiktok-8`;

drop table if exists `tidemark_state`.`delta_rows-people-tiktok-8`;

drop table if exists `tidemark_state`.`delta_member_rows-people-tiktok-8`;

drop table if exists `tidemark_state`.`held-people-tiktok-8`;

drop table if exists `tidemark_state`.`members_before-people-tiktok-8`;

drop table if exists `tidemark_state`.`arrivals-people-tiktok-8`;

drop table if exists `tidemark_state`.`delta_rejections-people-tiktok-8`;

drop table if exists `tidemark_state`.`batches-people-tiktok-8`;

drop table if exists `tidemark_state`.`spans-people-tiktok-8`;

drop table if exists `tidemark_state`.`refused-people-tiktok-8`;
