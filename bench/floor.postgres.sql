-- The floor: the least work that each kind of run needs on PostgreSQL, without bookkeeping. Frozen: a change of these
-- statements changes what every ratio means. Each section is timed as a whole, on the database that the run reads.

-- section: first
-- fingerprint everybody, normalise and hash every identifier, write the ledger's two tables
drop table if exists floor_members, floor_wide, floor_identifiers;
create table floor_members as
select cast(customer_id as text) as member_key, cast(md5(concat('m|', length(email), ':', email, '|', length(phone), ':', phone)) as uuid) as fingerprint from customers;
create temp table floor_wide as
select cast(customer_id as text) as member_key, sha256(convert_to(lower(trim(email)), 'UTF8')) as email, sha256(convert_to(trim(phone), 'UTF8')) as phone from customers;
create table floor_identifiers as
select member_key, 'email' as field, email as digest from floor_wide union all select member_key, 'phone', phone from floor_wide;
analyze floor_members;
analyze floor_identifiers;

-- section: unchanged
-- fingerprint everybody, one full join with what is known
drop table if exists floor_changed;
create temp table floor_changed as
select coalesce(c.member_key, l.member_key) as member_key
from (select cast(customer_id as text) as member_key, cast(md5(concat('m|', length(email), ':', email, '|', length(phone), ':', phone)) as uuid) as fingerprint from customers) as c
full join floor_members as l on l.member_key = c.member_key and l.fingerprint = c.fingerprint
where c.member_key is null or l.member_key is null;

-- section: churn
-- the same, then hash the changed members, join them with the ledger both ways, and write what changed
drop table if exists floor_changed, floor_wanted, floor_dropped, floor_holders, floor_exposed, floor_again;
create temp table floor_changed as
select coalesce(c.member_key, l.member_key) as member_key
from (select cast(customer_id as text) as member_key, cast(md5(concat('m|', length(email), ':', email, '|', length(phone), ':', phone)) as uuid) as fingerprint from customers) as c
full join floor_members as l on l.member_key = c.member_key and l.fingerprint = c.fingerprint
where c.member_key is null or l.member_key is null;
analyze floor_changed;
create temp table floor_wanted as
with wide as (select cast(customer_id as text) as member_key, cast(md5(concat('m|', length(email), ':', email, '|', length(phone), ':', phone)) as uuid) as fingerprint,
  sha256(convert_to(lower(trim(email)), 'UTF8')) as email, sha256(convert_to(trim(phone), 'UTF8')) as phone
  from customers where cast(customer_id as text) in (select member_key from floor_changed))
select member_key, fingerprint, 'email' as field, email as digest from wide union all select member_key, fingerprint, 'phone', phone from wide;
analyze floor_wanted;
create temp table floor_dropped as
select l.* from floor_identifiers as l where l.member_key in (select member_key from floor_changed)
and not exists (select 1 from floor_wanted as w where w.member_key = l.member_key and w.field = l.field and w.digest = l.digest);
create temp table floor_holders as
select l.* from floor_identifiers as l join floor_dropped as d on d.field = l.field and d.digest = l.digest;
create temp table floor_exposed as
select distinct field, digest from floor_identifiers where member_key in (select member_key from floor_holders);
create temp table floor_again as
select distinct l.member_key from floor_identifiers as l join floor_exposed as e on e.field = l.field and e.digest = l.digest;
delete from floor_identifiers where member_key in (select member_key from floor_changed);
insert into floor_identifiers select member_key, field, digest from floor_wanted;
delete from floor_members where member_key in (select member_key from floor_changed);
insert into floor_members select distinct member_key, fingerprint from floor_wanted;
