-- The floor: the least work that each kind of run needs on DuckDB, without bookkeeping. Frozen: a change of these
-- statements changes what every ratio means. Each section is timed as a whole, on the database that the run reads.

-- section: first
-- fingerprint everybody, normalise and hash every identifier, write the ledger's two tables
create or replace table floor_members as
select cast(customer_id as varchar) as member_key, md5_number(concat('m|', length(email), ':', email, '|', length(phone), ':', phone)) as fingerprint from customers;
create or replace temp table floor_wide as
select cast(customer_id as varchar) as member_key, unhex(sha256(lower(trim(email)))) as email, unhex(sha256(trim(phone))) as phone from customers;
create or replace table floor_identifiers as
select member_key, 'email' as field, email as digest from floor_wide union all select member_key, 'phone', phone from floor_wide;

-- section: unchanged
-- fingerprint everybody, one full join with what is known
create or replace temp table floor_changed as
select coalesce(c.member_key, l.member_key) as member_key
from (select cast(customer_id as varchar) as member_key, md5_number(concat('m|', length(email), ':', email, '|', length(phone), ':', phone)) as fingerprint from customers) as c
full join floor_members as l on l.member_key = c.member_key and l.fingerprint = c.fingerprint
where c.member_key is null or l.member_key is null;

-- section: churn
-- the same, then hash the changed members, join them with the ledger both ways, and write what changed
create or replace temp table floor_changed as
select coalesce(c.member_key, l.member_key) as member_key
from (select cast(customer_id as varchar) as member_key, md5_number(concat('m|', length(email), ':', email, '|', length(phone), ':', phone)) as fingerprint from customers) as c
full join floor_members as l on l.member_key = c.member_key and l.fingerprint = c.fingerprint
where c.member_key is null or l.member_key is null;
create or replace temp table floor_wanted as
with wide as (select cast(customer_id as varchar) as member_key, md5_number(concat('m|', length(email), ':', email, '|', length(phone), ':', phone)) as fingerprint,
  unhex(sha256(lower(trim(email)))) as email, unhex(sha256(trim(phone))) as phone
  from customers where cast(customer_id as varchar) in (select member_key from floor_changed))
select member_key, fingerprint, 'email' as field, email as digest from wide union all select member_key, fingerprint, 'phone', phone from wide;
create or replace temp table floor_dropped as
select l.* from floor_identifiers as l where l.member_key in (select member_key from floor_changed)
and not exists (select 1 from floor_wanted as w where w.member_key = l.member_key and w.field = l.field and w.digest = l.digest);
create or replace temp table floor_holders as
select l.* from floor_identifiers as l join floor_dropped as d on d.field = l.field and d.digest = l.digest;
create or replace temp table floor_exposed as
select distinct field, digest from floor_identifiers where member_key in (select member_key from floor_holders);
create or replace temp table floor_again as
select distinct l.member_key from floor_identifiers as l join floor_exposed as e on e.field = l.field and e.digest = l.digest;
delete from floor_identifiers where member_key in (select member_key from floor_changed);
insert into floor_identifiers select member_key, field, digest from floor_wanted;
delete from floor_members where member_key in (select member_key from floor_changed);
insert into floor_members select distinct member_key, fingerprint from floor_wanted;
