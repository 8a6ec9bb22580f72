create schema tidemark;
create schema tidemark_state;
CREATE TABLE customers(customer_id BIGINT, email VARCHAR, phone VARCHAR);
CREATE TABLE tidemark.activation_log(activation VARCHAR, segment VARCHAR, destination VARCHAR, platform VARCHAR, account_id VARCHAR, audience_id VARCHAR, audience_name VARCHAR, audience_description VARCHAR, fields VARCHAR, schedule VARCHAR, dbt_unique_id VARCHAR, config_hash VARCHAR, logged_at TIMESTAMP);
CREATE TABLE tidemark.audience_sizes(activation VARCHAR, audience_id VARCHAR, platform_size BIGINT, ledger_members BIGINT, observed_at TIMESTAMP);
CREATE TABLE tidemark.membership_events(activation VARCHAR, audience_id VARCHAR, audience_name VARCHAR, member_key VARCHAR, "event" VARCHAR, run_id VARCHAR, event_at TIMESTAMP);
CREATE TABLE tidemark.receipts(receipt_id VARCHAR, run_id VARCHAR, activation VARCHAR, platform VARCHAR, audience_id VARCHAR, audience_name VARCHAR, op VARCHAR, batch_no BIGINT, members BIGINT, identifiers BIGINT, status VARCHAR, http_status BIGINT, platform_code VARCHAR, platform_request_id VARCHAR, attempts BIGINT, message VARCHAR, sent_at TIMESTAMP, answered_at TIMESTAMP);
CREATE TABLE tidemark.rejections(activation VARCHAR, run_id VARCHAR, member_key VARCHAR, field VARCHAR, reason VARCHAR, origin VARCHAR, batch_no BIGINT, identifiers BIGINT, rejected_at TIMESTAMP, quarantined_until_at TIMESTAMP);
CREATE TABLE tidemark.rejections_cleared(activation VARCHAR, run_id VARCHAR, member_key VARCHAR, cleared_at TIMESTAMP);
CREATE TABLE tidemark.runs(run_id VARCHAR, run_key VARCHAR, attempt BIGINT, activation VARCHAR, segment VARCHAR, destination VARCHAR, platform VARCHAR, account_id VARCHAR, audience_id VARCHAR, audience_name VARCHAR, status VARCHAR, started_at TIMESTAMP, finished_at TIMESTAMP, duration_ms BIGINT, segment_members BIGINT, reachable_members BIGINT, members_added BIGINT, members_removed BIGINT, identifiers_added BIGINT, identifiers_removed BIGINT, identifiers_resent BIGINT, identifiers_rejected BIGINT, batches BIGINT, api_calls BIGINT, api_retries BIGINT, throttled_ms BIGINT, "full" BOOLEAN, guards_overridden BOOLEAN, error_code VARCHAR, error_message VARCHAR, dbt_invocation_id VARCHAR, orchestrator VARCHAR, orchestrator_run_id VARCHAR, connector_version VARCHAR, config_hash VARCHAR);
CREATE TABLE tidemark_state."arrivals-everyone-tiktok-2"(member_no BIGINT, member_key VARCHAR, fingerprint UHUGEINT, digest_1 BLOB, reason_1 VARCHAR, digest_2 BLOB, reason_2 VARCHAR);
CREATE TABLE tidemark_state."arrivals-everyone-x-2"(member_no BIGINT, member_key VARCHAR, fingerprint UHUGEINT, digest_1 BLOB, reason_1 VARCHAR, digest_2 BLOB, reason_2 VARCHAR);
CREATE TABLE tidemark_state."batches-everyone-tiktok-2"(batch_no BIGINT, op VARCHAR, field VARCHAR, members BIGINT, identifiers BIGINT, request_rows BIGINT, bytes BIGINT, first_unit BIGINT, last_unit BIGINT);
CREATE TABLE tidemark_state."batches-everyone-x-2"(batch_no BIGINT, op VARCHAR, field VARCHAR, members BIGINT, identifiers BIGINT, request_rows BIGINT, bytes BIGINT, first_unit BIGINT, last_unit BIGINT);
CREATE TABLE tidemark_state."control_everyone-tiktok"(activation VARCHAR, state_version BIGINT, "owner" VARCHAR, lease_until TIMESTAMP, fence BIGINT, run_id VARCHAR, run_key VARCHAR, attempt BIGINT, run_started_at TIMESTAMP, run_full BOOLEAN, run_overridden BOOLEAN, run_open BOOLEAN, open_fence BIGINT, mark BIGINT, sending BOOLEAN, quiet_until TIMESTAMP, audience_intent VARCHAR, audience_intent_at TIMESTAMP, audience_id VARCHAR, audience_name VARCHAR, audience_description VARCHAR, account_id VARCHAR, member_key VARCHAR, member_rows BIGINT, identifier_rows BIGINT, segment_members BIGINT, reachable_members BIGINT, ledger_members BIGINT, first_synced_at TIMESTAMP, override_run_key VARCHAR);
CREATE TABLE tidemark_state."control_everyone-x"(activation VARCHAR, state_version BIGINT, "owner" VARCHAR, lease_until TIMESTAMP, fence BIGINT, run_id VARCHAR, run_key VARCHAR, attempt BIGINT, run_started_at TIMESTAMP, run_full BOOLEAN, run_overridden BOOLEAN, run_open BOOLEAN, open_fence BIGINT, mark BIGINT, sending BOOLEAN, quiet_until TIMESTAMP, audience_intent VARCHAR, audience_intent_at TIMESTAMP, audience_id VARCHAR, audience_name VARCHAR, audience_description VARCHAR, account_id VARCHAR, member_key VARCHAR, member_rows BIGINT, identifier_rows BIGINT, segment_members BIGINT, reachable_members BIGINT, ledger_members BIGINT, first_synced_at TIMESTAMP, override_run_key VARCHAR);
CREATE TABLE tidemark_state."delta_member_rows-everyone-tiktok-2"(member_no BIGINT, member_key VARCHAR, in_k BOOLEAN, fingerprint UHUGEINT, standing BIGINT, counts BOOLEAN);
CREATE TABLE tidemark_state."delta_member_rows-everyone-x-2"(member_no BIGINT, member_key VARCHAR, in_k BOOLEAN, fingerprint UHUGEINT, standing BIGINT, counts BOOLEAN);
CREATE TABLE tidemark_state."delta_rejections-everyone-tiktok-2"(member_key VARCHAR, field VARCHAR, reason VARCHAR, origin VARCHAR, identifiers BIGINT, "value" BLOB);
CREATE TABLE tidemark_state."delta_rejections-everyone-x-2"(member_key VARCHAR, field VARCHAR, reason VARCHAR, origin VARCHAR, identifiers BIGINT, "value" BLOB);
CREATE TABLE tidemark_state."delta_rows-everyone-tiktok-2"(op VARCHAR, member_no BIGINT, unit BIGINT, leads BOOLEAN, member_key VARCHAR, field VARCHAR, digest BLOB, "prior" BIGINT, confirmed_before BOOLEAN, waits BOOLEAN, hold_reason VARCHAR, hold_until_at TIMESTAMP);
CREATE TABLE tidemark_state."delta_rows-everyone-x-2"(op VARCHAR, member_no BIGINT, unit BIGINT, leads BOOLEAN, member_key VARCHAR, field VARCHAR, digest BLOB, "prior" BIGINT, confirmed_before BOOLEAN, waits BOOLEAN, hold_reason VARCHAR, hold_until_at TIMESTAMP);
CREATE TABLE tidemark_state."due_everyone-tiktok"(member_key VARCHAR, due_at TIMESTAMP);
CREATE TABLE tidemark_state."due_everyone-x"(member_key VARCHAR, due_at TIMESTAMP);
CREATE TABLE tidemark_state."held-everyone-tiktok-2"(member_no BIGINT, member_key VARCHAR, field VARCHAR, digest BLOB, state BIGINT, since_at TIMESTAMP, entered BOOLEAN);
CREATE TABLE tidemark_state."held-everyone-x-2"(member_no BIGINT, member_key VARCHAR, field VARCHAR, digest BLOB, state BIGINT, since_at TIMESTAMP, entered BOOLEAN);
CREATE TABLE tidemark_state."ledger_identifiers_everyone-tiktok"(member_key VARCHAR, field VARCHAR, digest BLOB, state BIGINT, since_at TIMESTAMP, entered BOOLEAN);
CREATE TABLE tidemark_state."ledger_identifiers_everyone-x"(member_key VARCHAR, field VARCHAR, digest BLOB, state BIGINT, since_at TIMESTAMP, entered BOOLEAN);
CREATE TABLE tidemark_state."ledger_members_everyone-tiktok"(member_key VARCHAR, fingerprint UHUGEINT, standing BIGINT);
CREATE TABLE tidemark_state."ledger_members_everyone-x"(member_key VARCHAR, fingerprint UHUGEINT, standing BIGINT);
CREATE TABLE tidemark_state."members_before-everyone-tiktok-2"(member_key VARCHAR, fingerprint UHUGEINT, standing BIGINT);
CREATE TABLE tidemark_state."members_before-everyone-x-2"(member_key VARCHAR, fingerprint UHUGEINT, standing BIGINT);
CREATE TABLE tidemark_state."quarantine_everyone-tiktok"(op VARCHAR, field VARCHAR, digest BLOB, reason VARCHAR, origin VARCHAR, until_at TIMESTAMP);
CREATE TABLE tidemark_state."quarantine_everyone-x"(op VARCHAR, field VARCHAR, digest BLOB, reason VARCHAR, origin VARCHAR, until_at TIMESTAMP);
CREATE TABLE tidemark_state."refused-everyone-tiktok-2"(batch_no BIGINT, row_no BIGINT, field VARCHAR, digest BLOB, outcome VARCHAR, reason VARCHAR);
CREATE TABLE tidemark_state."refused-everyone-x-2"(batch_no BIGINT, row_no BIGINT, field VARCHAR, digest BLOB, outcome VARCHAR, reason VARCHAR);
CREATE TABLE tidemark_state."spans-everyone-tiktok-2"(batch_no BIGINT, part BIGINT, first_unit BIGINT, last_unit BIGINT);
CREATE TABLE tidemark_state."spans-everyone-x-2"(batch_no BIGINT, part BIGINT, first_unit BIGINT, last_unit BIGINT);
insert into main."customers" values
  (10, 'person10@example.com', '+33610000010'),
  (11, 'no address', null),
  (12, 'person12@example.com', '+33610000012'),
  (13, 'person13@example.com', '+33610000013'),
  (14, 'person14@example.com', '+33610000014'),
  (15, 'person15@example.com', '+33610000015'),
  (16, 'person16@example.com', '+33610000016'),
  (17, 'person17@example.com', '+33610000017'),
  (18, 'person18@example.com', '+33610000018'),
  (19, 'person19@example.com', '+33610000019'),
  (20, 'person20@example.com', '+33610000020'),
  (21, 'person21@example.com', '+33610000021'),
  (22, 'person22@example.com', '+33610000022'),
  (23, 'person23@example.com', '+33610000023'),
  (24, 'person24@example.com', '+33610000024'),
  (25, 'person25@example.com', '+33610000025'),
  (26, 'person26@example.com', '+33610000026'),
  (27, 'person27@example.com', '+33610000027'),
  (28, 'person28@example.com', '+33610000028'),
  (4, 'new4@example.com', '+33610000004'),
  (5, 'person5@example.com', '+33610000005'),
  (6, 'person6@example.com', '+33610000006'),
  (7, 'person7@example.com', '+33610000007'),
  (8, 'person8@example.com', '+33610000008'),
  (9, 'person9@example.com', '+33610000009');
