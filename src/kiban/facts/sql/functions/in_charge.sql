-- Whom an organisation looks after ----------------------------------------------------------------------------------

-- Persons with a 担当 in force and an identity confirmed; who was only asked for an opinion looks after nobody, and a
-- municipality has no 担当. (Without SET, so that the planner inlines it.)
CREATE FUNCTION gate.in_charge(p_organisation bigint, p_kind text, p_today date, p_now timestamptz)
RETURNS TABLE (insured_key bigint)
LANGUAGE sql STABLE AS $$
SELECT DISTINCT l.insured_key
  FROM care.assignment AS l
 WHERE p_kind <> 'municipality' AND l.organisation_id = p_organisation AND l.viewing_from <= p_today
   AND (l.viewing_to IS NULL OR l.viewing_to > p_today) AND (l.ended_at IS NULL OR l.ended_at > p_now)
   AND l.capacity <> 'opinion'
   AND EXISTS (SELECT 1 FROM care.identity AS d
                WHERE d.insured_key = l.insured_key AND d.organisation_id = p_organisation
                  AND d.confirmed_on <= p_today AND d.mistaken_at IS NULL)
$$;
