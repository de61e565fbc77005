-- The list names communes inside their province.
SELECT 'province' AS level, p.Code AS unit_code, p.FullName AS full_name, NULL AS parent_code FROM provinces AS p
UNION ALL
SELECT 'commune', w.Code, w.FullName, w.ProvinceCode FROM wards AS w