insert into tidemark."activation_log" values
  ('everyone.tiktok', 'everyone', 'tiktok', 'tiktok_ads', '7000000000000000001', '7000001795650619001', 'everyone', null, 'email: email, phone: phone', null, null, 'd51fd000210f5e68a24941f8851d5a1c9f2a6d77f166d4c007f4617cf35fa56f', '2026-11-25 23:50:23.7128'),
  ('everyone.x', 'everyone', 'x', 'x_ads', '18ce54d4x5t', 'tp30vw', 'everyone', null, 'email: email, phone_number: phone', null, null, '459abd6d82441e6ab8fdac132a97572d9a1a19604b97f42361b4acdc2b860b63', '2026-11-25 23:50:23.429647');
insert into tidemark."membership_events" values
  ('everyone.tiktok', '7000001795650619001', 'everyone', '1', 'entered', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', '2026-11-25 23:50:24.436802'),
  ('everyone.tiktok', '7000001795650619001', 'everyone', '10', 'entered', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', '2026-11-25 23:50:24.436802'),
  ('everyone.tiktok', '7000001795650619001', 'everyone', '2', 'entered', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', '2026-11-25 23:50:24.436802'),
  ('everyone.tiktok', '7000001795650619001', 'everyone', '3', 'entered', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', '2026-11-25 23:50:24.436802'),
  ('everyone.tiktok', '7000001795650619001', 'everyone', '4', 'entered', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', '2026-11-25 23:50:24.436802'),
  ('everyone.tiktok', '7000001795650619001', 'everyone', '5', 'entered', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', '2026-11-25 23:50:24.436802'),
  ('everyone.tiktok', '7000001795650619001', 'everyone', '6', 'entered', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', '2026-11-25 23:50:24.436802'),
  ('everyone.tiktok', '7000001795650619001', 'everyone', '7', 'entered', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', '2026-11-25 23:50:24.436802'),
  ('everyone.tiktok', '7000001795650619001', 'everyone', '8', 'entered', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', '2026-11-25 23:50:24.436802'),
  ('everyone.tiktok', '7000001795650619001', 'everyone', '9', 'entered', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', '2026-11-25 23:50:24.436802'),
  ('everyone.x', 'tp30vw', 'everyone', '1', 'entered', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', '2026-11-25 23:50:24.180646'),
  ('everyone.x', 'tp30vw', 'everyone', '10', 'entered', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', '2026-11-25 23:50:24.180646'),
  ('everyone.x', 'tp30vw', 'everyone', '2', 'entered', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', '2026-11-25 23:50:24.180646'),
  ('everyone.x', 'tp30vw', 'everyone', '3', 'entered', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', '2026-11-25 23:50:24.180646'),
  ('everyone.x', 'tp30vw', 'everyone', '4', 'entered', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', '2026-11-25 23:50:24.180646'),
  ('everyone.x', 'tp30vw', 'everyone', '5', 'entered', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', '2026-11-25 23:50:24.180646'),
  ('everyone.x', 'tp30vw', 'everyone', '6', 'entered', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', '2026-11-25 23:50:24.180646'),
  ('everyone.x', 'tp30vw', 'everyone', '7', 'entered', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', '2026-11-25 23:50:24.180646'),
  ('everyone.x', 'tp30vw', 'everyone', '8', 'entered', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', '2026-11-25 23:50:24.180646'),
  ('everyone.x', 'tp30vw', 'everyone', '9', 'entered', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', '2026-11-25 23:50:24.180646');
insert into tidemark."receipts" values
  ('0b62bde4-8f39-423a-953f-f9210b671453/add/10', '0b62bde4-8f39-423a-953f-f9210b671453', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'add', 10, 2, 4, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:30.969197', '2026-11-25 23:50:31.316197'),
  ('0b62bde4-8f39-423a-953f-f9210b671453/add/4', '0b62bde4-8f39-423a-953f-f9210b671453', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'add', 4, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:29.974151', '2026-11-25 23:50:30.246151'),
  ('0b62bde4-8f39-423a-953f-f9210b671453/add/5', '0b62bde4-8f39-423a-953f-f9210b671453', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'add', 5, 2, 4, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:29.980151', '2026-11-25 23:50:30.246151'),
  ('0b62bde4-8f39-423a-953f-f9210b671453/add/6', '0b62bde4-8f39-423a-953f-f9210b671453', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'add', 6, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:29.976151', '2026-11-25 23:50:30.246151'),
  ('0b62bde4-8f39-423a-953f-f9210b671453/add/7', '0b62bde4-8f39-423a-953f-f9210b671453', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'add', 7, 2, 4, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:29.951151', '2026-11-25 23:50:30.246151'),
  ('0b62bde4-8f39-423a-953f-f9210b671453/add/8', '0b62bde4-8f39-423a-953f-f9210b671453', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'add', 8, 2, 4, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:31.003197', '2026-11-25 23:50:31.316197'),
  ('0b62bde4-8f39-423a-953f-f9210b671453/add/9', '0b62bde4-8f39-423a-953f-f9210b671453', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'add', 9, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:31.055197', '2026-11-25 23:50:31.316197'),
  ('0b62bde4-8f39-423a-953f-f9210b671453/remove/1', '0b62bde4-8f39-423a-953f-f9210b671453', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'remove', 1, 2, 3, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:28.673428', '2026-11-25 23:50:29.007428'),
  ('0b62bde4-8f39-423a-953f-f9210b671453/remove/2', '0b62bde4-8f39-423a-953f-f9210b671453', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'remove', 2, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:28.747428', '2026-11-25 23:50:29.007428'),
  ('0b62bde4-8f39-423a-953f-f9210b671453/remove/3', '0b62bde4-8f39-423a-953f-f9210b671453', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'remove', 3, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:28.690428', '2026-11-25 23:50:29.007428'),
  ('0c080a97-e209-4920-a9b2-50b6cf0d8eba/add/1', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'add', 1, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:23.860014', '2026-11-25 23:50:23.961014'),
  ('0c080a97-e209-4920-a9b2-50b6cf0d8eba/add/2', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'add', 2, 2, 4, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:23.902014', '2026-11-25 23:50:23.961014'),
  ('0c080a97-e209-4920-a9b2-50b6cf0d8eba/add/3', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'add', 3, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:23.946014', '2026-11-25 23:50:23.961014'),
  ('0c080a97-e209-4920-a9b2-50b6cf0d8eba/add/4', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'add', 4, 2, 4, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:23.952014', '2026-11-25 23:50:23.961014'),
  ('0c080a97-e209-4920-a9b2-50b6cf0d8eba/add/5', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'add', 5, 2, 4, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:23.946014', '2026-11-25 23:50:23.961014'),
  ('0c080a97-e209-4920-a9b2-50b6cf0d8eba/add/6', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'add', 6, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:23.951014', '2026-11-25 23:50:23.961014'),
  ('0c080a97-e209-4920-a9b2-50b6cf0d8eba/add/7', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'add', 7, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:23.946014', '2026-11-25 23:50:23.961014'),
  ('0c080a97-e209-4920-a9b2-50b6cf0d8eba/create_audience/0', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', 'everyone.x', 'x_ads', 'tp30vw', 'everyone', 'create_audience', 0, 0, 0, 'accepted', 200, null, null, 1, null, '2026-11-25 23:50:23.08589', '2026-11-25 23:50:23.18689'),
  ('ae064d85-b4cd-4233-b245-6e5637c83444/add/10', 'ae064d85-b4cd-4233-b245-6e5637c83444', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 10, 2, 2, 'accepted', 200, null, '2026112523503127700000021', 1, null, '2026-11-25 23:50:30.972633', '2026-11-25 23:50:31.317633'),
  ('ae064d85-b4cd-4233-b245-6e5637c83444/add/5', 'ae064d85-b4cd-4233-b245-6e5637c83444', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 5, 2, 2, 'accepted', 200, null, '2026112523502967700000016', 1, null, '2026-11-25 23:50:29.979296', '2026-11-25 23:50:30.247296'),
  ('ae064d85-b4cd-4233-b245-6e5637c83444/add/6', 'ae064d85-b4cd-4233-b245-6e5637c83444', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 6, 2, 2, 'accepted', 200, null, '2026112523502994500000017', 1, null, '2026-11-25 23:50:29.961296', '2026-11-25 23:50:30.247296'),
  ('ae064d85-b4cd-4233-b245-6e5637c83444/add/7', 'ae064d85-b4cd-4233-b245-6e5637c83444', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 7, 2, 2, 'accepted', 200, null, '2026112523503024400000018', 1, null, '2026-11-25 23:50:29.970296', '2026-11-25 23:50:30.247296'),
  ('ae064d85-b4cd-4233-b245-6e5637c83444/add/8', 'ae064d85-b4cd-4233-b245-6e5637c83444', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 8, 2, 2, 'accepted', 200, null, '2026112523503070100000019', 1, null, '2026-11-25 23:50:31.006633', '2026-11-25 23:50:31.317633'),
  ('ae064d85-b4cd-4233-b245-6e5637c83444/add/9', 'ae064d85-b4cd-4233-b245-6e5637c83444', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 9, 2, 2, 'accepted', 200, null, '2026112523503096300000020', 1, null, '2026-11-25 23:50:31.051633', '2026-11-25 23:50:31.317633'),
  ('ae064d85-b4cd-4233-b245-6e5637c83444/remove/1', 'ae064d85-b4cd-4233-b245-6e5637c83444', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'remove', 1, 2, 2, 'accepted', 200, null, '2026112523502805100000012', 1, null, '2026-11-25 23:50:28.292109', '2026-11-25 23:50:28.685109'),
  ('ae064d85-b4cd-4233-b245-6e5637c83444/remove/2', 'ae064d85-b4cd-4233-b245-6e5637c83444', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'remove', 2, 2, 2, 'accepted', 200, null, '2026112523502842100000013', 1, null, '2026-11-25 23:50:28.330109', '2026-11-25 23:50:28.685109'),
  ('ae064d85-b4cd-4233-b245-6e5637c83444/remove/3', 'ae064d85-b4cd-4233-b245-6e5637c83444', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'remove', 3, 2, 2, 'accepted', 200, null, '2026112523502867800000014', 1, null, '2026-11-25 23:50:28.428109', '2026-11-25 23:50:28.685109'),
  ('ae064d85-b4cd-4233-b245-6e5637c83444/remove/4', 'ae064d85-b4cd-4233-b245-6e5637c83444', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'remove', 4, 1, 1, 'accepted', 200, null, '2026112523502896500000015', 1, null, '2026-11-25 23:50:28.714187', '2026-11-25 23:50:29.009187'),
  ('af7d6dd1-6815-4093-99e9-19fb00ffa78c/add/1', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 1, 2, 2, 'accepted', 200, null, '2026112523502401600000002', 1, null, '2026-11-25 23:50:24.138834', '2026-11-25 23:50:24.162834'),
  ('af7d6dd1-6815-4093-99e9-19fb00ffa78c/add/10', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 10, 2, 2, 'accepted', 200, null, '2026112523502416100000011', 1, null, '2026-11-25 23:50:24.158834', '2026-11-25 23:50:24.162834'),
  ('af7d6dd1-6815-4093-99e9-19fb00ffa78c/add/2', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 2, 2, 2, 'accepted', 200, null, '2026112523502405300000003', 1, null, '2026-11-25 23:50:24.141834', '2026-11-25 23:50:24.162834'),
  ('af7d6dd1-6815-4093-99e9-19fb00ffa78c/add/3', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 3, 2, 2, 'accepted', 200, null, '2026112523502406900000004', 1, null, '2026-11-25 23:50:24.147834', '2026-11-25 23:50:24.162834'),
  ('af7d6dd1-6815-4093-99e9-19fb00ffa78c/add/4', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 4, 2, 2, 'accepted', 200, null, '2026112523502407500000005', 1, null, '2026-11-25 23:50:24.156834', '2026-11-25 23:50:24.162834'),
  ('af7d6dd1-6815-4093-99e9-19fb00ffa78c/add/5', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 5, 2, 2, 'accepted', 200, null, '2026112523502408000000006', 1, null, '2026-11-25 23:50:24.154834', '2026-11-25 23:50:24.162834'),
  ('af7d6dd1-6815-4093-99e9-19fb00ffa78c/add/6', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 6, 2, 2, 'accepted', 200, null, '2026112523502409200000007', 1, null, '2026-11-25 23:50:24.154834', '2026-11-25 23:50:24.162834'),
  ('af7d6dd1-6815-4093-99e9-19fb00ffa78c/add/7', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 7, 2, 2, 'accepted', 200, null, '2026112523502409900000008', 1, null, '2026-11-25 23:50:24.155834', '2026-11-25 23:50:24.162834'),
  ('af7d6dd1-6815-4093-99e9-19fb00ffa78c/add/8', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 8, 2, 2, 'accepted', 200, null, '2026112523502411100000009', 1, null, '2026-11-25 23:50:24.113834', '2026-11-25 23:50:24.162834'),
  ('af7d6dd1-6815-4093-99e9-19fb00ffa78c/add/9', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'add', 9, 2, 2, 'accepted', 200, null, '2026112523502415500000010', 1, null, '2026-11-25 23:50:24.156834', '2026-11-25 23:50:24.162834'),
  ('af7d6dd1-6815-4093-99e9-19fb00ffa78c/create_audience/0', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', 'everyone.tiktok', 'tiktok_ads', '7000001795650619001', 'everyone', 'create_audience', 0, 0, 0, 'accepted', 200, null, '2026112523502337900000001', 1, null, '2026-11-25 23:50:23.353176', '2026-11-25 23:50:23.395176');
insert into tidemark."rejections" values
  ('everyone.tiktok', 'af7d6dd1-6815-4093-99e9-19fb00ffa78c', '11', 'email', 'invalid_email', 'validation', null, 1, '2026-11-25 23:50:24.436802', null),
  ('everyone.x', '0c080a97-e209-4920-a9b2-50b6cf0d8eba', '11', 'email', 'invalid_email', 'validation', null, 1, '2026-11-25 23:50:24.180646', null);
insert into tidemark."runs" values
  ('0c080a97-e209-4920-a9b2-50b6cf0d8eba', 'day/1', 1, 'everyone.x', 'everyone', 'x', 'x_ads', '18ce54d4x5t', 'tp30vw', 'everyone', 'succeeded', '2026-11-25 23:50:22.388774', '2026-11-25 23:50:24.834774', 2446, 11, 10, 10, 0, 20, 0, 0, 1, 7, 8, 0, 0, false, false, null, null, null, null, null, '0.1.0', '459abd6d82441e6ab8fdac132a97572d9a1a19604b97f42361b4acdc2b860b63'),
  ('af7d6dd1-6815-4093-99e9-19fb00ffa78c', 'day/1', 1, 'everyone.tiktok', 'everyone', 'tiktok', 'tiktok_ads', '7000000000000000001', '7000001795650619001', 'everyone', 'succeeded', '2026-11-25 23:50:22.564245', '2026-11-25 23:50:24.849245', 2285, 11, 10, 10, 0, 20, 0, 0, 1, 10, 11, 0, 0, false, false, null, null, null, null, null, '0.1.0', 'd51fd000210f5e68a24941f8851d5a1c9f2a6d77f166d4c007f4617cf35fa56f');
insert into tidemark_state."arrivals-everyone-tiktok-2" values
  (10, '19', 26057690537752552728171460246089695963, unhex('fb6709e9ed30afcd82fd309817845b48c6c4ca21f0be0723a9e5ab372648fb00'), null, unhex('d66228d3b6fad03d2164bfd97a44cda72b7043073859ddbc74ac00ad0ef5db4b'), null),
  (11, '20', 313694506639497306608657610718347686721, unhex('9463b1873d9a7e8662247274382c7f04a4c189580ed0d0e90fb6acc96623ff56'), null, unhex('21218dc416aedf8bd63e16541fd9cbc04c9604dbef5c77e198032761521a51b3'), null),
  (12, '21', 128471662154169331348849166214445486797, unhex('52e49edea47133a7f9ac38cff8f0a0018dfe3de36a9e0cbe5d0ebaa8fc5a0d2a'), null, unhex('f0787167a0c262e4c4284f898ae070237967d8bfda31a1d11f79a0fa5cc3d4c7'), null),
  (13, '22', 94916944496585294429320707994906938069, unhex('7eadbe2d13e565336648927d12cc763ecc859483f1f4f01c36c3824c4316569e'), null, unhex('60cc2078956a318934c38200155e9cbd4c69316efe8f80cce99eb33a6f91d2ef'), null),
  (14, '23', 301387843871804427424602537449780251237, unhex('7fba797654628aa8d6bc0ed16033fbaa2e1fc8684cdfa5e6277c8af14a866d67'), null, unhex('003963825c79da19fb0ceabd48be59f3a583dbc1c8abf3d0cff9024316221f55'), null),
  (15, '24', 265593174765271470611564556818501483764, unhex('8ff3941a9cf54e7992e1172f656cd343c58d39dfbd6c20c8f7d9562818ef51ca'), null, unhex('7f032cc08fb957e86349a98a8189257e8f7e4e347fe2e4bd3ec1aa3eb572f37a'), null),
  (16, '25', 57521415952140896107673922253283255220, unhex('88bd817c4f2b4e33c77af846506ce3fcd217c455d7368c496b8e97cc5b0af309'), null, unhex('1fca3641405c601d0b638547b27c668d8a8d3f3b49d7b36214f3ff6f00d809cd'), null),
  (17, '26', 291142114394312508857321762985069549505, unhex('66866639b7b1b9e04a131612cfb01bb8999a23abd9634a65ec2ec1c9914d33be'), null, unhex('926b687471124edfc7d79494ed04087df4c4145ffb10c1deb0c9ee674d48acb4'), null),
  (18, '27', 102578434331569165062491972573489734829, unhex('a9a3a630f07ef4d9e6993d3d3bd42a88d7465205e3af8a5768b833d1bc5e6828'), null, unhex('46cad1cd46a40fb3cb370a5a38175520e1466b0900aba97990ddd1b590f27afc'), null),
  (19, '28', 71535978119600678848430162817038580352, unhex('4eb9c029eb99b597f2b8d3491a025451aedcc377278700a82a40e15e9640a73f'), null, unhex('3f6ef6c27e30adbce9c4a36feb67787e0f27ea0b3d304bb813bc9da3378ccaa2'), null),
  (3, '12', 79590020342962641336750778521718501098, unhex('da924fa99dea0b246f7634fa1274b514dc18fb6bf55f21a7aaede51a95d14396'), null, unhex('21cff3126ebaff09c67c20ee46ff85f2fd87288a3a46ddeea8a25bcaa5275ec9'), null),
  (4, '13', 38688604963659803409441559871858017561, unhex('dace0271813203c1f10e6bcd7fb8dcaade8172c1b4d6802565347a7647bd4fb9'), null, unhex('2e5ca4cbec3db664c6e213861ae4fca3ed17aa15138f5f5003ee1f5df4a1a158'), null),
  (5, '14', 160202231841971439595370671563182224935, unhex('65f28b602405aab885a046afad8c5167314bdc635d083daacf8eccf706c04252'), null, unhex('1813509d9d66519953666ec01c730a2a0ed5c01e02cb8a1cb66a2f927d1155a7'), null),
  (6, '15', 263851845105586078489207167536066509357, unhex('3bcbcaf7a4c8919d700166a6d1d3fcc34c90ebdb10848b8b5cdbc7d0d62c3471'), null, unhex('9ca0d8bc48c6bcd8933254c81caa4d9b81b8b4ac65428d42192e41853026f9b5'), null),
  (7, '16', 106076194208966339724955528100191046069, unhex('d68f9f38356f0470eb97de77ae4f2700925d1f71125eae7f3038d328a73cb9d6'), null, unhex('f737b133d91ff75598d9ffcb2ae3bdef255a95e928e1df956d22ba3bf3786ac9'), null),
  (8, '17', 210350426000324357118503431387664918607, unhex('5e25300bf64c947f9af1b1df2991073a8438288843d97547ee85bbd1f85e8cc7'), null, unhex('f8ccd500d183e34580e298f27b084a2c1b8f9f41a0560041979643e86eb2e8fd'), null),
  (9, '18', 210987325724159537774922287275466119968, unhex('a76fc85fa28b2f0769cd2c3ad4d813af6189220f0e4b0c33af6143802bfda449'), null, unhex('906ed45428eec46737529652346dbc19cc5abe3c0bfa24ddd4d7eace9ab492e4'), null);
insert into tidemark_state."arrivals-everyone-x-2" values
  (10, '19', 157323674608190554199184958795253644095, unhex('fb6709e9ed30afcd82fd309817845b48c6c4ca21f0be0723a9e5ab372648fb00'), null, unhex('d66228d3b6fad03d2164bfd97a44cda72b7043073859ddbc74ac00ad0ef5db4b'), null),
  (11, '20', 284596832181793937905514116973200111334, unhex('9463b1873d9a7e8662247274382c7f04a4c189580ed0d0e90fb6acc96623ff56'), null, unhex('21218dc416aedf8bd63e16541fd9cbc04c9604dbef5c77e198032761521a51b3'), null),
  (12, '21', 272022024170223790133376373894775119018, unhex('52e49edea47133a7f9ac38cff8f0a0018dfe3de36a9e0cbe5d0ebaa8fc5a0d2a'), null, unhex('f0787167a0c262e4c4284f898ae070237967d8bfda31a1d11f79a0fa5cc3d4c7'), null),
  (13, '22', 181180236096267714692967375057473546412, unhex('7eadbe2d13e565336648927d12cc763ecc859483f1f4f01c36c3824c4316569e'), null, unhex('60cc2078956a318934c38200155e9cbd4c69316efe8f80cce99eb33a6f91d2ef'), null),
  (14, '23', 128384973880225119014086627408531980723, unhex('7fba797654628aa8d6bc0ed16033fbaa2e1fc8684cdfa5e6277c8af14a866d67'), null, unhex('003963825c79da19fb0ceabd48be59f3a583dbc1c8abf3d0cff9024316221f55'), null),
  (15, '24', 135907716251707046797955074872382146451, unhex('8ff3941a9cf54e7992e1172f656cd343c58d39dfbd6c20c8f7d9562818ef51ca'), null, unhex('7f032cc08fb957e86349a98a8189257e8f7e4e347fe2e4bd3ec1aa3eb572f37a'), null),
  (16, '25', 138606523118862246531345000816185030452, unhex('88bd817c4f2b4e33c77af846506ce3fcd217c455d7368c496b8e97cc5b0af309'), null, unhex('1fca3641405c601d0b638547b27c668d8a8d3f3b49d7b36214f3ff6f00d809cd'), null),
  (17, '26', 134200955042422166208358971688988054894, unhex('66866639b7b1b9e04a131612cfb01bb8999a23abd9634a65ec2ec1c9914d33be'), null, unhex('926b687471124edfc7d79494ed04087df4c4145ffb10c1deb0c9ee674d48acb4'), null),
  (18, '27', 194359995141032670676707943945279719920, unhex('a9a3a630f07ef4d9e6993d3d3bd42a88d7465205e3af8a5768b833d1bc5e6828'), null, unhex('46cad1cd46a40fb3cb370a5a38175520e1466b0900aba97990ddd1b590f27afc'), null),
  (19, '28', 19267938876529927406175118179255319785, unhex('4eb9c029eb99b597f2b8d3491a025451aedcc377278700a82a40e15e9640a73f'), null, unhex('3f6ef6c27e30adbce9c4a36feb67787e0f27ea0b3d304bb813bc9da3378ccaa2'), null),
  (3, '12', 114729932411127004656922116065074123823, unhex('da924fa99dea0b246f7634fa1274b514dc18fb6bf55f21a7aaede51a95d14396'), null, unhex('21cff3126ebaff09c67c20ee46ff85f2fd87288a3a46ddeea8a25bcaa5275ec9'), null),
  (4, '13', 25424889199391566739840969818167482602, unhex('dace0271813203c1f10e6bcd7fb8dcaade8172c1b4d6802565347a7647bd4fb9'), null, unhex('2e5ca4cbec3db664c6e213861ae4fca3ed17aa15138f5f5003ee1f5df4a1a158'), null),
  (5, '14', 292735648754036193480128186315291330019, unhex('65f28b602405aab885a046afad8c5167314bdc635d083daacf8eccf706c04252'), null, unhex('1813509d9d66519953666ec01c730a2a0ed5c01e02cb8a1cb66a2f927d1155a7'), null),
  (6, '15', 191359164687265691625243418382722300955, unhex('3bcbcaf7a4c8919d700166a6d1d3fcc34c90ebdb10848b8b5cdbc7d0d62c3471'), null, unhex('9ca0d8bc48c6bcd8933254c81caa4d9b81b8b4ac65428d42192e41853026f9b5'), null),
  (7, '16', 198276901690076870641964214983780982223, unhex('d68f9f38356f0470eb97de77ae4f2700925d1f71125eae7f3038d328a73cb9d6'), null, unhex('f737b133d91ff75598d9ffcb2ae3bdef255a95e928e1df956d22ba3bf3786ac9'), null),
  (8, '17', 249463992504956732455989172767845931873, unhex('5e25300bf64c947f9af1b1df2991073a8438288843d97547ee85bbd1f85e8cc7'), null, unhex('f8ccd500d183e34580e298f27b084a2c1b8f9f41a0560041979643e86eb2e8fd'), null),
  (9, '18', 137821328227085720759273275890684056243, unhex('a76fc85fa28b2f0769cd2c3ad4d813af6189220f0e4b0c33af6143802bfda449'), null, unhex('906ed45428eec46737529652346dbc19cc5abe3c0bfa24ddd4d7eace9ab492e4'), null);
insert into tidemark_state."batches-everyone-tiktok-2" values
  (1, 'remove', 'EMAIL_SHA256', 2, 2, 2, 230, 2, 20),
  (10, 'add', 'EMAIL_SHA256', 2, 2, 2, 230, 4000000000012, 4000000000013),
  (11, 'add', 'EMAIL_SHA256', 3, 3, 3, 345, 4000000000014, 4000000000016),
  (12, 'add', 'EMAIL_SHA256', 2, 2, 2, 230, 4000000000017, 4000000000018),
  (13, 'add', 'EMAIL_SHA256', 1, 1, 1, 115, 4000000000019, 4000000000019),
  (14, 'add', 'PHONE_SHA256', 2, 2, 2, 230, 5000000000002, 5000000000003),
  (15, 'add', 'PHONE_SHA256', 2, 2, 2, 230, 5000000000004, 5000000000005),
  (16, 'add', 'PHONE_SHA256', 2, 2, 2, 230, 5000000000006, 5000000000007),
  (17, 'add', 'PHONE_SHA256', 2, 2, 2, 230, 5000000000008, 5000000000009),
  (18, 'add', 'PHONE_SHA256', 2, 2, 2, 230, 5000000000010, 5000000000011),
  (19, 'add', 'PHONE_SHA256', 2, 2, 2, 230, 5000000000012, 5000000000013),
  (2, 'remove', 'EMAIL_SHA256', 2, 2, 2, 230, 21, 22),
  (20, 'add', 'PHONE_SHA256', 3, 3, 3, 345, 5000000000014, 5000000000016),
  (21, 'add', 'PHONE_SHA256', 2, 2, 2, 230, 5000000000017, 5000000000018),
  (22, 'add', 'PHONE_SHA256', 1, 1, 1, 115, 5000000000019, 5000000000019),
  (3, 'remove', 'PHONE_SHA256', 2, 2, 2, 230, 1000000000020, 1000000000021),
  (4, 'remove', 'PHONE_SHA256', 1, 1, 1, 115, 1000000000022, 1000000000022),
  (5, 'add', 'EMAIL_SHA256', 2, 2, 2, 230, 4000000000002, 4000000000003),
  (6, 'add', 'EMAIL_SHA256', 2, 2, 2, 230, 4000000000004, 4000000000005),
  (7, 'add', 'EMAIL_SHA256', 2, 2, 2, 230, 4000000000006, 4000000000007),
  (8, 'add', 'EMAIL_SHA256', 2, 2, 2, 230, 4000000000008, 4000000000009),
  (9, 'add', 'EMAIL_SHA256', 2, 2, 2, 230, 4000000000010, 4000000000011);
insert into tidemark_state."batches-everyone-x-2" values
  (1, 'remove', null, 2, 3, 2, 242, 2, 20),
  (10, 'add', null, 2, 4, 2, 326, 1000000000011, 1000000000012),
  (11, 'add', null, 2, 4, 2, 326, 1000000000013, 1000000000014),
  (12, 'add', null, 1, 2, 1, 163, 1000000000015, 1000000000015),
  (13, 'add', null, 2, 4, 2, 326, 1000000000016, 1000000000017),
  (14, 'add', null, 2, 4, 2, 326, 1000000000018, 1000000000019),
  (2, 'remove', null, 1, 2, 1, 163, 21, 21),
  (3, 'remove', null, 1, 2, 1, 163, 22, 22),
  (4, 'add', null, 1, 2, 1, 163, 1000000000002, 1000000000002),
  (5, 'add', null, 2, 4, 2, 326, 1000000000003, 1000000000004),
  (6, 'add', null, 1, 2, 1, 163, 1000000000005, 1000000000005),
  (7, 'add', null, 2, 4, 2, 326, 1000000000006, 1000000000007),
  (8, 'add', null, 2, 4, 2, 326, 1000000000008, 1000000000009),
  (9, 'add', null, 1, 2, 1, 163, 1000000000010, 1000000000010);
insert into tidemark_state."control_everyone-tiktok" values
  ('everyone.tiktok', 1, 'ae064d85-b4cd-4233-b245-6e5637c83444', '2026-11-25 23:52:31.317633', 2, 'ae064d85-b4cd-4233-b245-6e5637c83444', 'day/2', 1, '2026-11-25 23:50:26.832377', false, false, true, 2, 22, true, null, null, null, '7000001795650619001', 'everyone', null, '7000000000000000001', 'customer_id', 11, 20, 11, 10, 10, '2026-11-25 23:50:24.436802', null);
insert into tidemark_state."control_everyone-x" values
  ('everyone.x', 1, '0b62bde4-8f39-423a-953f-f9210b671453', '2026-11-25 23:52:31.316197', 2, '0b62bde4-8f39-423a-953f-f9210b671453', 'day/2', 1, '2026-11-25 23:50:26.825297', false, false, true, 2, 14, true, null, null, null, 'tp30vw', 'everyone', null, '18ce54d4x5t', 'customer_id', 11, 20, 11, 10, 10, '2026-11-25 23:50:24.180646', null);
insert into tidemark_state."delta_member_rows-everyone-tiktok-2" values
  (2, '4', true, 228038740051896240002286335438838487543, 2, true),
  (20, '2', true, null, 0, true),
  (21, '1', true, null, 0, true),
  (22, '3', true, null, 0, true);
insert into tidemark_state."delta_member_rows-everyone-x-2" values
  (2, '4', true, 32510125807955106470196340186590816954, 2, true),
  (20, '1', true, null, 0, true),
  (21, '2', true, null, 0, true),
  (22, '3', true, null, 0, true);
insert into tidemark_state."delta_rows-everyone-tiktok-2" values
  ('add', 2, 4000000000002, true, '4', 'EMAIL_SHA256', unhex('cb14157d906b6af1fe39ce5dfa95ee9520fe9e101fb1fccad860c517524803c7'), 0, false, false, null, null),
  ('add', 2, 5000000000002, true, '4', 'PHONE_SHA256', unhex('714dffc5feb837b619df81fccb8db6f078c6915e87e1c13d0c6e309c7bc5daa2'), 1, true, false, null, null),
  ('remove', 2, 2, true, '4', 'EMAIL_SHA256', unhex('b2c900f8edb57d1bcbccf901edfc4f955480a6c5a853d159ce3052c542d313dd'), 1, true, false, null, null),
  ('remove', 20, 1000000000020, true, '2', 'PHONE_SHA256', unhex('dfeb6779458245e51ae6137730476d4c14f413f7945c6595736e45a9010e6b20'), 1, true, false, null, null),
  ('remove', 20, 20, true, '2', 'EMAIL_SHA256', unhex('e2a200cfd44d978ed24d94fde24085049e3d4b2e95cd893029cedaff65e591e1'), 1, true, false, null, null),
  ('remove', 21, 1000000000021, true, '1', 'PHONE_SHA256', unhex('1a76772a1488a5831c1ae5959325738d7c3e0ccced67ace46eb24ef368d082be'), 1, true, false, null, null),
  ('remove', 21, 21, true, '1', 'EMAIL_SHA256', unhex('18c0922f0e3b9e9e84a5ded2ff107ab7cc938e72dd9f9c8db6baa701b734623d'), 1, true, false, null, null),
  ('remove', 22, 1000000000022, true, '3', 'PHONE_SHA256', unhex('d6d8de15c5d485f33d044849339561b8d56dc8dc4ccee4aefc43292fed326135'), 1, true, false, null, null),
  ('remove', 22, 22, true, '3', 'EMAIL_SHA256', unhex('232920ff25d6faeb821ec83fd16af1a8a1f983620698e8cdd01c7f58cd1845c3'), 1, true, false, null, null);
insert into tidemark_state."delta_rows-everyone-x-2" values
  ('add', 2, 1000000000002, true, '4', 'email', unhex('cb14157d906b6af1fe39ce5dfa95ee9520fe9e101fb1fccad860c517524803c7'), 0, false, false, null, null),
  ('add', 2, 1000000000002, true, '4', 'phone_number', unhex('714dffc5feb837b619df81fccb8db6f078c6915e87e1c13d0c6e309c7bc5daa2'), 1, true, false, null, null),
  ('remove', 2, 2, true, '4', 'email', unhex('b2c900f8edb57d1bcbccf901edfc4f955480a6c5a853d159ce3052c542d313dd'), 1, true, false, null, null),
  ('remove', 20, 20, true, '1', 'email', unhex('18c0922f0e3b9e9e84a5ded2ff107ab7cc938e72dd9f9c8db6baa701b734623d'), 1, true, false, null, null),
  ('remove', 20, 20, true, '1', 'phone_number', unhex('1a76772a1488a5831c1ae5959325738d7c3e0ccced67ace46eb24ef368d082be'), 1, true, false, null, null),
  ('remove', 21, 21, true, '2', 'email', unhex('e2a200cfd44d978ed24d94fde24085049e3d4b2e95cd893029cedaff65e591e1'), 1, true, false, null, null),
  ('remove', 21, 21, true, '2', 'phone_number', unhex('dfeb6779458245e51ae6137730476d4c14f413f7945c6595736e45a9010e6b20'), 1, true, false, null, null),
  ('remove', 22, 22, true, '3', 'email', unhex('232920ff25d6faeb821ec83fd16af1a8a1f983620698e8cdd01c7f58cd1845c3'), 1, true, false, null, null),
  ('remove', 22, 22, true, '3', 'phone_number', unhex('d6d8de15c5d485f33d044849339561b8d56dc8dc4ccee4aefc43292fed326135'), 1, true, false, null, null);
insert into tidemark_state."due_everyone-x" values
  ('1', '2027-11-22 23:50:24.180646'),
  ('10', '2027-11-15 23:50:24.180646'),
  ('2', '2027-11-03 23:50:24.180646'),
  ('3', '2027-11-16 23:50:24.180646'),
  ('4', '2027-11-11 23:50:24.180646'),
  ('5', '2027-11-08 23:50:24.180646'),
  ('6', '2027-11-22 23:50:24.180646'),
  ('7', '2027-11-19 23:50:24.180646'),
  ('8', '2027-11-10 23:50:24.180646'),
  ('9', '2027-11-08 23:50:24.180646');
insert into tidemark_state."held-everyone-tiktok-2" values
  (2, '4', 'EMAIL_SHA256', unhex('b2c900f8edb57d1bcbccf901edfc4f955480a6c5a853d159ce3052c542d313dd'), 1, '2026-11-25 23:50:24.436802', true),
  (2, '4', 'PHONE_SHA256', unhex('714dffc5feb837b619df81fccb8db6f078c6915e87e1c13d0c6e309c7bc5daa2'), 1, '2026-11-25 23:50:24.436802', true),
  (20, '2', 'EMAIL_SHA256', unhex('e2a200cfd44d978ed24d94fde24085049e3d4b2e95cd893029cedaff65e591e1'), 1, '2026-11-25 23:50:24.436802', true),
  (20, '2', 'PHONE_SHA256', unhex('dfeb6779458245e51ae6137730476d4c14f413f7945c6595736e45a9010e6b20'), 1, '2026-11-25 23:50:24.436802', true),
  (21, '1', 'EMAIL_SHA256', unhex('18c0922f0e3b9e9e84a5ded2ff107ab7cc938e72dd9f9c8db6baa701b734623d'), 1, '2026-11-25 23:50:24.436802', true),
  (21, '1', 'PHONE_SHA256', unhex('1a76772a1488a5831c1ae5959325738d7c3e0ccced67ace46eb24ef368d082be'), 1, '2026-11-25 23:50:24.436802', true),
  (22, '3', 'EMAIL_SHA256', unhex('232920ff25d6faeb821ec83fd16af1a8a1f983620698e8cdd01c7f58cd1845c3'), 1, '2026-11-25 23:50:24.436802', true),
  (22, '3', 'PHONE_SHA256', unhex('d6d8de15c5d485f33d044849339561b8d56dc8dc4ccee4aefc43292fed326135'), 1, '2026-11-25 23:50:24.436802', true);
insert into tidemark_state."held-everyone-x-2" values
  (2, '4', 'email', unhex('b2c900f8edb57d1bcbccf901edfc4f955480a6c5a853d159ce3052c542d313dd'), 1, '2026-11-25 23:50:24.180646', true),
  (2, '4', 'phone_number', unhex('714dffc5feb837b619df81fccb8db6f078c6915e87e1c13d0c6e309c7bc5daa2'), 1, '2026-11-25 23:50:24.180646', true),
  (20, '1', 'email', unhex('18c0922f0e3b9e9e84a5ded2ff107ab7cc938e72dd9f9c8db6baa701b734623d'), 1, '2026-11-25 23:50:24.180646', true),
  (20, '1', 'phone_number', unhex('1a76772a1488a5831c1ae5959325738d7c3e0ccced67ace46eb24ef368d082be'), 1, '2026-11-25 23:50:24.180646', true),
  (21, '2', 'email', unhex('e2a200cfd44d978ed24d94fde24085049e3d4b2e95cd893029cedaff65e591e1'), 1, '2026-11-25 23:50:24.180646', true),
  (21, '2', 'phone_number', unhex('dfeb6779458245e51ae6137730476d4c14f413f7945c6595736e45a9010e6b20'), 1, '2026-11-25 23:50:24.180646', true),
  (22, '3', 'email', unhex('232920ff25d6faeb821ec83fd16af1a8a1f983620698e8cdd01c7f58cd1845c3'), 1, '2026-11-25 23:50:24.180646', true),
  (22, '3', 'phone_number', unhex('d6d8de15c5d485f33d044849339561b8d56dc8dc4ccee4aefc43292fed326135'), 1, '2026-11-25 23:50:24.180646', true);
insert into tidemark_state."ledger_identifiers_everyone-tiktok" values
  ('1', 'EMAIL_SHA256', unhex('18c0922f0e3b9e9e84a5ded2ff107ab7cc938e72dd9f9c8db6baa701b734623d'), 1, '2026-11-25 23:50:24.436802', true),
  ('1', 'PHONE_SHA256', unhex('1a76772a1488a5831c1ae5959325738d7c3e0ccced67ace46eb24ef368d082be'), 1, '2026-11-25 23:50:24.436802', true),
  ('10', 'EMAIL_SHA256', unhex('5240e22f37b127e3cfc1d3e8a3dbbbb341e2d6a47d9257101ba9ba3fbf373ecd'), 1, '2026-11-25 23:50:24.436802', true),
  ('10', 'PHONE_SHA256', unhex('cc03c283208b8967f9f19827bb3579b5174609369407ccb041e6c4c17d04196d'), 1, '2026-11-25 23:50:24.436802', true),
  ('2', 'EMAIL_SHA256', unhex('e2a200cfd44d978ed24d94fde24085049e3d4b2e95cd893029cedaff65e591e1'), 1, '2026-11-25 23:50:24.436802', true),
  ('2', 'PHONE_SHA256', unhex('dfeb6779458245e51ae6137730476d4c14f413f7945c6595736e45a9010e6b20'), 1, '2026-11-25 23:50:24.436802', true),
  ('3', 'EMAIL_SHA256', unhex('232920ff25d6faeb821ec83fd16af1a8a1f983620698e8cdd01c7f58cd1845c3'), 1, '2026-11-25 23:50:24.436802', true),
  ('3', 'PHONE_SHA256', unhex('d6d8de15c5d485f33d044849339561b8d56dc8dc4ccee4aefc43292fed326135'), 1, '2026-11-25 23:50:24.436802', true),
  ('4', 'EMAIL_SHA256', unhex('b2c900f8edb57d1bcbccf901edfc4f955480a6c5a853d159ce3052c542d313dd'), 1, '2026-11-25 23:50:24.436802', true),
  ('4', 'PHONE_SHA256', unhex('714dffc5feb837b619df81fccb8db6f078c6915e87e1c13d0c6e309c7bc5daa2'), 1, '2026-11-25 23:50:24.436802', true),
  ('5', 'EMAIL_SHA256', unhex('5222d91ba2087c5390cd78c5b2e280d2d1e03e61e4af72dcbb38754cc3eace5b'), 1, '2026-11-25 23:50:24.436802', true),
  ('5', 'PHONE_SHA256', unhex('01ac1f86d2213d7b6f90095b32e75fa80295c4b2b1f39ec97d25ddc70ed42289'), 1, '2026-11-25 23:50:24.436802', true),
  ('6', 'EMAIL_SHA256', unhex('b6bfbc35287cf3308cbadfab23e5dd09a01ab0a7e98ebf57175a706ff5c817e9'), 1, '2026-11-25 23:50:24.436802', true),
  ('6', 'PHONE_SHA256', unhex('73c66427e5a1897852f6e69c64decca86e2fff8b5f2cbed4e908b91116218f76'), 1, '2026-11-25 23:50:24.436802', true),
  ('7', 'EMAIL_SHA256', unhex('032e7bfddac15bfcb9e82d552c8c24a8c77182f76c53ba8450cf5bafdf824e93'), 1, '2026-11-25 23:50:24.436802', true),
  ('7', 'PHONE_SHA256', unhex('14d80e3d3d1fc61384a9c512c4d836bb55fc3da89ce44764bcf5c92a9dacedb0'), 1, '2026-11-25 23:50:24.436802', true),
  ('8', 'EMAIL_SHA256', unhex('bee5776fd42f60ff0df01fe8dec143fd7149c522f0143fba2eb045aa3a92be91'), 1, '2026-11-25 23:50:24.436802', true),
  ('8', 'PHONE_SHA256', unhex('485af2d6f63d30a4810abef8f97c26d33aa1a57ababe2ab33a0b0c3b95553fc3'), 1, '2026-11-25 23:50:24.436802', true),
  ('9', 'EMAIL_SHA256', unhex('259a7d89e02b225c75a1b78f07d8ab0ca9e704e0d5ae34ba635098657d896a54'), 1, '2026-11-25 23:50:24.436802', true),
  ('9', 'PHONE_SHA256', unhex('b45838338375c009dd5610b0dc297d9bc63969e018f2d8e27d9b9fae557c7e29'), 1, '2026-11-25 23:50:24.436802', true);
insert into tidemark_state."ledger_identifiers_everyone-x" values
  ('1', 'email', unhex('18c0922f0e3b9e9e84a5ded2ff107ab7cc938e72dd9f9c8db6baa701b734623d'), 1, '2026-11-25 23:50:24.180646', true),
  ('1', 'phone_number', unhex('1a76772a1488a5831c1ae5959325738d7c3e0ccced67ace46eb24ef368d082be'), 1, '2026-11-25 23:50:24.180646', true),
  ('10', 'email', unhex('5240e22f37b127e3cfc1d3e8a3dbbbb341e2d6a47d9257101ba9ba3fbf373ecd'), 1, '2026-11-25 23:50:24.180646', true),
  ('10', 'phone_number', unhex('cc03c283208b8967f9f19827bb3579b5174609369407ccb041e6c4c17d04196d'), 1, '2026-11-25 23:50:24.180646', true),
  ('2', 'email', unhex('e2a200cfd44d978ed24d94fde24085049e3d4b2e95cd893029cedaff65e591e1'), 1, '2026-11-25 23:50:24.180646', true),
  ('2', 'phone_number', unhex('dfeb6779458245e51ae6137730476d4c14f413f7945c6595736e45a9010e6b20'), 1, '2026-11-25 23:50:24.180646', true),
  ('3', 'email', unhex('232920ff25d6faeb821ec83fd16af1a8a1f983620698e8cdd01c7f58cd1845c3'), 1, '2026-11-25 23:50:24.180646', true),
  ('3', 'phone_number', unhex('d6d8de15c5d485f33d044849339561b8d56dc8dc4ccee4aefc43292fed326135'), 1, '2026-11-25 23:50:24.180646', true),
  ('4', 'email', unhex('b2c900f8edb57d1bcbccf901edfc4f955480a6c5a853d159ce3052c542d313dd'), 1, '2026-11-25 23:50:24.180646', true),
  ('4', 'phone_number', unhex('714dffc5feb837b619df81fccb8db6f078c6915e87e1c13d0c6e309c7bc5daa2'), 1, '2026-11-25 23:50:24.180646', true),
  ('5', 'email', unhex('5222d91ba2087c5390cd78c5b2e280d2d1e03e61e4af72dcbb38754cc3eace5b'), 1, '2026-11-25 23:50:24.180646', true),
  ('5', 'phone_number', unhex('01ac1f86d2213d7b6f90095b32e75fa80295c4b2b1f39ec97d25ddc70ed42289'), 1, '2026-11-25 23:50:24.180646', true),
  ('6', 'email', unhex('b6bfbc35287cf3308cbadfab23e5dd09a01ab0a7e98ebf57175a706ff5c817e9'), 1, '2026-11-25 23:50:24.180646', true),
  ('6', 'phone_number', unhex('73c66427e5a1897852f6e69c64decca86e2fff8b5f2cbed4e908b91116218f76'), 1, '2026-11-25 23:50:24.180646', true),
  ('7', 'email', unhex('032e7bfddac15bfcb9e82d552c8c24a8c77182f76c53ba8450cf5bafdf824e93'), 1, '2026-11-25 23:50:24.180646', true),
  ('7', 'phone_number', unhex('14d80e3d3d1fc61384a9c512c4d836bb55fc3da89ce44764bcf5c92a9dacedb0'), 1, '2026-11-25 23:50:24.180646', true),
  ('8', 'email', unhex('bee5776fd42f60ff0df01fe8dec143fd7149c522f0143fba2eb045aa3a92be91'), 1, '2026-11-25 23:50:24.180646', true),
  ('8', 'phone_number', unhex('485af2d6f63d30a4810abef8f97c26d33aa1a57ababe2ab33a0b0c3b95553fc3'), 1, '2026-11-25 23:50:24.180646', true),
  ('9', 'email', unhex('259a7d89e02b225c75a1b78f07d8ab0ca9e704e0d5ae34ba635098657d896a54'), 1, '2026-11-25 23:50:24.180646', true),
  ('9', 'phone_number', unhex('b45838338375c009dd5610b0dc297d9bc63969e018f2d8e27d9b9fae557c7e29'), 1, '2026-11-25 23:50:24.180646', true);
insert into tidemark_state."ledger_members_everyone-tiktok" values
  ('1', 193319172043227203884825649937356808595, 2),
  ('10', 282880531795591670238705863314983780587, 2),
  ('11', 121331700905989220859225145779524128536, 1),
  ('2', 199096044646285681299242400030216138116, 2),
  ('3', 285012353934636538983204724678334559435, 2),
  ('4', 284158897189181082518803179515569050554, 2),
  ('5', 78206021145459034715124772874804276691, 2),
  ('6', 295104322653724367574521494764407570687, 2),
  ('7', 177881282542537033864134661525475367075, 2),
  ('8', 295204473354968671344522924566838809545, 2),
  ('9', 34568796846129981246585275743184536843, 2);
insert into tidemark_state."ledger_members_everyone-x" values
  ('1', 103113876077039276776824901925543855873, 2),
  ('10', 79814225604287020150080157399664045354, 2),
  ('11', 141554218042177233481719787428710555505, 1),
  ('2', 80460614077443045401338476264584147412, 2),
  ('3', 291426552851747713894590855602788019461, 2),
  ('4', 278327926743651443045260289426132748021, 2),
  ('5', 127135279156723101829712700434938834726, 2),
  ('6', 321712356189121999313543394481461319071, 2),
  ('7', 232484660726582939979456229995436788162, 2),
  ('8', 320734556395780748556045782289466020484, 2),
  ('9', 200596133067784571903585938780719182184, 2);
insert into tidemark_state."members_before-everyone-tiktok-2" values
  ('1', 193319172043227203884825649937356808595, 2),
  ('2', 199096044646285681299242400030216138116, 2),
  ('3', 285012353934636538983204724678334559435, 2),
  ('4', 284158897189181082518803179515569050554, 2);
insert into tidemark_state."members_before-everyone-x-2" values
  ('1', 103113876077039276776824901925543855873, 2),
  ('2', 80460614077443045401338476264584147412, 2),
  ('3', 291426552851747713894590855602788019461, 2),
  ('4', 278327926743651443045260289426132748021, 2);
insert into tidemark_state."spans-everyone-tiktok-2" values
  (1, 0, 2, 20),
  (10, 4000000000000, 4000000000012, 4000000000013),
  (11, 4000000000000, 4000000000014, 4000000000016),
  (12, 4000000000000, 4000000000017, 4000000000018),
  (13, 4000000000000, 4000000000019, 4000000000019),
  (14, 5000000000000, 5000000000002, 5000000000003),
  (15, 5000000000000, 5000000000004, 5000000000005),
  (16, 5000000000000, 5000000000006, 5000000000007),
  (17, 5000000000000, 5000000000008, 5000000000009),
  (18, 5000000000000, 5000000000010, 5000000000011),
  (19, 5000000000000, 5000000000012, 5000000000013),
  (2, 0, 21, 22),
  (20, 5000000000000, 5000000000014, 5000000000016),
  (21, 5000000000000, 5000000000017, 5000000000018),
  (22, 5000000000000, 5000000000019, 5000000000019),
  (3, 1000000000000, 1000000000020, 1000000000021),
  (4, 1000000000000, 1000000000022, 1000000000022),
  (5, 4000000000000, 4000000000002, 4000000000003),
  (6, 4000000000000, 4000000000004, 4000000000005),
  (7, 4000000000000, 4000000000006, 4000000000007),
  (8, 4000000000000, 4000000000008, 4000000000009),
  (9, 4000000000000, 4000000000010, 4000000000011);
insert into tidemark_state."spans-everyone-x-2" values
  (1, 0, 2, 20),
  (10, 1000000000000, 1000000000011, 1000000000012),
  (11, 1000000000000, 1000000000013, 1000000000014),
  (12, 1000000000000, 1000000000015, 1000000000015),
  (13, 1000000000000, 1000000000016, 1000000000017),
  (14, 1000000000000, 1000000000018, 1000000000019),
  (2, 0, 21, 21),
  (3, 0, 22, 22),
  (4, 1000000000000, 1000000000002, 1000000000002),
  (5, 1000000000000, 1000000000003, 1000000000004),
  (6, 1000000000000, 1000000000005, 1000000000005),
  (7, 1000000000000, 1000000000006, 1000000000007),
  (8, 1000000000000, 1000000000008, 1000000000009),
  (9, 1000000000000, 1000000000010, 1000000000010);
CREATE VIEW tidemark.activations AS SELECT activation, segment, destination, platform, account_id, audience_id, audience_name, audience_description, fields, schedule, dbt_unique_id, config_hash, created_at, logged_at AS updated_at FROM (SELECT *, row_number() OVER (PARTITION BY activation ORDER BY logged_at DESC) AS latest, min(logged_at) OVER (PARTITION BY activation) AS created_at FROM tidemark.activation_log) AS l WHERE (latest = 1);
CREATE VIEW tidemark.audience_members AS SELECT activation, audience_id, audience_name, member_key, event_at AS since_at FROM (SELECT *, row_number() OVER (PARTITION BY activation, member_key ORDER BY event_at DESC) AS latest FROM tidemark.membership_events) AS e WHERE ((latest = 1) AND ("event" = 'entered'));
CREATE VIEW tidemark.current_rejections AS SELECT r.* FROM tidemark.rejections AS r WHERE (NOT EXISTS(SELECT 1 FROM tidemark.rejections_cleared AS c WHERE ((c.activation = r.activation) AND (COALESCE(c.member_key, '') = COALESCE(r.member_key, '')) AND (c.run_id != r.run_id) AND (c.cleared_at >= r.rejected_at))));
CREATE VIEW tidemark_state."delta-everyone-tiktok-2" AS (SELECT op, member_no, unit, leads, member_key, field, digest, "prior", confirmed_before, waits, hold_reason, hold_until_at FROM tidemark_state."delta_rows-everyone-tiktok-2") UNION ALL (SELECT CAST('add' AS VARCHAR), a.member_no, (f.lane + a.member_no), CAST('t' AS BOOLEAN), a.member_key, f.field, CASE  WHEN ((f.n = 1)) THEN (digest_1) WHEN ((f.n = 2)) THEN (digest_2) ELSE NULL END, 0, CAST('f' AS BOOLEAN), CAST('f' AS BOOLEAN), NULL, NULL FROM tidemark_state."arrivals-everyone-tiktok-2" AS a , ((SELECT 1 AS n, CAST('EMAIL_SHA256' AS VARCHAR) AS field, 4000000000000 AS lane) UNION ALL (SELECT 2 AS n, CAST('PHONE_SHA256' AS VARCHAR) AS field, 5000000000000 AS lane)) AS f WHERE (CASE  WHEN ((f.n = 1)) THEN (digest_1) WHEN ((f.n = 2)) THEN (digest_2) ELSE NULL END IS NOT NULL));
CREATE VIEW tidemark_state."delta-everyone-x-2" AS (SELECT op, member_no, unit, leads, member_key, field, digest, "prior", confirmed_before, waits, hold_reason, hold_until_at FROM tidemark_state."delta_rows-everyone-x-2") UNION ALL (SELECT CAST('add' AS VARCHAR), a.member_no, (f.lane + a.member_no), CAST('t' AS BOOLEAN), a.member_key, f.field, CASE  WHEN ((f.n = 1)) THEN (digest_1) WHEN ((f.n = 2)) THEN (digest_2) ELSE NULL END, 0, CAST('f' AS BOOLEAN), CAST('f' AS BOOLEAN), NULL, NULL FROM tidemark_state."arrivals-everyone-x-2" AS a , ((SELECT 1 AS n, CAST('email' AS VARCHAR) AS field, 1000000000000 AS lane) UNION ALL (SELECT 2 AS n, CAST('phone_number' AS VARCHAR) AS field, 1000000000000 AS lane)) AS f WHERE (CASE  WHEN ((f.n = 1)) THEN (digest_1) WHEN ((f.n = 2)) THEN (digest_2) ELSE NULL END IS NOT NULL));
CREATE VIEW tidemark_state."delta_members-everyone-tiktok-2" AS (SELECT member_no, member_key, in_k, fingerprint, standing, counts FROM tidemark_state."delta_member_rows-everyone-tiktok-2") UNION ALL (SELECT member_no, member_key, CAST('t' AS BOOLEAN), fingerprint, 2, CAST('t' AS BOOLEAN) FROM tidemark_state."arrivals-everyone-tiktok-2");
CREATE VIEW tidemark_state."delta_members-everyone-x-2" AS (SELECT member_no, member_key, in_k, fingerprint, standing, counts FROM tidemark_state."delta_member_rows-everyone-x-2") UNION ALL (SELECT member_no, member_key, CAST('t' AS BOOLEAN), fingerprint, 2, CAST('t' AS BOOLEAN) FROM tidemark_state."arrivals-everyone-x-2");
