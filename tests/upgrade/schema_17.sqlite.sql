-- A small installation at migration 17, of SQLite: every table has rows. Its master key is
-- 63 times "a" and a "7". Rows of a released schema are never edited.
DELETE FROM configuration_version;
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278944, 382737406699278943, 1795318908674, 'environment.created', 'success', 'system', 'gatehouse', 'environment', 'env_382737406699278943', NULL, NULL, 382737406699278942, '', '', 'development at http://localhost:18917');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278946, 382737406699278943, 1795318908674, 'permission.created', 'success', 'system', 'gatehouse', 'permission', 'perm_382737406699278945', NULL, NULL, 382737406699278942, '', '', 'sk_org_settings_read');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278948, 382737406699278943, 1795318908674, 'permission.created', 'success', 'system', 'gatehouse', 'permission', 'perm_382737406699278947', NULL, NULL, 382737406699278942, '', '', 'sk_org_settings_manage');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278950, 382737406699278943, 1795318908674, 'permission.created', 'success', 'system', 'gatehouse', 'permission', 'perm_382737406699278949', NULL, NULL, 382737406699278942, '', '', 'sk_org_users_read');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278952, 382737406699278943, 1795318908674, 'permission.created', 'success', 'system', 'gatehouse', 'permission', 'perm_382737406699278951', NULL, NULL, 382737406699278942, '', '', 'sk_org_users_invite');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278954, 382737406699278943, 1795318908674, 'permission.created', 'success', 'system', 'gatehouse', 'permission', 'perm_382737406699278953', NULL, NULL, 382737406699278942, '', '', 'sk_org_users_delete');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278956, 382737406699278943, 1795318908674, 'permission.created', 'success', 'system', 'gatehouse', 'permission', 'perm_382737406699278955', NULL, NULL, 382737406699278942, '', '', 'sk_org_users_role_change');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278958, 382737406699278943, 1795318908674, 'permission.created', 'success', 'system', 'gatehouse', 'permission', 'perm_382737406699278957', NULL, NULL, 382737406699278942, '', '', 'sk_org_sso_read');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278960, 382737406699278943, 1795318908674, 'permission.created', 'success', 'system', 'gatehouse', 'permission', 'perm_382737406699278959', NULL, NULL, 382737406699278942, '', '', 'sk_org_sso_manage');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278962, 382737406699278943, 1795318908674, 'permission.created', 'success', 'system', 'gatehouse', 'permission', 'perm_382737406699278961', NULL, NULL, 382737406699278942, '', '', 'sk_org_scim_read');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278964, 382737406699278943, 1795318908674, 'permission.created', 'success', 'system', 'gatehouse', 'permission', 'perm_382737406699278963', NULL, NULL, 382737406699278942, '', '', 'sk_org_scim_manage');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278966, 382737406699278943, 1795318908674, 'permission.created', 'success', 'system', 'gatehouse', 'permission', 'perm_382737406699278965', NULL, NULL, 382737406699278942, '', '', 'sk_org_session_policy_read');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278968, 382737406699278943, 1795318908674, 'permission.created', 'success', 'system', 'gatehouse', 'permission', 'perm_382737406699278967', NULL, NULL, 382737406699278942, '', '', 'sk_org_session_policy_manage');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278970, 382737406699278943, 1795318908674, 'role.created', 'success', 'system', 'gatehouse', 'role', 'role_382737406699278969', NULL, NULL, 382737406699278942, '', '', 'admin');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278972, 382737406699278943, 1795318908674, 'role.created', 'success', 'system', 'gatehouse', 'role', 'role_382737406699278971', NULL, NULL, 382737406699278942, '', '', 'member');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278974, 382737406699278943, 1795318908674, 'application.created', 'success', 'system', 'gatehouse', 'application', 'skc_382737406699278973', NULL, 'skc_382737406699278973', 382737406699278942, '', '', 'ENV Acme Console');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278976, 382737406699278943, 1795318908674, 'secret.created', 'success', 'system', 'gatehouse', 'secret', 'sks_382737406699278975', NULL, 'skc_382737406699278973', 382737406699278942, '', '', '');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278978, 382737406699278943, 1795318908674, 'application.created', 'success', 'system', 'gatehouse', 'application', 'spac_382737406699278977', NULL, 'spac_382737406699278977', 382737406699278942, '', '', 'SPA Acme Docs');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278980, 382737406699278943, 1795318908674, 'user.created', 'success', 'system', 'gatehouse', 'user', 'usr_382737406699278979', NULL, NULL, 382737406699278942, '', '', '');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278982, 382737406699278943, 1795318908674, 'organization.created', 'success', 'system', 'gatehouse', 'organization', 'org_382737406699278981', 382737406699278981, NULL, 382737406699278942, '', '', '');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278984, 382737406699278943, 1795318908674, 'membership.created', 'success', 'system', 'gatehouse', 'user', 'usr_382737406699278979', 382737406699278981, NULL, 382737406699278942, '', '', 'direct_provision');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406699278986, 382737406699278943, 1795318908674, 'membership.updated', 'success', 'system', 'gatehouse', 'user', 'usr_382737406699278979', 382737406699278981, NULL, 382737406699278942, '', '', 'role assigned: admin');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406846079631, 382737406699278943, 1795318908709, 'signing_key.created', 'success', 'system', 'gatehouse', 'signing_key', 'snk_382737406846079630', NULL, NULL, 382737406846079629, '', '', 'RS256 current');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406846079633, 382737406699278943, 1795318908709, 'signing_key.created', 'success', 'system', 'gatehouse', 'signing_key', 'snk_382737406846079632', NULL, NULL, 382737406846079629, '', '', 'RS256 next');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406846079681, 382737406699278943, 1795318909674, 'session.created', 'success', 'user', 'usr_382737406699278979', 'session', 'ses_382737406846079649', 382737406699278981, NULL, 382737406846079665, '127.0.0.1', 'upgrade test', 'email');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406846079729, 382737406699278943, 1795318909674, 'session.created', 'success', 'user', 'usr_382737406699278979', 'session', 'ses_382737406846079697', NULL, NULL, 382737406846079713, '127.0.0.1', 'upgrade test', 'email');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406846079761, 382737406699278943, 1795318909674, 'session.ended', 'success', 'user', 'usr_382737406699278979', 'session', 'ses_382737406846079697', NULL, NULL, 382737406846079745, '127.0.0.1', 'upgrade test', 'email');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406846079937, 382737406699278943, 1795318909674, 'user.created', 'success', 'user', 'usr_382737406699278979', 'user', 'usr_382737406846079905', NULL, NULL, 382737406846079921, '127.0.0.1', 'upgrade test', 'email');
INSERT INTO audit_records (id, environment_id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent, detail)
VALUES (382737406846080273, 382737406699278943, 1795318909674, 'api_token.invalidated', 'success', 'user', 'usr_382737406699278979', 'api_token', 'apit_382737406846080241', NULL, NULL, 382737406846080257, '127.0.0.1', 'upgrade test', 'email');
INSERT INTO audit_seals (environment_id, number, first_id, last_id, record_count, sealed_at_ms, hash)
VALUES (382737406699278943, 1, 382737406699278944, 382737406846079633, 24, 1795318968947, X'2c72bec8833d0f427489686fa09c58547746331a2774f4736cd48c14fcdd3a27');
INSERT INTO auth_requests (id, environment_id, status, workflow, email, client_id, organization_id, connection_id, connection_type, connection_provider, resource_id, detail, created_at_ms, updated_at_ms)
VALUES (382737406846080209, 382737406699278943, 'SUCCESS', '', 'ada@acme.test', '', NULL, NULL, '', '', NULL, '{}', 1795318909674, 1795318909674);
INSERT INTO configuration_version (id, version)
VALUES (1, 5);
INSERT INTO environments (id, name, kind, base_url, settings, created_at_ms, updated_at_ms)
VALUES (382737406699278943, 'Development', 'development', 'http://localhost:18917', '{"access_token_lifetime_s":900,"id_token_lifetime_s":3600,"m2m_token_lifetime_s":86400,"session_absolute_lifetime_s":2592000,"session_idle_lifetime_s":604800,"authorization_code_lifetime_s":60,"invitation_lifetime_s":1296000,"sign_up":"open","passwordless":"link_otp","product_name":"Acme Console","support_email":"","custom_claims":[]}', 1795318908674, 1795318908674);
INSERT INTO events (id, environment_id, type, object, organization_id, occurred_at_ms, data)
VALUES (382737406699278983, 382737406699278943, 'organization.created', 'Organization', 382737406699278981, 1795318908674, '{"id":"org_382737406699278981","create_time":"2026-11-22T03:41:48.674Z","update_time":"2026-11-22T03:41:48.674Z","display_name":"Acme","metadata":{},"settings":{"features":[{"name":"sso","enabled":true},{"name":"dir_sync","enabled":true},{"name":"domain_verification","enabled":true},{"name":"session_policy","enabled":false}]}}');
INSERT INTO events (id, environment_id, type, object, organization_id, occurred_at_ms, data)
VALUES (382737406699278985, 382737406699278943, 'user.organization_membership_created', 'OrgMembership', 382737406699278981, 1795318908674, '{"organization":{"id":"org_382737406699278981","create_time":"2026-11-22T03:41:48.674Z","update_time":"2026-11-22T03:41:48.674Z","display_name":"Acme","metadata":{},"settings":{"features":[{"name":"sso","enabled":true},{"name":"dir_sync","enabled":true},{"name":"domain_verification","enabled":true},{"name":"session_policy","enabled":false}]}},"user":{"id":"usr_382737406699278979","email":"ada@acme.test","create_time":"2026-11-22T03:41:48.674Z","update_time":"2026-11-22T03:41:48.674Z","user_profile":{"id":"usp_382737406699278979","given_name":"Ada","family_name":"Lovelace","first_name":"Ada","last_name":"Lovelace","name":"Ada Lovelace","email_verified":true}}}');
INSERT INTO mail_outbox (id, environment_id, recipient, purpose, state, sealed_content, attempts, due_at_ms, useful_until_ms, created_at_ms, ended_at_ms, last_error)
VALUES (382737406846079857, 382737406699278943, 'ada@acme.test', 'sign_in', 'waiting', X'00d8d3f11739d2f3537099982b4674c29fc59a8fda350fca1379613adbb09119', 0, 1795318909674, 1797910908674, 1795318909674, NULL, NULL);
INSERT INTO mail_outbox (id, environment_id, recipient, purpose, state, sealed_content, attempts, due_at_ms, useful_until_ms, created_at_ms, ended_at_ms, last_error)
VALUES (382737406846079873, 382737406699278943, 'ada@acme.test', 'sign_in', 'sent', NULL, 0, 1795318909674, 1797910908674, 1795318909674, 1795318909677, NULL);
INSERT INTO one_time (environment_id, purpose, key_hash, subject, payload, state, created_at_ms, expires_at_ms)
VALUES (382737406699278943, 'authorization_code', X'122c597083bd438b7f6d72af75d025948899647711b806bdd2cd82fa69713db3', 382737406846079649, '{"a":"é"}', 'live', 1795318909674, 1797910908674);
INSERT INTO one_time (environment_id, purpose, key_hash, subject, payload, state, created_at_ms, expires_at_ms)
VALUES (382737406699278943, 'authorization_code', X'9c0abe51c6e6655d81de2d044d4fb194931f058c0426c67c7285d8f5657ed64a', 382737406846079649, '{"a":"é"}', 'void', 1795318909674, 1797910908674);
INSERT INTO one_time (environment_id, purpose, key_hash, subject, payload, state, created_at_ms, expires_at_ms)
VALUES (382737406699278943, 'authorization_code', X'd0f631ca1ddba8db3bcfcb9e057cdc98d0379f1bee00e75a545147a27dadd982', 382737406846079649, '{"a":"é"}', 'consumed', 1795318909674, 1797910908674);
INSERT INTO organizations (id, environment_id, display_name, external_id, slug, metadata, created_at_ms, updated_at_ms, logo_url, region, max_allowed_users, has_sso, has_dir_sync, has_domain_verification, has_session_policy, session_policy_source, session_absolute_count, session_absolute_unit, session_idle_enabled, session_idle_count, session_idle_unit)
VALUES (382737406699278981, 382737406699278943, 'Acme', NULL, NULL, '{}', 1795318908674, 1795318908674, NULL, NULL, NULL, 1, 1, 1, 0, 'APPLICATION', NULL, NULL, 0, NULL, NULL);
INSERT INTO passwordless_requests (id, environment_id, email, kind, template, link_uri, state, lifetime_ms, tries, tries_since_ms, created_at_ms, expires_at_ms, verified_at_ms)
VALUES (382737406846080289, 382737406699278943, 'ada@acme.test', 'code', NULL, NULL, NULL, 300000, 0, NULL, 1795318909674, 1797910908674, NULL);
INSERT INTO permissions (id, environment_id, name, description, created_at_ms, updated_at_ms)
VALUES (382737406699278945, 382737406699278943, 'sk_org_settings_read', 'See the organization''s settings', 1795318908674, 1795318908674);
INSERT INTO permissions (id, environment_id, name, description, created_at_ms, updated_at_ms)
VALUES (382737406699278947, 382737406699278943, 'sk_org_settings_manage', 'Change the organization''s settings', 1795318908674, 1795318908674);
INSERT INTO permissions (id, environment_id, name, description, created_at_ms, updated_at_ms)
VALUES (382737406699278949, 382737406699278943, 'sk_org_users_read', 'See who belongs to the organization', 1795318908674, 1795318908674);
INSERT INTO permissions (id, environment_id, name, description, created_at_ms, updated_at_ms)
VALUES (382737406699278951, 382737406699278943, 'sk_org_users_invite', 'Invite people to the organization', 1795318908674, 1795318908674);
INSERT INTO permissions (id, environment_id, name, description, created_at_ms, updated_at_ms)
VALUES (382737406699278953, 382737406699278943, 'sk_org_users_delete', 'Remove people from the organization', 1795318908674, 1795318908674);
INSERT INTO permissions (id, environment_id, name, description, created_at_ms, updated_at_ms)
VALUES (382737406699278955, 382737406699278943, 'sk_org_users_role_change', 'Change the roles of members', 1795318908674, 1795318908674);
INSERT INTO permissions (id, environment_id, name, description, created_at_ms, updated_at_ms)
VALUES (382737406699278957, 382737406699278943, 'sk_org_sso_read', 'See the organization''s single sign-on', 1795318908674, 1795318908674);
INSERT INTO permissions (id, environment_id, name, description, created_at_ms, updated_at_ms)
VALUES (382737406699278959, 382737406699278943, 'sk_org_sso_manage', 'Set up the organization''s single sign-on', 1795318908674, 1795318908674);
INSERT INTO permissions (id, environment_id, name, description, created_at_ms, updated_at_ms)
VALUES (382737406699278961, 382737406699278943, 'sk_org_scim_read', 'See the organization''s directory provisioning', 1795318908674, 1795318908674);
INSERT INTO permissions (id, environment_id, name, description, created_at_ms, updated_at_ms)
VALUES (382737406699278963, 382737406699278943, 'sk_org_scim_manage', 'Set up the organization''s directory provisioning', 1795318908674, 1795318908674);
INSERT INTO permissions (id, environment_id, name, description, created_at_ms, updated_at_ms)
VALUES (382737406699278965, 382737406699278943, 'sk_org_session_policy_read', 'See how long sessions of the organization last', 1795318908674, 1795318908674);
INSERT INTO permissions (id, environment_id, name, description, created_at_ms, updated_at_ms)
VALUES (382737406699278967, 382737406699278943, 'sk_org_session_policy_manage', 'Decide how long sessions of the organization last', 1795318908674, 1795318908674);
INSERT INTO portal_links (id, environment_id, organization_id, token_hash, features, created_at_ms, expires_at_ms, opened_at_ms, session_hash, session_expires_at_ms)
VALUES (382737406846079889, 382737406699278943, 382737406699278981, X'148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940', '[]', 1795318909674, 1797910908674, NULL, NULL, NULL);
INSERT INTO resources (id, environment_id, type, name, description, uri, identifier, logo_uri, provider, authorize_uri, access_token_lifetime_s, refresh_token_lifetime_s, allow_registration, allow_metadata_documents, allow_cross_app_access, limit_to_permissions, created_at_ms, updated_at_ms)
VALUES (382737406846079985, 382737406699278943, 'MCP_SERVER', 'Tools', '', 'https://tools.example.test', NULL, '', '', '', NULL, NULL, 0, 0, 0, 0, 1795318909674, 1795318909674);
INSERT INTO revoked_tokens (environment_id, token_id, expires_at_ms)
VALUES (382737406699278943, 382737406846079809, 1797910908674);
INSERT INTO roles (id, environment_id, organization_id, name, display_name, description, extends_id, is_default_creator, is_default_member, created_at_ms, updated_at_ms)
VALUES (382737406699278971, 382737406699278943, NULL, 'member', 'Member', 'May see the organization and who belongs to it', NULL, 0, 1, 1795318908674, 1795318908674);
INSERT INTO roles (id, environment_id, organization_id, name, display_name, description, extends_id, is_default_creator, is_default_member, created_at_ms, updated_at_ms)
VALUES (382737406699278969, 382737406699278943, NULL, 'admin', 'Admin', 'May do everything in the organization', NULL, 1, 0, 1795318908674, 1795318908674);
INSERT INTO roles (id, environment_id, organization_id, name, display_name, description, extends_id, is_default_creator, is_default_member, created_at_ms, updated_at_ms)
VALUES (382737406846079969, 382737406699278943, 382737406699278981, 'helper', 'Helper', '', 382737406699278969, 0, 0, 1795318909674, 1795318909674);
INSERT INTO roles (id, environment_id, organization_id, name, display_name, description, extends_id, is_default_creator, is_default_member, created_at_ms, updated_at_ms)
VALUES (382737406846079968, 382737406699278943, 382737406699278981, 'early', 'Early', '', 382737406846079969, 0, 0, 1795318909674, 1795318909674);
INSERT INTO scopes (id, environment_id, name, description, is_enabled, created_at_ms, updated_at_ms)
VALUES (382737406846080001, 382737406699278943, 'tools:read', '', 1, 1795318909674, 1795318909674);
INSERT INTO signing_keys (id, environment_id, algorithm, state, created_at_ms, publish_from_ms, active_from_ms, retired_at_ms, remove_at_ms, longest_token_ms, sealed_key, public_jwk)
VALUES (382737406846079630, 382737406699278943, 'RS256', 'current', 1795318908709, 1795318908709, 1795318908709, NULL, NULL, 86400000, X'01db8b427b533e2e204e11fa54f41e375ac7b51beacd9c380f8627370a689a1eca1029f726dcc15f8d9cb39602329e326916da8f00f339ae3f71293ea98b290bb4205ccb9eced95b02d3177af3d4d45913197cf0e176adca80bcb50c6155bdeae64a609466d81d190b94c75d52c06504ca50c1c760ca2363df0dad84bcb74498cd7677e9c6325a516b503e18eb47cce93081fefb8163e80c3b4af7f7d88388165551ebfcd38791ea8b4dd5052a2b9114832613cfd139308497fcb72d814664e2f3cf09045104a379db1d20f3d1a0e2f3c2e360aa332e3c20fe7c3942b79558963a2aa946a73f86555a182b38c14866ed5f9fe1616924181ff583b99ea665c6f4764dd20052c4297abe51476e9db6320eb64534fa19684b4f5f2813f680ef667ae0f29ef513595a1b948e0efdaa02b1ea39f69f38b5b1c40b6e367bd24735ef2c52bd880b31c22e466e7143c59b28aa2df3bcecaf9271de0022150c1bb771d8f742dd2cb3c323a3ef3c19b95ebcc3fde0cc3f1694ec4f401c1430a2d7c8bc4131c0c014d10fb998fffd2bdea31c7beafd138184e78aa8fdbfb78275af81ade312e8f80383fde9d653ff826bd73fd4858d54c119cf4b441f1cba30b4ef8bc503b1cc7a9fdf5bb3d16b9ce90a3adad214c2e2e1c5899cd050badb9b41ba57a525d167752fc4ecf1e06d8101591209c9924eb3844eee29a5f6aa4f135b87d9f64ad3cae08157f3f00e5b283eb97bae1f84428e2130f2ccc247be57320b76563e41578d475b86613bad8b61ad6044c423609feae9e1db44f7306c72b2a975092ee33c81e329f87122d0851b9b715b059dcd4b685a35dfb487b58e7a0d0c26eafefdb435237108fd4b15949012c26cecc02a65dc7e23851ccec4478d90af5c45faf55d13ecfc99bfe16f169b68f53f539e75d5df95b06dea6c0a22c65737fed28b046b5fc339842ddb887339d966d4600072bffb49f7c9e8369f57f5bce9d767e74328b5991f6d22e0992a331041df9de1581e0f84c56446905e06908b17549561786fe2ad30b09c17196ad15267012bfa39a92e6a1535137c4e933cc1462555d4ace9450b5aebb877ce04581a4da34e96b19979105172fa0bf8e6b785ba71e9037aa89f1b693f9d9fc2773ed8ae5ab07142b4e2829cd6a793b74589984279bbe49c9147d1992ff885761431b26a5b5a82a3b2ba850229598d8864a02bbf29440ee7805e2ef2c5413ec4533370437c63d18c604776eae24ccd21c0a4d60e40a71cfa3e8654bdab1f167f822bc25ede813bfc14e1d17b48e56297fe8ac3b9687ac946e34acf20dda2a5d83fa23f46d385528f9cec462037da1052b669521934587a62f6d3454719b6760b7b41e4fe85274b3fd5408df67ada966e6f07e938ad44e3b74fb54a6a30e655936aba21f4cca7d94f8e56b34838bcb0eb52fabf706234f8d85fe74577a8a4aaf5dcd9b7e671fd80361e892ad226ca8ae09eefc76ba992099a647d5cce370f3e2119be03f7ce147c6b2c87634c842db1ebb92da69ef5a7855b49f1a74b63b4d042d0625ed7b48c2d9d84cd49ad853bdf7000d580e560b5cecdbbf89b4c328b34df00774ba2e400cb002595ce490aa242c8a2155ea6565d5733f01ce9e3c84b70f748516944a34074b61f2b67f1f463a13d1074fc35b48c7e7660093ed1c3e7af652f98db77c5a7baeced37c2a8d8e1a8500f5441684674ae9b1d87916af5b3a8d8d62f3380e6104dd4b04d518428b80d7d54b8fdd2a0396b32e13a1353fd36f71bb8f6b9c63129', '{"e":"AQAB","kty":"RSA","n":"vRU_PVSClHu1SkxKK-ifYEYuXoHPGnkml_dKS6FwgwuRbtDYCRGa4ZXT-HCcONP4x9LPxrQbIe9BCn9oGemR8m2IVwJAKoVQ1D9f-RnDDH_dVXUT82__ZCRcPaZfXMIvKMfCW7XSEoiQDIrhUv1QrGw8RTtGSibP_vxuFL23tj_3ZOWxWtarEhmVYYdImydDN1FhPtmiwVoqTq4LsLHquhy60nS2XI3fOVLmDX-IEjojLfSBgtwQZcpyNj1FqcMW-ZQfDcAmgZVNJoMm6t58UvAwWw7inbKnC4uC41NXIiu3qWRJXOCQuGVJIIgGulTPWf94Nlell9rrmx4aTGGHUw","use":"sig","alg":"RS256","kid":"snk_382737406846079630"}');
INSERT INTO signing_keys (id, environment_id, algorithm, state, created_at_ms, publish_from_ms, active_from_ms, retired_at_ms, remove_at_ms, longest_token_ms, sealed_key, public_jwk)
VALUES (382737406846079632, 382737406699278943, 'RS256', 'next', 1795318908709, 1795318908709, 1803094908709, NULL, NULL, 86400000, X'01db8b427bbed88ee1948cd01351c88229849b4a43e512c85272098448f99e9ea1005e98bda2d3b47579a9479ba3f332f6cee5055f05d0fa336f0ff3f364dba13d9929a7a1e992e64832fec4abd5b8a64bea6fc1bcd8b482001175fe9d8efb57a9ca1198678f0fd6b3b1bc6fd4694fbfec0357283b56806765cf6d051a083913751c8b7ccdae38ba94a1ffa4dc2520ee676023c13914b7e041cfd91806f7400a8b96fdcbcfe1b18190d7bc52d6ae2317a6ba8b0ca8ab3713caecaf80ab83246d5951a865893f903796c44d99dc28752601e53e18a71a93fc2336c6508150347c55ae12fd121c8e2f7a29026fe7e24ee8d6729e423f6ed8db703d266ca964eace753be73d7bab6ff38d506b587f88dc08f764a6beccf056d043510c13afe62dfcee8d60c2a1fb08ec94ce4750203734c0122d96318aabdd0d188ab8119fbf4f5ad2f4e64e17ce0830892d12cf7a0af11de661ecdb33c31213cd715f6fce69f549302225557fa34c8484d9bed7db80e70aa5396434009a5c32cb884f65fb9272a3097c97bd2849e206796559392171c82ca7f8cc874a183f1796e9b7a60ee3a2d24ed46c9a0d6df1cd4ce0022a8169aeecd0aadb200d140f5e9b8fb64f7bca302039ea4ba9acdcc3b9a1efe94a21778f607499a6b4065c5f2d45c3d485b769bca6b4ae8b689b21c8e16cc90fe941729a5b3b04e397a8d2b23f6e2bb772ed43607db2ada1cc508fddf31a3a227db2ae64a0e0517481f0a2906004c8febd00b1161fd52101bbdf6081a8a9632906a161bc014909f472e8f3be09867f9028a71f32904af34a030c7c6d1863c8144d2db7bb8a6021d09f36b08ca016c07932f96d9092f3522d024ec9a4520ca100d2404101a6ebeb185b0a8c2147aeb6558dc15037da505f45c8f15343818d604af6a20d4e6f4208c2107967763be52fab1e5d6a20c8303b484d830beace3aa9f131317d1107e3a20f2cd28529bbdb56250db4a453d86bdfbfae6d335f0bb7bf6c45863a7f1d495e103503a8ab7f04096aab1a17139c2fdd0c47a7cf611731a2902b77e3452dede8f0ba66f129228c6e924cf502832063321348e8f0e20ab5837107e168053d7f272d08e9b0587fd30ea16b264e203ecf5efcea9ebb34762fdbf46fa8137427f367115841707604b4ce52dfd5bb14f108c62acc8880004c244c00581b717c9ab3b0657679f748cf38bfb9859dbcb2a80564fc78722282cf4cea960e026068292d2ba4f38d1e3b6bc9a90f0e27e113a2fc03fd494a02fd1d242b991bc91f87d3e7d1b8480f335ebdecef35ee597f54bbae16c13ec128e3765046013d239d6cef15f06802cef9f69cb5777914e5e5eb76c111eec64bb6ac2d38dee83e8f04d3e1ef28e264da6ff877b6ef286db51d6de59c7db1bbf63f47104fd8629ea8d4c08f283a893ee96745d3bd563ce16c5687b6e02e1f8c1e6b8e0b3559effdbe2d620d0104d8880f8ce65cd8ce56e7d0b1b0f13c5bab2bf06c9e09f0ac1b3c4f173d2275cedc87d4b0cedfc571db11cf998f7b00716f38635f3ee7e0922ee493a61c2ff1842c6f92118a78cb7386d769696e64fcd14dc8acfdc12bd2ed26a19a4a49a4fa7d566608518427b9b13d4bb8fd60cde441c2d6e301ec0afff942d7b25dd59a8e346a45ccd60f84a90da1a4d863dba32a909c00351bebb9d3b1bbf10ca2712d36fa2bce5ce8ac5d3c95f88b43b40c1d7b40c289169cdc098178fe5ec3e48ed88ab84976c1175a06869bb3c2da75985981d7cc579597b180e3ef3e639b96', '{"e":"AQAB","kty":"RSA","n":"z-EAi65lFeH8sKoyxIJRyWyVF9X8CAMMxM9Pdynx8eNeeLVz0Uquk8arTFidkgjYfEWEJZL66ai8L0NHA0nALrQ3GF-z8OHgn5Ls8Y85uYvC9z36TwQahSZWpzjO72gCVuxZ_E9eUEiFFNIbKO8OV4IiwtNTAbvRDi7kSxCKE-prgWxEwwbUyUL2vuyG19v24d4uPmoFB5kIqfZK4k_Af7Njx_Ybj7bgnCaIFF3_1tjIZJjH4RQjepkaW9qjRO0TUj5Pz2nI1X8sxLoYZv28DypvLoZ1sGE9S043n_kNqyrv0cMlW_bmjawAY5clWbkH0MDgKbb-L1dk1tw1IdP9zw","use":"sig","alg":"RS256","kid":"snk_382737406846079632"}');
INSERT INTO throttles (environment_id, bucket, key_hash, window_start_ms, count, expires_at_ms)
VALUES (382737406699278943, 'mail', X'8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a', 1795318909674, 2, 1797910908674);
INSERT INTO user_counts (environment_id, count)
VALUES (382737406699278943, 2);
INSERT INTO users (id, environment_id, email, email_verified, given_name, family_name, name, picture, locale, external_id, metadata, state, created_at_ms, updated_at_ms, last_login_at_ms, profile, search_name, search_family)
VALUES (382737406699278979, 382737406699278943, 'ada@acme.test', 1, 'Ada', 'Lovelace', 'Ada Lovelace', NULL, NULL, NULL, '{}', 'active', 1795318908674, 1795318908674, NULL, '{}', 'ada lovelace', 'lovelace');
INSERT INTO users (id, environment_id, email, email_verified, given_name, family_name, name, picture, locale, external_id, metadata, state, created_at_ms, updated_at_ms, last_login_at_ms, profile, search_name, search_family)
VALUES (382737406846079905, 382737406699278943, 'zoe@acme.test', 0, 'Zoë', 'Ångström', 'Zoë Ångström', NULL, NULL, 'zoe-1', '{}', 'active', 1795318909674, 1795318909674, NULL, '{}', 'zoë ångström', 'ångström');
INSERT INTO applications (id, environment_id, client_id, type, name, signing_algorithm, enforce_pkce, allow_api_access, initiate_login_uri, access_token_lifetime_s, scopes, audience, created_at_ms, updated_at_ms, custom_claims, grant_types)
VALUES (382737406699278973, 382737406699278943, 'skc_382737406699278973', 'ENV', 'Acme Console', 'RS256', 0, 1, 'http://localhost:4321/api/auth/login', NULL, '[]', '[]', 1795318908674, 1795318908674, '[]', '[]');
INSERT INTO applications (id, environment_id, client_id, type, name, signing_algorithm, enforce_pkce, allow_api_access, initiate_login_uri, access_token_lifetime_s, scopes, audience, created_at_ms, updated_at_ms, custom_claims, grant_types)
VALUES (382737406699278977, 382737406699278943, 'spac_382737406699278977', 'SPA', 'Acme Docs', 'RS256', 1, 0, 'http://localhost:4322/auth/login', NULL, '[]', '[]', 1795318908674, 1795318908674, '[]', '[]');
INSERT INTO connections (id, environment_id, organization_id, type, provider, provider_key, key_id, status, enabled, debug_enabled, is_login, is_app, ui_button_title, configuration_type, configuration, attribute_mapping, sealed_client_secret, client_secret_hint, created_at_ms, updated_at_ms)
VALUES (382737406846080113, 382737406699278943, 382737406699278981, 'OIDC', 'OKTA', 'okta', NULL, 'COMPLETED', 1, 0, 0, 0, '', '', '{}', '{}', NULL, '', 1795318909674, 1795318909674);
INSERT INTO credentials (id, environment_id, user_id, credential_id, public_key, sign_count, aaguid, attestation_type, attachment, transports, user_verified, backup_eligible, backup_state, display_name, client_address, user_agent, created_at_ms, updated_at_ms, last_used_at_ms)
VALUES (382737406846080305, 382737406699278943, 382737406699278979, X'55d91a3561684b32df5e58a0d91968b93798af4f924bba383e1c98625ec0c834', X'eb3102a6cb586765d01fad324523ec0bc67b9efd6a2d9589c135adfedf7922cc', 0, X'ca978112ca1bbdcafac231b39a23dc4d', 'none', 'platform', '["internal"]', 0, 0, 0, 'Laptop', '', '', 1795318909674, 1795318909674, NULL);
INSERT INTO directories (id, environment_id, organization_id, name, type, provider, status, enabled, attribute_mappings, tracked_groups, last_synced_at_ms, created_at_ms, updated_at_ms)
VALUES (382737406846080145, 382737406699278943, 382737406699278981, 'People', 'SCIM', 'OKTA', 'COMPLETED', 1, '[]', '', NULL, 1795318909674, 1795318909674);
INSERT INTO directory_groups (id, environment_id, directory_id, external_id, display_name, detail, created_at_ms, updated_at_ms)
VALUES (382737406846080193, 382737406699278943, 382737406846080145, 'g1', 'Admins', '{}', 1795318909674, 1795318909674);
INSERT INTO directory_role_assignments (group_id, role_id, environment_id, position)
VALUES (382737406846080193, 382737406846079969, 382737406699278943, 0);
INSERT INTO directory_secrets (id, environment_id, directory_id, hash, suffix, created_at_ms, last_used_at_ms)
VALUES (382737406846080161, 382737406699278943, 382737406846080145, X'f9c7af7ebcbf098b9f5f37361d1b168bb2e5b98d930ceef0f055377a8c94db61', 'wxyz', 1795318909674, NULL);
INSERT INTO directory_users (id, environment_id, directory_id, external_id, email, preferred_username, given_name, family_name, emails, active, detail, created_at_ms, updated_at_ms)
VALUES (382737406846080177, 382737406699278943, 382737406846080145, 'u1', 'zoe@acme.test', 'zoe', 'Zoë', 'Å', '[]', 1, '{}', 1795318909674, 1795318909674);
INSERT INTO domains (id, environment_id, organization_id, type, name, verification_status, verification_method, txt_record_secret, created_at_ms, updated_at_ms)
VALUES (382737406846080097, 382737406699278943, 382737406699278981, 'ORGANIZATION_DOMAIN', 'acme.test', 'VERIFIED', 'ADMIN', '', 1795318909674, 1795318909674);
INSERT INTO login_flows (id, environment_id, application_id, browser_hash, purpose, options, resume, intent, email, challenge_sent_at_ms, challenges_sent, code_tries, user_id, proven_at_ms, method, organization_id, session_id, created_at_ms, expires_at_ms, completed_at_ms, resumed_at_ms)
VALUES (382737406846079841, 382737406699278943, 382737406699278973, X'3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d', 'authorize', '{}', '/oauth/authorize?x', 'sign_in', 'ada@acme.test', 1795318909674, 1, 0, NULL, NULL, NULL, NULL, NULL, 1795318909674, 1797910908674, NULL, NULL);
INSERT INTO logout_deliveries (id, environment_id, application_id, session_id, user_id, uri, created_at_ms, attempts, next_attempt_at_ms, lease_until_ms, delivered_at_ms, failed_at_ms, last_error)
VALUES (382737406846079825, 382737406699278943, 382737406699278973, 382737406846079697, 382737406699278979, 'http://localhost:4321/logout', 1795318909674, 1, 1795318909674, 0, 1795318909683, NULL, NULL);
INSERT INTO machine_clients (id, environment_id, organization_id, resource_id, origin, name, description, scopes, audience, custom_claims, redirect_uris, links, token_lifetime_s, created_at_ms, updated_at_ms)
VALUES (382737406846080017, 382737406699278943, 382737406699278981, NULL, 'static', 'Batch', '', '[]', '[]', '[]', '[]', '{}', 3600, 1795318909674, 1795318909674);
INSERT INTO machine_clients (id, environment_id, organization_id, resource_id, origin, name, description, scopes, audience, custom_claims, redirect_uris, links, token_lifetime_s, created_at_ms, updated_at_ms)
VALUES (382737406846080033, 382737406699278943, NULL, 382737406846079985, 'registered', 'Agent', '', '["tools:read"]', '[]', '[]', '["http://localhost:5000/cb"]', '{}', 300, 1795318909674, 1795318909674);
INSERT INTO memberships (organization_id, user_id, environment_id, status, provisioning, metadata, created_at_ms, updated_at_ms, last_used_at_ms, inviter_email)
VALUES (382737406699278981, 382737406699278979, 382737406699278943, 'ACTIVE', 'direct_provision', '{}', 1795318908674, 1795318908674, NULL, NULL);
INSERT INTO memberships (organization_id, user_id, environment_id, status, provisioning, metadata, created_at_ms, updated_at_ms, last_used_at_ms, inviter_email)
VALUES (382737406699278981, 382737406846079905, 382737406699278943, 'PENDING_INVITE', 'INVITE', '{}', 1795318909674, 1795318909674, NULL, NULL);
INSERT INTO organization_default_roles (organization_id, environment_id, member_role_id)
VALUES (382737406699278981, 382737406699278943, 382737406846079969);
INSERT INTO resource_scopes (resource_id, scope_id, environment_id, position)
VALUES (382737406846079985, 382737406846080001, 382737406699278943, 0);
INSERT INTO role_permissions (role_id, permission_id, environment_id)
VALUES (382737406699278969, 382737406699278945, 382737406699278943);
INSERT INTO role_permissions (role_id, permission_id, environment_id)
VALUES (382737406699278969, 382737406699278947, 382737406699278943);
INSERT INTO role_permissions (role_id, permission_id, environment_id)
VALUES (382737406699278969, 382737406699278949, 382737406699278943);
INSERT INTO role_permissions (role_id, permission_id, environment_id)
VALUES (382737406699278969, 382737406699278951, 382737406699278943);
INSERT INTO role_permissions (role_id, permission_id, environment_id)
VALUES (382737406699278969, 382737406699278953, 382737406699278943);
INSERT INTO role_permissions (role_id, permission_id, environment_id)
VALUES (382737406699278969, 382737406699278955, 382737406699278943);
INSERT INTO role_permissions (role_id, permission_id, environment_id)
VALUES (382737406699278969, 382737406699278957, 382737406699278943);
INSERT INTO role_permissions (role_id, permission_id, environment_id)
VALUES (382737406699278969, 382737406699278959, 382737406699278943);
INSERT INTO role_permissions (role_id, permission_id, environment_id)
VALUES (382737406699278969, 382737406699278961, 382737406699278943);
INSERT INTO role_permissions (role_id, permission_id, environment_id)
VALUES (382737406699278969, 382737406699278963, 382737406699278943);
INSERT INTO role_permissions (role_id, permission_id, environment_id)
VALUES (382737406699278969, 382737406699278965, 382737406699278943);
INSERT INTO role_permissions (role_id, permission_id, environment_id)
VALUES (382737406699278969, 382737406699278967, 382737406699278943);
INSERT INTO role_permissions (role_id, permission_id, environment_id)
VALUES (382737406699278971, 382737406699278945, 382737406699278943);
INSERT INTO role_permissions (role_id, permission_id, environment_id)
VALUES (382737406699278971, 382737406699278949, 382737406699278943);
INSERT INTO sessions (id, environment_id, user_id, organization_id, token_hash, method, authenticated_at_ms, created_at_ms, last_active_at_ms, idle_lifetime_ms, idle_expires_at_ms, expires_at_ms, ended_at_ms, end_reason, client_address, user_agent)
VALUES (382737406846079649, 382737406699278943, 382737406699278979, 382737406699278981, X'd7e83e28a04b537e64424546b14caf9b67bad2f28dabce68116e0d372319fa00', 'email_code', 1795318909674, 1795318909674, 1795318909674, 86400000, 1795405309674, 1797910908674, NULL, NULL, '127.0.0.1', 'upgrade test');
INSERT INTO sessions (id, environment_id, user_id, organization_id, token_hash, method, authenticated_at_ms, created_at_ms, last_active_at_ms, idle_lifetime_ms, idle_expires_at_ms, expires_at_ms, ended_at_ms, end_reason, client_address, user_agent)
VALUES (382737406846079697, 382737406699278943, 382737406699278979, 382737406699278981, X'dea377cac0fb2c6bfe8793ae282bf008b65b3aef6687d315200740ffa0847b4f', 'email_code', 1795318909674, 1795318909674, 1795318909674, 86400000, 1795405309674, 1797910908674, 1795318909679, 'signed_out', '::1', 'Bjørn’s browser 東京');
INSERT INTO user_consents (id, environment_id, user_id, client_id, resource_id, scopes, granted_at_ms)
VALUES (382737406846080081, 382737406699278943, 382737406699278979, 382737406846080033, 382737406846079985, '["tools:read"]', 1795318909674);
INSERT INTO api_tokens (id, environment_id, organization_id, user_id, token_hash, suffix, description, custom_claims, created_at_ms, updated_at_ms, expires_at_ms, invalidated_at_ms)
VALUES (382737406846080225, 382737406699278943, 382737406699278981, 382737406846079905, X'b1d6b91b67c2afa5e322988d9462638d354ddf8a1ef79dba987f815c22b4baee', '1234', 'CI', '{}', 1795318909674, 1795318909674, 1797910908674, NULL);
INSERT INTO api_tokens (id, environment_id, organization_id, user_id, token_hash, suffix, description, custom_claims, created_at_ms, updated_at_ms, expires_at_ms, invalidated_at_ms)
VALUES (382737406846080241, 382737406699278943, 382737406699278981, NULL, X'031ea386e10820981fa4ba713913f03bfad8dd3ad26d6c07d06923061e083535', '5678', NULL, '{}', 1795318909674, 1795318909674, NULL, 1795318909675);
INSERT INTO application_redirects (application_id, kind, uri, environment_id, created_at_ms, position)
VALUES (382737406699278973, 'callback', 'http://localhost:4321/api/auth/callback', 382737406699278943, 1795318908674, 0);
INSERT INTO application_redirects (application_id, kind, uri, environment_id, created_at_ms, position)
VALUES (382737406699278973, 'post_logout', 'http://localhost:4321', 382737406699278943, 1795318908674, 0);
INSERT INTO application_redirects (application_id, kind, uri, environment_id, created_at_ms, position)
VALUES (382737406699278977, 'callback', 'http://localhost:4322/auth/callback', 382737406699278943, 1795318908674, 0);
INSERT INTO application_redirects (application_id, kind, uri, environment_id, created_at_ms, position)
VALUES (382737406699278977, 'post_logout', 'http://localhost:4322', 382737406699278943, 1795318908674, 0);
INSERT INTO application_secrets (id, environment_id, application_id, hash, suffix, state, created_at_ms, expires_at_ms, created_by, updated_at_ms, last_used_at_ms)
VALUES (382737406699278975, 382737406699278943, 382737406699278973, X'ca8af49867e9679f15ee8b9ac244d6a9eff2c6a91e11cf75aa38799187d0f8ea', '8Myw', 'ACTIVE', 1795318908674, NULL, 'gatehouse', 1795318908674, NULL);
INSERT INTO connection_domains (connection_id, domain_id, environment_id)
VALUES (382737406846080113, 382737406846080097, 382737406699278943);
INSERT INTO connection_tests (id, environment_id, connection_id, status, user_info, error, error_description, error_details, created_at_ms)
VALUES (382737406846080129, 382737406699278943, 382737406846080113, 'SUCCESS', NULL, NULL, NULL, NULL, 1795318909674);
INSERT INTO directory_group_members (group_id, user_id, environment_id)
VALUES (382737406846080193, 382737406846080177, 382737406699278943);
INSERT INTO invitations (organization_id, user_id, id, environment_id, inviter_email, created_at_ms, expires_at_ms, accepted_at_ms, resent_at_ms, resent_count, token_hash)
VALUES (382737406699278981, 382737406846079905, 382737406846079953, 382737406699278943, NULL, 1795318909674, 1797910908674, NULL, NULL, 0, X'de7d1b721a1e0632b7cf04edf5032c8ecffa9f9a08492152b926f1a5a7e765d7');
INSERT INTO machine_client_secrets (id, environment_id, client_id, hash, suffix, created_by, created_at_ms, last_used_at_ms)
VALUES (382737406846080049, 382737406699278943, 382737406846080017, X'043a718774c572bd8a25adbeb1bfcd5c0256ae11cecf9f9c3f925d0e52beaf89', 'abcd', NULL, 1795318909674, NULL);
INSERT INTO machine_client_secrets (id, environment_id, client_id, hash, suffix, created_by, created_at_ms, last_used_at_ms)
VALUES (382737406846080065, 382737406699278943, 382737406846080033, X'41242b9fae56fad4e6e77dfe33cb18d1c3fc583f988cf25ef9f2d9be0d440bbb', 'efgh', NULL, 1795318909674, NULL);
INSERT INTO membership_roles (organization_id, user_id, role_id, environment_id)
VALUES (382737406699278981, 382737406699278979, 382737406699278969, 382737406699278943);
INSERT INTO membership_roles (organization_id, user_id, role_id, environment_id)
VALUES (382737406699278981, 382737406846079905, 382737406846079969, 382737406699278943);
INSERT INTO refresh_families (id, environment_id, session_id, application_id, user_id, organization_id, scope, nonce, generation, rotated_at_ms, created_at_ms, ended_at_ms, end_reason)
VALUES (382737406846079777, 382737406699278943, 382737406846079649, 382737406699278973, 382737406699278979, 382737406699278981, 'openid offline_access', X'1b16b1df538ba12dc3f97edbb85caa70', 3, 1795318909684, 1795318909674, NULL, NULL);
INSERT INTO refresh_families (id, environment_id, session_id, application_id, user_id, organization_id, scope, nonce, generation, rotated_at_ms, created_at_ms, ended_at_ms, end_reason)
VALUES (382737406846079793, 382737406699278943, 382737406846079697, 382737406699278973, 382737406699278979, NULL, 'openid offline_access', X'62c66a7a5dd70c3146618063c344e531', 1, 1795318909674, 1795318909674, 1795318909679, 'signed_out');
INSERT INTO session_clients (session_id, application_id, environment_id, organization_id, first_at_ms)
VALUES (382737406846079649, 382737406699278973, 382737406699278943, 382737406699278981, 1795318909674);
