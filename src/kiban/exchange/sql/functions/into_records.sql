-- What a sent unit means for the platform's own records ---------------------------------------------------------------------

-- A plan sent to another office is the person's ケアプラン of that day; taking it back by a deletion ends it. Plans of
-- persons the platform does not know (or the sender is not entitled to) stay what they are: files between two offices.
CREATE FUNCTION gate.exchange_into_records(c gate.context, u care.exchange_unit, p_plans jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF u.record <> 'plan' THEN
        RETURN;
    END IF;
END $$;
