create schema tidemark;
create schema tidemark_state;
CREATE TABLE customers(customer_id BIGINT, email VARCHAR, phone VARCHAR);
CREATE TABLE tidemark.activation_log(activation VARCHAR, segment VARCHAR, destination VARCHAR, platform VARCHAR, account_id VARCHAR, audience_id VARCHAR, audience_name VARCHAR, audience_description VARCHAR, fields VARCHAR, schedule VARCHAR, dbt_unique_id VARCHAR, config_hash VARCHAR, logged_at TIMESTAMP);
CREATE TABLE tidemark.audience_sizes(activation VARCHAR, audience_id VARCHAR, platform_size BIGINT, ledger_members BIGINT, observed_at TIMESTAMP, notes VARCHAR);
CREATE TABLE tidemark.membership_events(activation VARCHAR, audience_id VARCHAR, audience_name VARCHAR, member_key VARCHAR, "event" VARCHAR, run_id VARCHAR, event_at TIMESTAMP);
CREATE TABLE tidemark.receipts(receipt_id VARCHAR, run_id VARCHAR, activation VARCHAR, platform VARCHAR, audience_id VARCHAR, audience_name VARCHAR, op VARCHAR, batch_no BIGINT, members BIGINT, identifiers BIGINT, status VARCHAR, http_status BIGINT, platform_code VARCHAR, platform_request_id VARCHAR, attempts BIGINT, message VARCHAR, sent_at TIMESTAMP, answered_at TIMESTAMP);
CREATE TABLE tidemark.rejections(activation VARCHAR, run_id VARCHAR, member_key VARCHAR, field VARCHAR, reason VARCHAR, origin VARCHAR, batch_no BIGINT, identifiers BIGINT, rejected_at TIMESTAMP, quarantined_until_at TIMESTAMP);
CREATE TABLE tidemark.rejections_cleared(activation VARCHAR, run_id VARCHAR, member_key VARCHAR, cleared_at TIMESTAMP);
CREATE TABLE tidemark.runs(run_id VARCHAR, run_key VARCHAR, attempt BIGINT, activation VARCHAR, segment VARCHAR, destination VARCHAR, platform VARCHAR, account_id VARCHAR, audience_id VARCHAR, audience_name VARCHAR, status VARCHAR, started_at TIMESTAMP, finished_at TIMESTAMP, duration_ms BIGINT, segment_members BIGINT, reachable_members BIGINT, members_added BIGINT, members_removed BIGINT, identifiers_added BIGINT, identifiers_removed BIGINT, identifiers_resent BIGINT, identifiers_rejected BIGINT, batches BIGINT, api_calls BIGINT, api_retries BIGINT, throttled_ms BIGINT, "full" BOOLEAN, guards_overridden BOOLEAN, error_code VARCHAR, error_message VARCHAR, dbt_invocation_id VARCHAR, orchestrator VARCHAR, orchestrator_run_id VARCHAR, connector_version VARCHAR, config_hash VARCHAR);
CREATE TABLE tidemark_state."arrivals-everyone-tiktok-2"(member_no BIGINT, member_key VARCHAR, fingerprint UHUGEINT, digest_1 BLOB, reason_1 VARCHAR, digest_2 BLOB, reason_2 VARCHAR, digest_3 BLOB, reason_3 VARCHAR);
CREATE TABLE tidemark_state."arrivals-everyone-x-2"(member_no BIGINT, member_key VARCHAR, fingerprint UHUGEINT, digest_1 BLOB, reason_1 VARCHAR, digest_2 BLOB, reason_2 VARCHAR);
CREATE TABLE tidemark_state."batches-everyone-tiktok-2"(batch_no BIGINT, op VARCHAR, field VARCHAR, members BIGINT, identifiers BIGINT, request_rows BIGINT, bytes BIGINT, first_unit BIGINT, last_unit BIGINT);
CREATE TABLE tidemark_state."batches-everyone-x-2"(batch_no BIGINT, op VARCHAR, field VARCHAR, members BIGINT, identifiers BIGINT, request_rows BIGINT, bytes BIGINT, first_unit BIGINT, last_unit BIGINT);
CREATE TABLE tidemark_state."control_everyone-tiktok"(activation VARCHAR, state_version BIGINT, "owner" VARCHAR, lease_until TIMESTAMP, fence BIGINT, run_id VARCHAR, run_key VARCHAR, attempt BIGINT, run_started_at TIMESTAMP, run_full BOOLEAN, run_overridden BOOLEAN, run_open BOOLEAN, open_fence BIGINT, mark BIGINT, sending BOOLEAN, quiet_until TIMESTAMP, audience_intent VARCHAR, audience_intent_at TIMESTAMP, audience_id VARCHAR, audience_name VARCHAR, audience_description VARCHAR, account_id VARCHAR, member_key VARCHAR, member_rows BIGINT, identifier_rows BIGINT, segment_members BIGINT, reachable_members BIGINT, ledger_members BIGINT, first_synced_at TIMESTAMP, override_run_key VARCHAR, run_connector_version VARCHAR, run_config_hash VARCHAR, run_orchestrator VARCHAR, run_orchestrator_run_id VARCHAR, run_dbt_invocation_id VARCHAR);
CREATE TABLE tidemark_state."control_everyone-x"(activation VARCHAR, state_version BIGINT, "owner" VARCHAR, lease_until TIMESTAMP, fence BIGINT, run_id VARCHAR, run_key VARCHAR, attempt BIGINT, run_started_at TIMESTAMP, run_full BOOLEAN, run_overridden BOOLEAN, run_open BOOLEAN, open_fence BIGINT, mark BIGINT, sending BOOLEAN, quiet_until TIMESTAMP, audience_intent VARCHAR, audience_intent_at TIMESTAMP, audience_id VARCHAR, audience_name VARCHAR, audience_description VARCHAR, account_id VARCHAR, member_key VARCHAR, member_rows BIGINT, identifier_rows BIGINT, segment_members BIGINT, reachable_members BIGINT, ledger_members BIGINT, first_synced_at TIMESTAMP, override_run_key VARCHAR, run_connector_version VARCHAR, run_config_hash VARCHAR, run_orchestrator VARCHAR, run_orchestrator_run_id VARCHAR, run_dbt_invocation_id VARCHAR);
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
CREATE TABLE tidemark_state.schema_version(activation VARCHAR, "version" BIGINT, connector_version VARCHAR, since_at TIMESTAMP);
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
  ('everyone.tiktok', 'everyone', 'tiktok', 'tiktok_ads', '7000000000000000001', '7000001796074411001', 'everyone', null, 'email: email, phone: phone', null, null, '4e620f119a1d49170a5aef116b047872f74d45988b1f32797041b1974dab755e', '2026-11-30 21:33:35.513391'),
  ('everyone.x', 'everyone', 'x', 'x_ads', '18ce54d4x5t', 'tpc3vw', 'everyone', null, 'email: email, phone_number: phone', null, null, '61dc0b9d517d7f9c9a825404411a75a437628af3334e614350d1041362ecb58e', '2026-11-30 21:33:35.511096');
