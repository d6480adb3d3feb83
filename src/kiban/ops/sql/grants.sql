-- Who may do what. Run by "kiban setup" after every migration; it first takes everything away, so that this file
-- is the whole truth. An auditor reads this page; tests/gate/test_grants.py proves it with SQL.

REVOKE ALL ON SCHEMA public, care, gate FROM PUBLIC;
REVOKE ALL ON ALL TABLES    IN SCHEMA public, care, gate FROM PUBLIC, kiban_web, kiban_worker, kiban_sealer;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public, care, gate FROM PUBLIC, kiban_web, kiban_worker, kiban_sealer;
REVOKE ALL ON ALL ROUTINES  IN SCHEMA public, care, gate FROM PUBLIC, kiban_web, kiban_worker, kiban_sealer;
REVOKE ALL ON SCHEMA public, care, gate FROM kiban_web, kiban_worker, kiban_sealer;

-- The web process --------------------------------------------------------------------------------------------
-- No right at all on schema care: persons, records, consents, assignments and the access log are reached through
-- the functions of schema gate only, which check the session and the certificate and write the log.
GRANT USAGE ON SCHEMA public, gate TO kiban_web;
GRANT EXECUTE ON PROCEDURE gate.open_records, gate.list_people, gate.act, gate.exchange_act TO kiban_web;
GRANT EXECUTE ON FUNCTION
    gate.ask_open, gate.decide_open, gate.answer_open,
    gate.ask, gate.decide, gate.answer, gate.answer_list, gate.can_flush, gate.is_to_be_flushed,
    gate.exchange_question, gate.answer_exchange, gate.answer_exchange_state, gate.answer_exchange_receipts,
    gate.end_sessions,
    -- As a witness of other installations' logs: heads, nobody's data.
    gate.witnessed_head, gate.witness,
    -- Numbers and states, nobody's name: without a row of the log.
    gate.own_assignment_due, gate.exchange_drafts, gate.exchange_box, gate.exchange_month, gate.exchange_unit,
    gate.own_exchange_due, gate.own_exchange_unseen, gate.own_hidden_papers, gate.own_standard_due
    TO kiban_web;

GRANT SELECT ON
    registry_prefecture, registry_municipality, registry_insurer, registry_migrateditem, registry_servicekind,
    registry_jobtype, registry_office, registry_officeservice, registry_medicalinstitution, registry_masterload,
    registry_organisation, registry_organisationservice,
    gate_matrixversion, gate_cell, gate_insurerdecision, assignment_policy, assignment_emergencyrule,
    assignment_emergencyswitch
    TO kiban_web;

-- A card's proof is checked in Python, which the database cannot do; the gate uses it up.
GRANT SELECT, INSERT ON assignment_cardproof TO kiban_web;

-- What the pages of staff and terminals write. What may be changed is granted by column, and not the key: with a right
-- to change or delete on the whole table comes that to lock it (LOCK TABLE) against everybody who reads.
GRANT SELECT, INSERT ON
    staff_account, staff_employment, staff_delegation, staff_passkey, staff_passwordbefore, staff_recoverycode,
    staff_mailcode, staff_invitation, staff_stafflistcheck, staff_rightsreview, staff_suspicion,
    staff_terminaluse, staff_session, staff_sessionmemory, exchange_synckey,
    terminals_terminal, terminals_certificate, terminals_setupstep, terminals_scene, otp_totp_totpdevice
    TO kiban_web;
DO $$
DECLARE
    v_table regclass;
BEGIN
    FOREACH v_table IN ARRAY ARRAY[
        'staff_account', 'staff_employment', 'staff_delegation', 'staff_passkey', 'staff_passwordbefore',
        'staff_recoverycode', 'staff_mailcode', 'staff_invitation', 'staff_stafflistcheck', 'staff_rightsreview',
        'staff_suspicion', 'staff_terminaluse', 'staff_session', 'staff_sessionmemory', 'exchange_synckey',
        'terminals_terminal', 'terminals_certificate', 'terminals_setupstep', 'terminals_scene', 'otp_totp_totpdevice'
    ]::regclass[] LOOP
        EXECUTE (SELECT format('GRANT UPDATE (%s) ON %s TO kiban_web',
                               string_agg(quote_ident(a.attname), ', '), v_table)
                   FROM pg_attribute AS a
                  WHERE a.attrelid = v_table AND a.attnum > 0 AND NOT a.attisdropped
                    AND NOT EXISTS (SELECT 1 FROM pg_index AS i WHERE i.indrelid = v_table AND i.indisprimary
                                                                  AND a.attnum = ANY (i.indkey)));
    END LOOP;
