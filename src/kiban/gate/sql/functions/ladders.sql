-- The ladders: the first thing that is not as it should be --------------------------------------------------------
-- One copy each, whoever is asking: a person at a screen or a machine with a key.

-- How long a second factor counts as fresh.
CREATE FUNCTION gate.second_factor_lifetime() RETURNS interval LANGUAGE sql IMMUTABLE RETURN interval '8 hours';

-- After this time without use nothing is shown until the person has shown again who it is. Pages lock earlier, as the
-- operator sets it; this is the wall behind them.
CREATE FUNCTION gate.longest_idle() RETURNS interval LANGUAGE sql IMMUTABLE RETURN interval '30 minutes';

-- (STABLE, as a moment less an interval is: only so does the planner inline it.)
-- Of the account. A machine's key was given by somebody with a second factor: for it p_second_factor_at is now.
CREATE FUNCTION gate.account_answer(
    p_is_known boolean, p_is_over boolean, p_is_active boolean, p_has_first_password boolean,
    p_second_factor_at timestamptz, p_is_locked boolean, p_is_employed boolean, p_employed_from date,
    p_employed_to date,
    p_enrolled_on date, p_closed_on date, p_today date, p_now timestamptz) RETURNS text
LANGUAGE sql STABLE
RETURN CASE
    WHEN NOT p_is_known                                             THEN 'no_session'
    WHEN p_is_over                                                  THEN 'session_expired'
    WHEN NOT p_is_active                                            THEN 'inactive'
    WHEN p_has_first_password                                       THEN 'first_password'
    WHEN p_second_factor_at IS NULL                                 THEN 'no_second_factor'
    WHEN p_second_factor_at <= p_now - gate.second_factor_lifetime() THEN 'second_factor_old'
    WHEN p_is_locked                                                THEN 'locked'
    WHEN NOT p_is_employed                                          THEN 'not_employed'
    WHEN p_employed_from > p_today                                  THEN 'not_yet_employed'
    WHEN p_employed_to <= p_today                                   THEN 'left'
    WHEN p_enrolled_on > p_today OR p_closed_on <= p_today          THEN 'organisation_not_in_use'
    ELSE 'ok' END;

-- Of the terminal: p_id is the certificate's row, p_is_bound whether session or key was given at this very terminal.
CREATE FUNCTION gate.terminal_answer(
    p_fingerprint text, p_id bigint, p_revoked_at timestamptz, p_not_before timestamptz, p_not_after timestamptz,
    p_owner bigint, p_organisation bigint, p_is_bound boolean, p_now timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN p_fingerprint IS NULL                    THEN 'none'
    WHEN p_id IS NULL                             THEN 'unknown'
    WHEN p_revoked_at <= p_now                    THEN 'revoked'
    WHEN p_not_before > p_now                     THEN 'not_yet_valid'
    WHEN p_not_after <= p_now                     THEN 'expired'
    WHEN p_owner IS DISTINCT FROM p_organisation  THEN 'other_organisation'
    WHEN NOT p_is_bound                           THEN 'other_terminal'
    ELSE 'ok' END;

-- Of acting in somebody's place (most sessions do not: it is asked only where one does).
-- (Without SET, which costs time: the search path is its caller's.)
CREATE FUNCTION gate.delegation_answer(p_id bigint, p_account bigint, p_organisation bigint, p_purpose text,
                                       p_today date, p_now timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
SELECT CASE
        WHEN d.actor_id IS DISTINCT FROM p_account              THEN 'other_actor'
        WHEN d.organisation_id IS DISTINCT FROM p_organisation  THEN 'other_organisation'
        WHEN d.permitted_by_id IS NULL                          THEN 'no_permitter'
        WHEN d.revoked_at <= p_now                              THEN 'revoked'
        WHEN d.starts_at > p_now                                THEN 'not_started'
        WHEN d.ends_at <= p_now                                 THEN 'ended'
        WHEN NOT EXISTS (SELECT 1 FROM public.staff_employment AS b
                          WHERE b.account_id = d.absent_id AND b.organisation_id = d.organisation_id
                            AND b.starts_on <= p_today AND (b.ends_on IS NULL OR b.ends_on > p_today))
                                                                THEN 'absent_left'
        WHEN d.purposes <> '{}' AND p_purpose <> ALL (d.purposes) THEN 'out_of_scope'
        ELSE 'ok' END
  FROM (SELECT p_id AS id) AS k
  LEFT JOIN public.staff_delegation AS d ON d.id = k.id
$$;
