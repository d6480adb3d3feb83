-- What a list says of a person ----------------------------------------------------------------------------------------
-- Its items, what is missing, and the answers about one person. All of it is inlined where a list is made.

CREATE FUNCTION gate.list_items() RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN ARRAY['insurance_card.card', 'insurance_card.burden_ratio'];

-- The version of an item that a day falls in, else the one nearest to it. Where one ends within two months and the next
-- one joins on without a gap (it was renewed), it lasts until the end of that. (Without SET, so that it is inlined.)
CREATE FUNCTION gate.current_content(p_key bigint, p_item text, p_today date)
RETURNS TABLE (valid_from date, valid_to date, content jsonb)
LANGUAGE sql STABLE AS $$
SELECT e.valid_from,
       CASE WHEN e.valid_to BETWEEN p_today + 1 AND p_today + 61
            THEN coalesce((SELECT n.valid_to FROM care.record AS n
                            WHERE n.insured_key = p_key AND n.item = p_item AND n.superseded_at IS NULL
                              AND n.valid_from = e.valid_to
                            ORDER BY n.history_no DESC LIMIT 1), e.valid_to)
            ELSE e.valid_to END,
       e.content
  FROM care.record AS e
 WHERE e.insured_key = p_key AND e.item = p_item AND e.superseded_at IS NULL
 ORDER BY (e.valid_from IS NULL OR e.valid_from <= p_today) DESC, e.valid_from DESC NULLS LAST, e.history_no DESC
 LIMIT 1
$$;

-- What a person of the list may lack, or what ends soon for the person. The list filters and 今日 gathers by these words;
-- what they say on the screen: viewing/worklist.py.
CREATE FUNCTION gate.lacks() RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN ARRAY['consent', 'refused', 'municipality', 'role', 'no_certification', 'over', 'presses', 'opens',
             'assignment'];

-- Which of them, of the answers about the person's card (p_words: the joined words of a list), the end of the
-- certification and of the 担当 (first days without). Renewal may be applied for 60 days before the end, and presses from
-- 30 days on; a 担当 ends soon when it ends with this month. (Without SET, so that it is inlined.)
CREATE FUNCTION gate.lacking(p_words text, p_valid_to date, p_viewing_to date, p_today date) RETURNS text[]
LANGUAGE sql STABLE AS $$
SELECT array_remove(ARRAY[
           CASE WHEN NOT w.shown AND w.consent IN ('none', 'later')          THEN 'consent'
                WHEN NOT w.shown AND w.consent IN ('refused', 'withdrawn')   THEN 'refused' END,
           CASE WHEN w.shown                                                 THEN NULL
                WHEN w.answers LIKE '%municipality:%'                        THEN 'municipality'
                WHEN w.consent IN ('', 'not_needed', 'emergency')            THEN 'role' END,
           CASE WHEN NOT w.shown                                             THEN NULL
                WHEN p_valid_to IS NULL                                      THEN 'no_certification'
                WHEN p_valid_to <= p_today                                   THEN 'over'
                WHEN p_valid_to <= p_today + 31                              THEN 'presses'
                WHEN p_valid_to <= p_today + 61                              THEN 'opens' END,
           CASE WHEN p_viewing_to <= (date_trunc('month', p_today::timestamp) + interval '1 month')::date
                THEN 'assignment' END], NULL)
  FROM (SELECT v.shown, v.answers, split_part(split_part(v.answers, 'consent:', 2), ',', 1) AS consent
          FROM (SELECT p_words LIKE '%+insurance_card.card|%' AS shown,
                       split_part(split_part(p_words, 'insurance_card.card|', 2), ' ', 1) AS answers) AS v
        OFFSET 0) AS w  -- taken apart once, not at each use
$$;

-- The organisation's 担当 with the person that the list speaks of. (Without SET, so that it is inlined.)
CREATE FUNCTION gate.listed_assignment(p_key bigint, p_organisation bigint, p_today date)
RETURNS TABLE (capacity text, viewing_to date)
LANGUAGE sql STABLE AS $$
SELECT x.capacity, x.viewing_to FROM care.assignment AS x
 WHERE x.insured_key = p_key AND x.organisation_id = p_organisation
   AND x.viewing_from <= p_today AND (x.viewing_to IS NULL OR x.viewing_to > p_today) AND x.ended_at IS NULL
 ORDER BY x.id DESC LIMIT 1
$$;

-- The answers about one person of a list: in words, whether the card is shown, and whether nothing binds them.
-- (Without SET, so that it is inlined.)
CREATE FUNCTION gate.judged(p_key bigint, p_items text[], p_organisation bigint, p_kind text, p_number text,
                            p_parties text[], p_job text, p_matrix text, p_account bigint, p_today date,
                            p_now timestamptz)
RETURNS TABLE (words text[], card boolean, stranger boolean)
LANGUAGE sql STABLE AS $$
SELECT array_agg(gate.word(j.item, j.role, j.assignment, j.consent, j.municipality, j.decision_id) ORDER BY j.item),
       bool_or(j.item = 'insurance_card.card' AND j.role = 'ok' AND j.assignment = 'ok'
               AND j.consent IN ('ok', 'not_needed', 'emergency') AND j.municipality = 'ok'),
       bool_and(j.assignment <> 'ok')
  FROM gate.facts_of(p_key, p_organisation, p_account, p_today, p_now) AS f
 CROSS JOIN LATERAL gate.judge(
       p_items, p_kind, p_number, p_parties, p_job, p_matrix, p_today, f.insurer_no, f.insurer_id, f.started_on,
       f.migrated, f.is_assigned, f.starts_later, f.capacities, f.is_identified,
       gate.consent_answer(f.has_refused, f.consent_id, f.consents_later, f.has_consented),
       f.emergency_id IS NOT NULL) AS j
$$;
