-- The sheet of districts names the province beside each.
SELECT DISTINCT 'province' AS level, p."Mã TP" AS unit_code, p."Tỉnh / Thành Phố" AS full_name, NULL AS parent_code
FROM districts AS p
UNION ALL
SELECT 'district', d."Mã", d."Tên", d."Mã TP" FROM districts AS d