END $$;
-- Facts of a day: written once.
GRANT SELECT, INSERT ON terminals_check, evidence_viewingrules, home_stepsetaside TO kiban_web;
-- An office's 文例: written once, and taken out of use.
GRANT SELECT, INSERT, UPDATE (gone_at, gone_by_id) ON plans_phrase TO kiban_web;
-- Who changed what about staff is only ever added to.
GRANT SELECT, INSERT ON staff_staffchange TO kiban_web;
-- Failed tries of signing in: the library that counts them takes them away again.
GRANT SELECT, INSERT, UPDATE, DELETE ON axes_accessattempt, axes_accessattemptexpiration TO kiban_web;
-- Another machine takes the place of a lost one: its steps start again.
GRANT DELETE ON terminals_setupstep TO kiban_web;
GRANT SELECT, INSERT ON axes_accesslog, axes_accessfailurelog TO kiban_web;
GRANT UPDATE ON axes_accesslog TO kiban_web;
GRANT SELECT ON django_migrations, django_content_type TO kiban_web;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO kiban_web;

-- The worker: brings records in ----------------------------------------------------------------------------------
GRANT USAGE ON SCHEMA public, care, gate TO kiban_worker;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO kiban_worker;
REVOKE ALL ON assignment_cardproof FROM kiban_worker;
GRANT EXECUTE ON FUNCTION
    gate.all_assignment_due, gate.all_consent_due, gate.all_renewals_due, gate.all_exchange_due, gate.tidy_exchange,
    gate.tidy_plan_drafts, gate.all_standard_due
    TO kiban_worker;
GRANT INSERT, UPDATE ON ops_dailystep TO kiban_worker;
REVOKE ALL ON staff_account, staff_session, staff_sessionmemory, otp_totp_totpdevice, staff_passkey,
    staff_passwordbefore, staff_recoverycode, staff_mailcode, staff_invitation, exchange_synckey FROM kiban_worker;

-- Masters, readiness of insurers and the organisations that take part: written by "kiban registry" and by enrolment.
-- What vanishes from a newer edition is marked withdrawn; only the list of migrated items is replaced.
GRANT INSERT, UPDATE ON
    registry_prefecture, registry_municipality, registry_insurer, registry_migrateditem, registry_servicekind,
    registry_jobtype, registry_office, registry_officeservice, registry_medicalinstitution, registry_masterload,
    registry_organisation, registry_organisationservice
    TO kiban_worker;
GRANT DELETE ON registry_migrateditem TO kiban_worker;

-- What "kiban load" brings in. No DELETE on anything about a person, nothing at all on the access log; a version of a
-- record changes only in superseded_at.
GRANT SELECT, INSERT, UPDATE ON care.person, care.consent, care.identity, care.assignment TO kiban_worker;
GRANT SELECT, UPDATE (ended_at) ON care.refusal TO kiban_worker;
GRANT EXECUTE ON FUNCTION gate.withdrawn_day, gate.next_no, gate.is_covered, gate.settle_consent TO kiban_worker;
GRANT SELECT, INSERT ON care.person_before, care.record, care.consent_word TO kiban_worker;
GRANT UPDATE (superseded_at) ON care.record TO kiban_worker;
GRANT INSERT, UPDATE ON intake_load, intake_error TO kiban_worker;

-- The sealer: signs the access log, of whose rows it knows place and leaf -------------------------------------------
GRANT USAGE ON SCHEMA care, gate TO kiban_sealer;
GRANT SELECT (xid, id, leaf) ON care.access_log TO kiban_sealer;
GRANT SELECT ON
    gate.sealed_log, gate.sealed_head, gate.sealed_bundle, gate.sealed_cosignature, gate.sealing
    TO kiban_sealer;
GRANT INSERT ON gate.sealed_head, gate.sealed_bundle, gate.sealed_cosignature TO kiban_sealer;
GRANT UPDATE (entries, root) ON gate.sealed_bundle TO kiban_sealer;  -- the last one, until it is full
GRANT UPDATE (looked_at, good_until) ON gate.sealing TO kiban_sealer;
GRANT EXECUTE ON FUNCTION gate.cluster TO kiban_sealer;