insert into tidemark."membership_events" values
  ('everyone.tiktok', '7000001796074411001', 'everyone', '1', 'entered', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', '2026-11-30 21:33:35.65353'),
  ('everyone.tiktok', '7000001796074411001', 'everyone', '10', 'entered', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', '2026-11-30 21:33:35.65353'),
  ('everyone.tiktok', '7000001796074411001', 'everyone', '2', 'entered', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', '2026-11-30 21:33:35.65353'),
  ('everyone.tiktok', '7000001796074411001', 'everyone', '3', 'entered', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', '2026-11-30 21:33:35.65353'),
  ('everyone.tiktok', '7000001796074411001', 'everyone', '4', 'entered', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', '2026-11-30 21:33:35.65353'),
  ('everyone.tiktok', '7000001796074411001', 'everyone', '5', 'entered', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', '2026-11-30 21:33:35.65353'),
  ('everyone.tiktok', '7000001796074411001', 'everyone', '6', 'entered', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', '2026-11-30 21:33:35.65353'),
  ('everyone.tiktok', '7000001796074411001', 'everyone', '7', 'entered', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', '2026-11-30 21:33:35.65353'),
  ('everyone.tiktok', '7000001796074411001', 'everyone', '8', 'entered', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', '2026-11-30 21:33:35.65353'),
  ('everyone.tiktok', '7000001796074411001', 'everyone', '9', 'entered', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', '2026-11-30 21:33:35.65353'),
  ('everyone.x', 'tpc3vw', 'everyone', '1', 'entered', '3d96d813-8215-4b35-aa4e-f5f5be663548', '2026-11-30 21:33:35.648658'),
  ('everyone.x', 'tpc3vw', 'everyone', '10', 'entered', '3d96d813-8215-4b35-aa4e-f5f5be663548', '2026-11-30 21:33:35.648658'),
  ('everyone.x', 'tpc3vw', 'everyone', '2', 'entered', '3d96d813-8215-4b35-aa4e-f5f5be663548', '2026-11-30 21:33:35.648658'),
  ('everyone.x', 'tpc3vw', 'everyone', '3', 'entered', '3d96d813-8215-4b35-aa4e-f5f5be663548', '2026-11-30 21:33:35.648658'),
  ('everyone.x', 'tpc3vw', 'everyone', '4', 'entered', '3d96d813-8215-4b35-aa4e-f5f5be663548', '2026-11-30 21:33:35.648658'),
  ('everyone.x', 'tpc3vw', 'everyone', '5', 'entered', '3d96d813-8215-4b35-aa4e-f5f5be663548', '2026-11-30 21:33:35.648658'),
  ('everyone.x', 'tpc3vw', 'everyone', '6', 'entered', '3d96d813-8215-4b35-aa4e-f5f5be663548', '2026-11-30 21:33:35.648658'),
  ('everyone.x', 'tpc3vw', 'everyone', '7', 'entered', '3d96d813-8215-4b35-aa4e-f5f5be663548', '2026-11-30 21:33:35.648658'),
  ('everyone.x', 'tpc3vw', 'everyone', '8', 'entered', '3d96d813-8215-4b35-aa4e-f5f5be663548', '2026-11-30 21:33:35.648658'),
  ('everyone.x', 'tpc3vw', 'everyone', '9', 'entered', '3d96d813-8215-4b35-aa4e-f5f5be663548', '2026-11-30 21:33:35.648658');
insert into tidemark."receipts" values
  ('17a9813d-27d6-4783-a0b9-fb643c6962b7/add/5', '17a9813d-27d6-4783-a0b9-fb643c6962b7', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'add', 5, 2, 2, 'accepted', 200, null, '2026113021333908000000016', 1, null, '2026-11-30 21:33:39.613245', '2026-11-30 21:33:39.867245'),
  ('17a9813d-27d6-4783-a0b9-fb643c6962b7/add/6', '17a9813d-27d6-4783-a0b9-fb643c6962b7', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'add', 6, 2, 2, 'accepted', 200, null, '2026113021333933900000017', 1, null, '2026-11-30 21:33:39.610245', '2026-11-30 21:33:39.867245'),
  ('17a9813d-27d6-4783-a0b9-fb643c6962b7/add/7', '17a9813d-27d6-4783-a0b9-fb643c6962b7', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'add', 7, 2, 2, 'accepted', 200, null, '2026113021333959600000018', 1, null, '2026-11-30 21:33:39.607245', '2026-11-30 21:33:39.867245'),
  ('17a9813d-27d6-4783-a0b9-fb643c6962b7/add/8', '17a9813d-27d6-4783-a0b9-fb643c6962b7', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'add', 8, 2, 2, 'accepted', 200, null, '2026113021333986200000019', 1, null, '2026-11-30 21:33:39.603245', '2026-11-30 21:33:39.867245'),
  ('17a9813d-27d6-4783-a0b9-fb643c6962b7/remove/1', '17a9813d-27d6-4783-a0b9-fb643c6962b7', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'remove', 1, 2, 2, 'accepted', 200, null, '2026113021333799900000012', 1, null, '2026-11-30 21:33:38.519321', '2026-11-30 21:33:38.775321'),
  ('17a9813d-27d6-4783-a0b9-fb643c6962b7/remove/2', '17a9813d-27d6-4783-a0b9-fb643c6962b7', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'remove', 2, 2, 2, 'accepted', 200, null, '2026113021333825300000013', 1, null, '2026-11-30 21:33:38.516321', '2026-11-30 21:33:38.775321'),
  ('17a9813d-27d6-4783-a0b9-fb643c6962b7/remove/3', '17a9813d-27d6-4783-a0b9-fb643c6962b7', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'remove', 3, 2, 2, 'accepted', 200, null, '2026113021333851400000014', 1, null, '2026-11-30 21:33:38.519321', '2026-11-30 21:33:38.775321'),
  ('17a9813d-27d6-4783-a0b9-fb643c6962b7/remove/4', '17a9813d-27d6-4783-a0b9-fb643c6962b7', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'remove', 4, 1, 1, 'accepted', 200, null, '2026113021333877200000015', 1, null, '2026-11-30 21:33:38.520321', '2026-11-30 21:33:38.775321'),
  ('3d96d813-8215-4b35-aa4e-f5f5be663548/add/1', '3d96d813-8215-4b35-aa4e-f5f5be663548', 'everyone.x', 'x_ads', 'tpc3vw', 'everyone', 'add', 1, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-30 21:33:35.578636', '2026-11-30 21:33:35.585636'),
  ('3d96d813-8215-4b35-aa4e-f5f5be663548/add/2', '3d96d813-8215-4b35-aa4e-f5f5be663548', 'everyone.x', 'x_ads', 'tpc3vw', 'everyone', 'add', 2, 2, 4, 'accepted', 200, null, null, 1, null, '2026-11-30 21:33:35.577636', '2026-11-30 21:33:35.585636'),
  ('3d96d813-8215-4b35-aa4e-f5f5be663548/add/3', '3d96d813-8215-4b35-aa4e-f5f5be663548', 'everyone.x', 'x_ads', 'tpc3vw', 'everyone', 'add', 3, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-30 21:33:35.579636', '2026-11-30 21:33:35.585636'),
  ('3d96d813-8215-4b35-aa4e-f5f5be663548/add/4', '3d96d813-8215-4b35-aa4e-f5f5be663548', 'everyone.x', 'x_ads', 'tpc3vw', 'everyone', 'add', 4, 2, 4, 'accepted', 200, null, null, 1, null, '2026-11-30 21:33:35.577636', '2026-11-30 21:33:35.585636'),
  ('3d96d813-8215-4b35-aa4e-f5f5be663548/add/5', '3d96d813-8215-4b35-aa4e-f5f5be663548', 'everyone.x', 'x_ads', 'tpc3vw', 'everyone', 'add', 5, 2, 4, 'accepted', 200, null, null, 1, null, '2026-11-30 21:33:35.580636', '2026-11-30 21:33:35.585636'),
  ('3d96d813-8215-4b35-aa4e-f5f5be663548/add/6', '3d96d813-8215-4b35-aa4e-f5f5be663548', 'everyone.x', 'x_ads', 'tpc3vw', 'everyone', 'add', 6, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-30 21:33:35.580636', '2026-11-30 21:33:35.585636'),
  ('3d96d813-8215-4b35-aa4e-f5f5be663548/add/7', '3d96d813-8215-4b35-aa4e-f5f5be663548', 'everyone.x', 'x_ads', 'tpc3vw', 'everyone', 'add', 7, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-30 21:33:35.576636', '2026-11-30 21:33:35.585636'),
  ('3d96d813-8215-4b35-aa4e-f5f5be663548/create_audience/0', '3d96d813-8215-4b35-aa4e-f5f5be663548', 'everyone.x', 'x_ads', 'tpc3vw', 'everyone', 'create_audience', 0, 0, 0, 'accepted', 200, null, null, 1, null, '2026-11-30 21:33:35.409037', '2026-11-30 21:33:35.457037'),
  ('bee5ca95-a3fb-4709-b56b-6183305b6b4f/add/4', 'bee5ca95-a3fb-4709-b56b-6183305b6b4f', 'everyone.x', 'x_ads', 'tpc3vw', 'everyone', 'add', 4, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-30 21:33:39.30664', '2026-11-30 21:33:39.57364'),
  ('bee5ca95-a3fb-4709-b56b-6183305b6b4f/add/5', 'bee5ca95-a3fb-4709-b56b-6183305b6b4f', 'everyone.x', 'x_ads', 'tpc3vw', 'everyone', 'add', 5, 2, 4, 'accepted', 200, null, null, 1, null, '2026-11-30 21:33:39.31764', '2026-11-30 21:33:39.57364'),
  ('bee5ca95-a3fb-4709-b56b-6183305b6b4f/add/6', 'bee5ca95-a3fb-4709-b56b-6183305b6b4f', 'everyone.x', 'x_ads', 'tpc3vw', 'everyone', 'add', 6, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-30 21:33:39.31864', '2026-11-30 21:33:39.57364'),
  ('bee5ca95-a3fb-4709-b56b-6183305b6b4f/add/7', 'bee5ca95-a3fb-4709-b56b-6183305b6b4f', 'everyone.x', 'x_ads', 'tpc3vw', 'everyone', 'add', 7, 2, 4, 'accepted', 200, null, null, 1, null, '2026-11-30 21:33:39.31564', '2026-11-30 21:33:39.57364'),
  ('bee5ca95-a3fb-4709-b56b-6183305b6b4f/remove/1', 'bee5ca95-a3fb-4709-b56b-6183305b6b4f', 'everyone.x', 'x_ads', 'tpc3vw', 'everyone', 'remove', 1, 2, 3, 'accepted', 200, null, null, 1, null, '2026-11-30 21:33:38.232349', '2026-11-30 21:33:38.496349'),
  ('bee5ca95-a3fb-4709-b56b-6183305b6b4f/remove/2', 'bee5ca95-a3fb-4709-b56b-6183305b6b4f', 'everyone.x', 'x_ads', 'tpc3vw', 'everyone', 'remove', 2, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-30 21:33:38.243349', '2026-11-30 21:33:38.496349'),
  ('bee5ca95-a3fb-4709-b56b-6183305b6b4f/remove/3', 'bee5ca95-a3fb-4709-b56b-6183305b6b4f', 'everyone.x', 'x_ads', 'tpc3vw', 'everyone', 'remove', 3, 1, 2, 'accepted', 200, null, null, 1, null, '2026-11-30 21:33:38.240349', '2026-11-30 21:33:38.496349'),
  ('e78a09d7-f0f1-480d-8108-a633c8d94fec/add/1', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'add', 1, 2, 2, 'accepted', 200, null, '2026113021333554300000002', 1, null, '2026-11-30 21:33:35.588377', '2026-11-30 21:33:35.598377'),
  ('e78a09d7-f0f1-480d-8108-a633c8d94fec/add/10', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'add', 10, 2, 2, 'accepted', 200, null, '2026113021333559400000011', 1, null, '2026-11-30 21:33:35.596377', '2026-11-30 21:33:35.598377'),
  ('e78a09d7-f0f1-480d-8108-a633c8d94fec/add/2', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'add', 2, 2, 2, 'accepted', 200, null, '2026113021333555100000003', 1, null, '2026-11-30 21:33:35.591377', '2026-11-30 21:33:35.598377'),
  ('e78a09d7-f0f1-480d-8108-a633c8d94fec/add/3', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'add', 3, 2, 2, 'accepted', 200, null, '2026113021333555700000004', 1, null, '2026-11-30 21:33:35.592377', '2026-11-30 21:33:35.598377'),
  ('e78a09d7-f0f1-480d-8108-a633c8d94fec/add/4', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'add', 4, 2, 2, 'accepted', 200, null, '2026113021333556300000005', 1, null, '2026-11-30 21:33:35.591377', '2026-11-30 21:33:35.598377'),
  ('e78a09d7-f0f1-480d-8108-a633c8d94fec/add/5', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'add', 5, 2, 2, 'accepted', 200, null, '2026113021333556800000006', 1, null, '2026-11-30 21:33:35.593377', '2026-11-30 21:33:35.598377'),
  ('e78a09d7-f0f1-480d-8108-a633c8d94fec/add/6', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'add', 6, 2, 2, 'accepted', 200, null, '2026113021333557400000007', 1, null, '2026-11-30 21:33:35.590377', '2026-11-30 21:33:35.598377'),
  ('e78a09d7-f0f1-480d-8108-a633c8d94fec/add/7', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'add', 7, 2, 2, 'accepted', 200, null, '2026113021333558500000008', 1, null, '2026-11-30 21:33:35.592377', '2026-11-30 21:33:35.598377'),
  ('e78a09d7-f0f1-480d-8108-a633c8d94fec/add/8', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'add', 8, 2, 2, 'accepted', 200, null, '2026113021333558800000009', 1, null, '2026-11-30 21:33:35.594377', '2026-11-30 21:33:35.598377'),
  ('e78a09d7-f0f1-480d-8108-a633c8d94fec/add/9', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'add', 9, 2, 2, 'accepted', 200, null, '2026113021333559100000010', 1, null, '2026-11-30 21:33:35.595377', '2026-11-30 21:33:35.598377'),
  ('e78a09d7-f0f1-480d-8108-a633c8d94fec/create_audience/0', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', 'everyone.tiktok', 'tiktok_ads', '7000001796074411001', 'everyone', 'create_audience', 0, 0, 0, 'accepted', 200, null, '2026113021333547100000001', 1, null, '2026-11-30 21:33:35.468207', '2026-11-30 21:33:35.475207');
insert into tidemark."rejections" values
  ('everyone.tiktok', 'e78a09d7-f0f1-480d-8108-a633c8d94fec', '11', 'email', 'invalid_email', 'validation', null, 1, '2026-11-30 21:33:35.65353', null),
  ('everyone.x', '3d96d813-8215-4b35-aa4e-f5f5be663548', '11', 'email', 'invalid_email', 'validation', null, 1, '2026-11-30 21:33:35.648658', null);
insert into tidemark."runs" values
  ('3d96d813-8215-4b35-aa4e-f5f5be663548', 'day/1', 1, 'everyone.x', 'everyone', 'x', 'x_ads', '18ce54d4x5t', 'tpc3vw', 'everyone', 'succeeded', '2026-11-30 21:33:35.1441', '2026-11-30 21:33:35.7941', 650, 11, 10, 10, 0, 20, 0, 0, 1, 7, 8, 0, 0, false, false, null, null, null, null, null, '0.1.0', '61dc0b9d517d7f9c9a825404411a75a437628af3334e614350d1041362ecb58e'),
  ('e78a09d7-f0f1-480d-8108-a633c8d94fec', 'day/1', 1, 'everyone.tiktok', 'everyone', 'tiktok', 'tiktok_ads', '7000000000000000001', '7000001796074411001', 'everyone', 'succeeded', '2026-11-30 21:33:35.136957', '2026-11-30 21:33:35.784957', 648, 11, 10, 10, 0, 20, 0, 0, 1, 10, 11, 0, 0, false, false, null, null, null, null, null, '0.1.0', '4e620f119a1d49170a5aef116b047872f74d45988b1f32797041b1974dab755e');
insert into tidemark_state."arrivals-everyone-tiktok-2" values
  (10, '19', 217734106352875921863036758265929915886, unhex('fb6709e9ed30afcd82fd309817845b48c6c4ca21f0be0723a9e5ab372648fb00'), null, unhex('d66228d3b6fad03d2164bfd97a44cda72b7043073859ddbc74ac00ad0ef5db4b'), null, null, null),
  (11, '20', 258940742777099498125040512896177325480, unhex('9463b1873d9a7e8662247274382c7f04a4c189580ed0d0e90fb6acc96623ff56'), null, unhex('21218dc416aedf8bd63e16541fd9cbc04c9604dbef5c77e198032761521a51b3'), null, null, null),
  (12, '21', 138954205702272468040839635989472344298, unhex('52e49edea47133a7f9ac38cff8f0a0018dfe3de36a9e0cbe5d0ebaa8fc5a0d2a'), null, unhex('f0787167a0c262e4c4284f898ae070237967d8bfda31a1d11f79a0fa5cc3d4c7'), null, null, null),
  (13, '22', 176329119562479969803351166410150178823, unhex('7eadbe2d13e565336648927d12cc763ecc859483f1f4f01c36c3824c4316569e'), null, unhex('60cc2078956a318934c38200155e9cbd4c69316efe8f80cce99eb33a6f91d2ef'), null, null, null),
  (14, '23', 49982506048491765521830330891620904564, unhex('7fba797654628aa8d6bc0ed16033fbaa2e1fc8684cdfa5e6277c8af14a866d67'), null, unhex('003963825c79da19fb0ceabd48be59f3a583dbc1c8abf3d0cff9024316221f55'), null, null, null),
  (15, '24', 304447930673770283611708194259581948272, unhex('8ff3941a9cf54e7992e1172f656cd343c58d39dfbd6c20c8f7d9562818ef51ca'), null, unhex('7f032cc08fb957e86349a98a8189257e8f7e4e347fe2e4bd3ec1aa3eb572f37a'), null, null, null),
  (16, '25', 203311980567976280228937233552166047853, unhex('88bd817c4f2b4e33c77af846506ce3fcd217c455d7368c496b8e97cc5b0af309'), null, unhex('1fca3641405c601d0b638547b27c668d8a8d3f3b49d7b36214f3ff6f00d809cd'), null, null, null),
  (17, '26', 83180912383435368030290632216914280839, unhex('66866639b7b1b9e04a131612cfb01bb8999a23abd9634a65ec2ec1c9914d33be'), null, unhex('926b687471124edfc7d79494ed04087df4c4145ffb10c1deb0c9ee674d48acb4'), null, null, null),
  (18, '27', 153210732172366189557944408822515011180, unhex('a9a3a630f07ef4d9e6993d3d3bd42a88d7465205e3af8a5768b833d1bc5e6828'), null, unhex('46cad1cd46a40fb3cb370a5a38175520e1466b0900aba97990ddd1b590f27afc'), null, null, null),
  (19, '28', 215574960558703869006819715329938335107, unhex('4eb9c029eb99b597f2b8d3491a025451aedcc377278700a82a40e15e9640a73f'), null, unhex('3f6ef6c27e30adbce9c4a36feb67787e0f27ea0b3d304bb813bc9da3378ccaa2'), null, null, null),
  (3, '12', 193558144597741016662518299754331781425, unhex('da924fa99dea0b246f7634fa1274b514dc18fb6bf55f21a7aaede51a95d14396'), null, unhex('21cff3126ebaff09c67c20ee46ff85f2fd87288a3a46ddeea8a25bcaa5275ec9'), null, null, null),
  (4, '13', 310798045520358390751935947683236624920, unhex('dace0271813203c1f10e6bcd7fb8dcaade8172c1b4d6802565347a7647bd4fb9'), null, unhex('2e5ca4cbec3db664c6e213861ae4fca3ed17aa15138f5f5003ee1f5df4a1a158'), null, null, null),
  (5, '14', 268503818150960847761986668722924684687, unhex('65f28b602405aab885a046afad8c5167314bdc635d083daacf8eccf706c04252'), null, unhex('1813509d9d66519953666ec01c730a2a0ed5c01e02cb8a1cb66a2f927d1155a7'), null, null, null),
  (6, '15', 131932716778749250110950860651298768537, unhex('3bcbcaf7a4c8919d700166a6d1d3fcc34c90ebdb10848b8b5cdbc7d0d62c3471'), null, unhex('9ca0d8bc48c6bcd8933254c81caa4d9b81b8b4ac65428d42192e41853026f9b5'), null, null, null),
  (7, '16', 50645243183998814280643549644349361190, unhex('d68f9f38356f0470eb97de77ae4f2700925d1f71125eae7f3038d328a73cb9d6'), null, unhex('f737b133d91ff75598d9ffcb2ae3bdef255a95e928e1df956d22ba3bf3786ac9'), null, null, null),
  (8, '17', 165412173116960052864181403992037467355, unhex('5e25300bf64c947f9af1b1df2991073a8438288843d97547ee85bbd1f85e8cc7'), null, unhex('f8ccd500d183e34580e298f27b084a2c1b8f9f41a0560041979643e86eb2e8fd'), null, null, null),
  (9, '18', 209470364677530292203707696822572657356, unhex('a76fc85fa28b2f0769cd2c3ad4d813af6189220f0e4b0c33af6143802bfda449'), null, unhex('906ed45428eec46737529652346dbc19cc5abe3c0bfa24ddd4d7eace9ab492e4'), null, null, null);
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
  (10, 'add', 'EMAIL_SHA256', 2, 2, 2, 230, 5000000000012, 5000000000013),
  (11, 'add', 'EMAIL_SHA256', 3, 3, 3, 345, 5000000000014, 5000000000016),
  (12, 'add', 'EMAIL_SHA256', 2, 2, 2, 230, 5000000000017, 5000000000018),
  (13, 'add', 'EMAIL_SHA256', 1, 1, 1, 115, 5000000000019, 5000000000019),
  (14, 'add', 'PHONE_SHA256', 2, 2, 2, 230, 6000000000002, 6000000000003),
  (15, 'add', 'PHONE_SHA256', 2, 2, 2, 230, 6000000000004, 6000000000005),
  (16, 'add', 'PHONE_SHA256', 2, 2, 2, 230, 6000000000006, 6000000000007),
  (17, 'add', 'PHONE_SHA256', 2, 2, 2, 230, 6000000000008, 6000000000009),
  (18, 'add', 'PHONE_SHA256', 2, 2, 2, 230, 6000000000010, 6000000000011),
  (19, 'add', 'PHONE_SHA256', 2, 2, 2, 230, 6000000000012, 6000000000013),
  (2, 'remove', 'EMAIL_SHA256', 2, 2, 2, 230, 21, 22),
  (20, 'add', 'PHONE_SHA256', 3, 3, 3, 345, 6000000000014, 6000000000016),
  (21, 'add', 'PHONE_SHA256', 2, 2, 2, 230, 6000000000017, 6000000000018),
  (22, 'add', 'PHONE_SHA256', 1, 1, 1, 115, 6000000000019, 6000000000019),
  (3, 'remove', 'PHONE_SHA256', 2, 2, 2, 230, 1000000000020, 1000000000021),
  (4, 'remove', 'PHONE_SHA256', 1, 1, 1, 115, 1000000000022, 1000000000022),
  (5, 'add', 'EMAIL_SHA256', 2, 2, 2, 230, 5000000000002, 5000000000003),
  (6, 'add', 'EMAIL_SHA256', 2, 2, 2, 230, 5000000000004, 5000000000005),
  (7, 'add', 'EMAIL_SHA256', 2, 2, 2, 230, 5000000000006, 5000000000007),
  (8, 'add', 'EMAIL_SHA256', 2, 2, 2, 230, 5000000000008, 5000000000009),
  (9, 'add', 'EMAIL_SHA256', 2, 2, 2, 230, 5000000000010, 5000000000011);
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
  ('everyone.tiktok', 4, '17a9813d-27d6-4783-a0b9-fb643c6962b7', '2026-11-30 21:35:39.867245', 2, '17a9813d-27d6-4783-a0b9-fb643c6962b7', 'day/2', 1, '2026-11-30 21:33:37.260203', false, false, true, 2, 22, true, null, null, null, '7000001796074411001', 'everyone', null, '7000000000000000001', 'customer_id', 11, 20, 11, 10, 10, '2026-11-30 21:33:35.65353', null, '0.1.0', '4e620f119a1d49170a5aef116b047872f74d45988b1f32797041b1974dab755e', null, null, null);
insert into tidemark_state."control_everyone-x" values
  ('everyone.x', 4, 'bee5ca95-a3fb-4709-b56b-6183305b6b4f', '2026-11-30 21:35:39.57364', 2, 'bee5ca95-a3fb-4709-b56b-6183305b6b4f', 'day/2', 1, '2026-11-30 21:33:37.264433', false, false, true, 2, 14, true, null, null, null, 'tpc3vw', 'everyone', null, '18ce54d4x5t', 'customer_id', 11, 20, 11, 10, 10, '2026-11-30 21:33:35.648658', null, '0.1.0', '61dc0b9d517d7f9c9a825404411a75a437628af3334e614350d1041362ecb58e', null, null, null);
insert into tidemark_state."delta_member_rows-everyone-tiktok-2" values
  (2, '4', true, 148151618936998437934180589048378938886, 2, true),
  (20, '3', true, null, 0, true),
  (21, '1', true, null, 0, true),
  (22, '2', true, null, 0, true);
insert into tidemark_state."delta_member_rows-everyone-x-2" values
  (2, '4', true, 32510125807955106470196340186590816954, 2, true),
  (20, '1', true, null, 0, true),
  (21, '2', true, null, 0, true),
  (22, '3', true, null, 0, true);
insert into tidemark_state."delta_rows-everyone-tiktok-2" values
  ('add', 2, 5000000000002, true, '4', 'EMAIL_SHA256', unhex('cb14157d906b6af1fe39ce5dfa95ee9520fe9e101fb1fccad860c517524803c7'), 0, false, false, null, null),
  ('add', 2, 6000000000002, true, '4', 'PHONE_SHA256', unhex('714dffc5feb837b619df81fccb8db6f078c6915e87e1c13d0c6e309c7bc5daa2'), 1, true, false, null, null),
  ('remove', 2, 2, true, '4', 'EMAIL_SHA256', unhex('b2c900f8edb57d1bcbccf901edfc4f955480a6c5a853d159ce3052c542d313dd'), 1, true, false, null, null),
  ('remove', 20, 1000000000020, true, '3', 'PHONE_SHA256', unhex('d6d8de15c5d485f33d044849339561b8d56dc8dc4ccee4aefc43292fed326135'), 1, true, false, null, null),
  ('remove', 20, 20, true, '3', 'EMAIL_SHA256', unhex('232920ff25d6faeb821ec83fd16af1a8a1f983620698e8cdd01c7f58cd1845c3'), 1, true, false, null, null),
  ('remove', 21, 1000000000021, true, '1', 'PHONE_SHA256', unhex('1a76772a1488a5831c1ae5959325738d7c3e0ccced67ace46eb24ef368d082be'), 1, true, false, null, null),
  ('remove', 21, 21, true, '1', 'EMAIL_SHA256', unhex('18c0922f0e3b9e9e84a5ded2ff107ab7cc938e72dd9f9c8db6baa701b734623d'), 1, true, false, null, null),
  ('remove', 22, 1000000000022, true, '2', 'PHONE_SHA256', unhex('dfeb6779458245e51ae6137730476d4c14f413f7945c6595736e45a9010e6b20'), 1, true, false, null, null),
  ('remove', 22, 22, true, '2', 'EMAIL_SHA256', unhex('e2a200cfd44d978ed24d94fde24085049e3d4b2e95cd893029cedaff65e591e1'), 1, true, false, null, null);
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
  ('1', '2027-11-27 21:33:35.648658'),
  ('10', '2027-11-20 21:33:35.648658'),
  ('2', '2027-11-08 21:33:35.648658'),
  ('3', '2027-11-21 21:33:35.648658'),
  ('4', '2027-11-16 21:33:35.648658'),
  ('5', '2027-11-13 21:33:35.648658'),
  ('6', '2027-11-27 21:33:35.648658'),
  ('7', '2027-11-24 21:33:35.648658'),
  ('8', '2027-11-15 21:33:35.648658'),
  ('9', '2027-11-13 21:33:35.648658');
insert into tidemark_state."held-everyone-tiktok-2" values
  (2, '4', 'EMAIL_SHA256', unhex('b2c900f8edb57d1bcbccf901edfc4f955480a6c5a853d159ce3052c542d313dd'), 1, '2026-11-30 21:33:35.65353', true),
  (2, '4', 'PHONE_SHA256', unhex('714dffc5feb837b619df81fccb8db6f078c6915e87e1c13d0c6e309c7bc5daa2'), 1, '2026-11-30 21:33:35.65353', true),
  (20, '3', 'EMAIL_SHA256', unhex('232920ff25d6faeb821ec83fd16af1a8a1f983620698e8cdd01c7f58cd1845c3'), 1, '2026-11-30 21:33:35.65353', true),
  (20, '3', 'PHONE_SHA256', unhex('d6d8de15c5d485f33d044849339561b8d56dc8dc4ccee4aefc43292fed326135'), 1, '2026-11-30 21:33:35.65353', true),
  (21, '1', 'EMAIL_SHA256', unhex('18c0922f0e3b9e9e84a5ded2ff107ab7cc938e72dd9f9c8db6baa701b734623d'), 1, '2026-11-30 21:33:35.65353', true),
  (21, '1', 'PHONE_SHA256', unhex('1a76772a1488a5831c1ae5959325738d7c3e0ccced67ace46eb24ef368d082be'), 1, '2026-11-30 21:33:35.65353', true),
  (22, '2', 'EMAIL_SHA256', unhex('e2a200cfd44d978ed24d94fde24085049e3d4b2e95cd893029cedaff65e591e1'), 1, '2026-11-30 21:33:35.65353', true),
  (22, '2', 'PHONE_SHA256', unhex('dfeb6779458245e51ae6137730476d4c14f413f7945c6595736e45a9010e6b20'), 1, '2026-11-30 21:33:35.65353', true);
insert into tidemark_state."held-everyone-x-2" values
  (2, '4', 'email', unhex('b2c900f8edb57d1bcbccf901edfc4f955480a6c5a853d159ce3052c542d313dd'), 1, '2026-11-30 21:33:35.648658', true),
  (2, '4', 'phone_number', unhex('714dffc5feb837b619df81fccb8db6f078c6915e87e1c13d0c6e309c7bc5daa2'), 1, '2026-11-30 21:33:35.648658', true),
  (20, '1', 'email', unhex('18c0922f0e3b9e9e84a5ded2ff107ab7cc938e72dd9f9c8db6baa701b734623d'), 1, '2026-11-30 21:33:35.648658', true),
  (20, '1', 'phone_number', unhex('1a76772a1488a5831c1ae5959325738d7c3e0ccced67ace46eb24ef368d082be'), 1, '2026-11-30 21:33:35.648658', true),
  (21, '2', 'email', unhex('e2a200cfd44d978ed24d94fde24085049e3d4b2e95cd893029cedaff65e591e1'), 1, '2026-11-30 21:33:35.648658', true),
  (21, '2', 'phone_number', unhex('dfeb6779458245e51ae6137730476d4c14f413f7945c6595736e45a9010e6b20'), 1, '2026-11-30 21:33:35.648658', true),
  (22, '3', 'email', unhex('232920ff25d6faeb821ec83fd16af1a8a1f983620698e8cdd01c7f58cd1845c3'), 1, '2026-11-30 21:33:35.648658', true),
  (22, '3', 'phone_number', unhex('d6d8de15c5d485f33d044849339561b8d56dc8dc4ccee4aefc43292fed326135'), 1, '2026-11-30 21:33:35.648658', true);
insert into tidemark_state."ledger_identifiers_everyone-tiktok" values
  ('1', 'EMAIL_SHA256', unhex('18c0922f0e3b9e9e84a5ded2ff107ab7cc938e72dd9f9c8db6baa701b734623d'), 1, '2026-11-30 21:33:35.65353', true),
  ('1', 'PHONE_SHA256', unhex('1a76772a1488a5831c1ae5959325738d7c3e0ccced67ace46eb24ef368d082be'), 1, '2026-11-30 21:33:35.65353', true),
  ('10', 'EMAIL_SHA256', unhex('5240e22f37b127e3cfc1d3e8a3dbbbb341e2d6a47d9257101ba9ba3fbf373ecd'), 1, '2026-11-30 21:33:35.65353', true),
  ('10', 'PHONE_SHA256', unhex('cc03c283208b8967f9f19827bb3579b5174609369407ccb041e6c4c17d04196d'), 1, '2026-11-30 21:33:35.65353', true),
  ('2', 'EMAIL_SHA256', unhex('e2a200cfd44d978ed24d94fde24085049e3d4b2e95cd893029cedaff65e591e1'), 1, '2026-11-30 21:33:35.65353', true),
  ('2', 'PHONE_SHA256', unhex('dfeb6779458245e51ae6137730476d4c14f413f7945c6595736e45a9010e6b20'), 1, '2026-11-30 21:33:35.65353', true),
  ('3', 'EMAIL_SHA256', unhex('232920ff25d6faeb821ec83fd16af1a8a1f983620698e8cdd01c7f58cd1845c3'), 1, '2026-11-30 21:33:35.65353', true),
  ('3', 'PHONE_SHA256', unhex('d6d8de15c5d485f33d044849339561b8d56dc8dc4ccee4aefc43292fed326135'), 1, '2026-11-30 21:33:35.65353', true),
  ('4', 'EMAIL_SHA256', unhex('b2c900f8edb57d1bcbccf901edfc4f955480a6c5a853d159ce3052c542d313dd'), 1, '2026-11-30 21:33:35.65353', true),
  ('4', 'PHONE_SHA256', unhex('714dffc5feb837b619df81fccb8db6f078c6915e87e1c13d0c6e309c7bc5daa2'), 1, '2026-11-30 21:33:35.65353', true),
  ('5', 'EMAIL_SHA256', unhex('5222d91ba2087c5390cd78c5b2e280d2d1e03e61e4af72dcbb38754cc3eace5b'), 1, '2026-11-30 21:33:35.65353', true),
  ('5', 'PHONE_SHA256', unhex('01ac1f86d2213d7b6f90095b32e75fa80295c4b2b1f39ec97d25ddc70ed42289'), 1, '2026-11-30 21:33:35.65353', true),
  ('6', 'EMAIL_SHA256', unhex('b6bfbc35287cf3308cbadfab23e5dd09a01ab0a7e98ebf57175a706ff5c817e9'), 1, '2026-11-30 21:33:35.65353', true),
  ('6', 'PHONE_SHA256', unhex('73c66427e5a1897852f6e69c64decca86e2fff8b5f2cbed4e908b91116218f76'), 1, '2026-11-30 21:33:35.65353', true),
  ('7', 'EMAIL_SHA256', unhex('032e7bfddac15bfcb9e82d552c8c24a8c77182f76c53ba8450cf5bafdf824e93'), 1, '2026-11-30 21:33:35.65353', true),
  ('7', 'PHONE_SHA256', unhex('14d80e3d3d1fc61384a9c512c4d836bb55fc3da89ce44764bcf5c92a9dacedb0'), 1, '2026-11-30 21:33:35.65353', true),
  ('8', 'EMAIL_SHA256', unhex('bee5776fd42f60ff0df01fe8dec143fd7149c522f0143fba2eb045aa3a92be91'), 1, '2026-11-30 21:33:35.65353', true),
  ('8', 'PHONE_SHA256', unhex('485af2d6f63d30a4810abef8f97c26d33aa1a57ababe2ab33a0b0c3b95553fc3'), 1, '2026-11-30 21:33:35.65353', true),
  ('9', 'EMAIL_SHA256', unhex('259a7d89e02b225c75a1b78f07d8ab0ca9e704e0d5ae34ba635098657d896a54'), 1, '2026-11-30 21:33:35.65353', true),
  ('9', 'PHONE_SHA256', unhex('b45838338375c009dd5610b0dc297d9bc63969e018f2d8e27d9b9fae557c7e29'), 1, '2026-11-30 21:33:35.65353', true);
insert into tidemark_state."ledger_identifiers_everyone-x" values
  ('1', 'email', unhex('18c0922f0e3b9e9e84a5ded2ff107ab7cc938e72dd9f9c8db6baa701b734623d'), 1, '2026-11-30 21:33:35.648658', true),
  ('1', 'phone_number', unhex('1a76772a1488a5831c1ae5959325738d7c3e0ccced67ace46eb24ef368d082be'), 1, '2026-11-30 21:33:35.648658', true),
  ('10', 'email', unhex('5240e22f37b127e3cfc1d3e8a3dbbbb341e2d6a47d9257101ba9ba3fbf373ecd'), 1, '2026-11-30 21:33:35.648658', true),
  ('10', 'phone_number', unhex('cc03c283208b8967f9f19827bb3579b5174609369407ccb041e6c4c17d04196d'), 1, '2026-11-30 21:33:35.648658', true),
  ('2', 'email', unhex('e2a200cfd44d978ed24d94fde24085049e3d4b2e95cd893029cedaff65e591e1'), 1, '2026-11-30 21:33:35.648658', true),
  ('2', 'phone_number', unhex('dfeb6779458245e51ae6137730476d4c14f413f7945c6595736e45a9010e6b20'), 1, '2026-11-30 21:33:35.648658', true),
  ('3', 'email', unhex('232920ff25d6faeb821ec83fd16af1a8a1f983620698e8cdd01c7f58cd1845c3'), 1, '2026-11-30 21:33:35.648658', true),
  ('3', 'phone_number', unhex('d6d8de15c5d485f33d044849339561b8d56dc8dc4ccee4aefc43292fed326135'), 1, '2026-11-30 21:33:35.648658', true),
  ('4', 'email', unhex('b2c900f8edb57d1bcbccf901edfc4f955480a6c5a853d159ce3052c542d313dd'), 1, '2026-11-30 21:33:35.648658', true),
  ('4', 'phone_number', unhex('714dffc5feb837b619df81fccb8db6f078c6915e87e1c13d0c6e309c7bc5daa2'), 1, '2026-11-30 21:33:35.648658', true),
  ('5', 'email', unhex('5222d91ba2087c5390cd78c5b2e280d2d1e03e61e4af72dcbb38754cc3eace5b'), 1, '2026-11-30 21:33:35.648658', true),
  ('5', 'phone_number', unhex('01ac1f86d2213d7b6f90095b32e75fa80295c4b2b1f39ec97d25ddc70ed42289'), 1, '2026-11-30 21:33:35.648658', true),
  ('6', 'email', unhex('b6bfbc35287cf3308cbadfab23e5dd09a01ab0a7e98ebf57175a706ff5c817e9'), 1, '2026-11-30 21:33:35.648658', true),
  ('6', 'phone_number', unhex('73c66427e5a1897852f6e69c64decca86e2fff8b5f2cbed4e908b91116218f76'), 1, '2026-11-30 21:33:35.648658', true),
  ('7', 'email', unhex('032e7bfddac15bfcb9e82d552c8c24a8c77182f76c53ba8450cf5bafdf824e93'), 1, '2026-11-30 21:33:35.648658', true),
  ('7', 'phone_number', unhex('14d80e3d3d1fc61384a9c512c4d836bb55fc3da89ce44764bcf5c92a9dacedb0'), 1, '2026-11-30 21:33:35.648658', true),
  ('8', 'email', unhex('bee5776fd42f60ff0df01fe8dec143fd7149c522f0143fba2eb045aa3a92be91'), 1, '2026-11-30 21:33:35.648658', true),
  ('8', 'phone_number', unhex('485af2d6f63d30a4810abef8f97c26d33aa1a57ababe2ab33a0b0c3b95553fc3'), 1, '2026-11-30 21:33:35.648658', true),
  ('9', 'email', unhex('259a7d89e02b225c75a1b78f07d8ab0ca9e704e0d5ae34ba635098657d896a54'), 1, '2026-11-30 21:33:35.648658', true),
  ('9', 'phone_number', unhex('b45838338375c009dd5610b0dc297d9bc63969e018f2d8e27d9b9fae557c7e29'), 1, '2026-11-30 21:33:35.648658', true);
insert into tidemark_state."ledger_members_everyone-tiktok" values
  ('1', 201391796136951962782616316804166281582, 2),
  ('10', 161386150921250754619840814695995165893, 2),
  ('11', 155553682605552778243070255666075194176, 1),
  ('2', 270755527716344087281141801350099100871, 2),
  ('3', 3720691736582930483295346573266325965, 2),
  ('4', 254803769126043504732286607811225809019, 2),
  ('5', 195703017730267116115203697067654596132, 2),
  ('6', 59709381722801525752580407002138603985, 2),
  ('7', 133888217820326973481292589984118346318, 2),
  ('8', 97609538817976181436295766733263172182, 2),
  ('9', 193288262209249470536321236127177457549, 2);
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
  ('1', 201391796136951962782616316804166281582, 2),
  ('2', 270755527716344087281141801350099100871, 2),
  ('3', 3720691736582930483295346573266325965, 2),
  ('4', 254803769126043504732286607811225809019, 2);
insert into tidemark_state."members_before-everyone-x-2" values
  ('1', 103113876077039276776824901925543855873, 2),
  ('2', 80460614077443045401338476264584147412, 2),
  ('3', 291426552851747713894590855602788019461, 2),
  ('4', 278327926743651443045260289426132748021, 2);
insert into tidemark_state."schema_version" values
  ('everyone.tiktok', 4, '0.1.0', '2026-11-30 21:33:35.102608'),
  ('everyone.x', 4, '0.1.0', '2026-11-30 21:33:35.103772'),
  (null, 4, '0.1.0', '2026-11-30 21:33:35.089937'),
  (null, 4, '0.1.0', '2026-11-30 21:33:35.091307');
insert into tidemark_state."spans-everyone-tiktok-2" values
  (1, 0, 2, 20),
  (10, 5000000000000, 5000000000012, 5000000000013),
  (11, 5000000000000, 5000000000014, 5000000000016),
  (12, 5000000000000, 5000000000017, 5000000000018),
  (13, 5000000000000, 5000000000019, 5000000000019),
  (14, 6000000000000, 6000000000002, 6000000000003),
  (15, 6000000000000, 6000000000004, 6000000000005),
  (16, 6000000000000, 6000000000006, 6000000000007),
  (17, 6000000000000, 6000000000008, 6000000000009),
  (18, 6000000000000, 6000000000010, 6000000000011),
  (19, 6000000000000, 6000000000012, 6000000000013),
  (2, 0, 21, 22),
  (20, 6000000000000, 6000000000014, 6000000000016),
  (21, 6000000000000, 6000000000017, 6000000000018),
  (22, 6000000000000, 6000000000019, 6000000000019),
  (3, 1000000000000, 1000000000020, 1000000000021),
  (4, 1000000000000, 1000000000022, 1000000000022),
  (5, 5000000000000, 5000000000002, 5000000000003),
  (6, 5000000000000, 5000000000004, 5000000000005),
  (7, 5000000000000, 5000000000006, 5000000000007),
  (8, 5000000000000, 5000000000008, 5000000000009),
  (9, 5000000000000, 5000000000010, 5000000000011);
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
CREATE VIEW tidemark_state."delta-everyone-tiktok-2" AS (SELECT op, member_no, unit, leads, member_key, field, digest, "prior", confirmed_before, waits, hold_reason, hold_until_at FROM tidemark_state."delta_rows-everyone-tiktok-2") UNION ALL (SELECT CAST('add' AS VARCHAR), a.member_no, (f.lane + a.member_no), CAST('t' AS BOOLEAN), a.member_key, f.field, CASE  WHEN ((f.n = 1)) THEN (digest_1) WHEN ((f.n = 2)) THEN (digest_2) WHEN ((f.n = 3)) THEN (digest_3) ELSE NULL END, 0, CAST('f' AS BOOLEAN), CAST('f' AS BOOLEAN), NULL, NULL FROM tidemark_state."arrivals-everyone-tiktok-2" AS a , ((SELECT 1 AS n, CAST('EMAIL_SHA256' AS VARCHAR) AS field, 5000000000000 AS lane) UNION ALL ((SELECT 2 AS n, CAST('PHONE_SHA256' AS VARCHAR) AS field, 6000000000000 AS lane) UNION ALL (SELECT 3 AS n, CAST('EMAIL_SHA512' AS VARCHAR) AS field, 9000000000000 AS lane))) AS f WHERE (CASE  WHEN ((f.n = 1)) THEN (digest_1) WHEN ((f.n = 2)) THEN (digest_2) WHEN ((f.n = 3)) THEN (digest_3) ELSE NULL END IS NOT NULL));
CREATE VIEW tidemark_state."delta-everyone-x-2" AS (SELECT op, member_no, unit, leads, member_key, field, digest, "prior", confirmed_before, waits, hold_reason, hold_until_at FROM tidemark_state."delta_rows-everyone-x-2") UNION ALL (SELECT CAST('add' AS VARCHAR), a.member_no, (f.lane + a.member_no), CAST('t' AS BOOLEAN), a.member_key, f.field, CASE  WHEN ((f.n = 1)) THEN (digest_1) WHEN ((f.n = 2)) THEN (digest_2) ELSE NULL END, 0, CAST('f' AS BOOLEAN), CAST('f' AS BOOLEAN), NULL, NULL FROM tidemark_state."arrivals-everyone-x-2" AS a , ((SELECT 1 AS n, CAST('email' AS VARCHAR) AS field, 1000000000000 AS lane) UNION ALL (SELECT 2 AS n, CAST('phone_number' AS VARCHAR) AS field, 1000000000000 AS lane)) AS f WHERE (CASE  WHEN ((f.n = 1)) THEN (digest_1) WHEN ((f.n = 2)) THEN (digest_2) ELSE NULL END IS NOT NULL));
CREATE VIEW tidemark_state."delta_members-everyone-tiktok-2" AS (SELECT member_no, member_key, in_k, fingerprint, standing, counts FROM tidemark_state."delta_member_rows-everyone-tiktok-2") UNION ALL (SELECT member_no, member_key, CAST('t' AS BOOLEAN), fingerprint, 2, CAST('t' AS BOOLEAN) FROM tidemark_state."arrivals-everyone-tiktok-2");
CREATE VIEW tidemark_state."delta_members-everyone-x-2" AS (SELECT member_no, member_key, in_k, fingerprint, standing, counts FROM tidemark_state."delta_member_rows-everyone-x-2") UNION ALL (SELECT member_no, member_key, CAST('t' AS BOOLEAN), fingerprint, 2, CAST('t' AS BOOLEAN) FROM tidemark_state."arrivals-everyone-x-2");
