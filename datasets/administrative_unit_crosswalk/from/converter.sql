-- Both tables of the converter as one: what went over whole and what was split.
-- `sources` counts how many old communes make the new one, which tells a merger from
-- a mere change of name; `namesakes` counts old communes of one name in the new province,
-- because the converter takes some wards of one name for a split one.
SELECT p.province_key, p.new_key, p.old_path, p.divided,
  count(*) OVER (PARTITION BY p.province_key, p.new_key) AS sources,
  count(DISTINCT p.old_path) OVER (PARTITION BY p.province_key, split_part(p.old_path, '_', 3)) AS namesakes
FROM (
  SELECT m.province_key AS province_key, m.new_key AS new_key, m.old_path AS old_path, false AS divided
  FROM merged AS m
  UNION ALL
  SELECT d.province_key, d.newWardKey, d.old_path, true
  FROM divided AS d
) AS p
