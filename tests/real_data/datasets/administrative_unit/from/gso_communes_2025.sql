-- One row per commune with its district and province beside it becomes one row per unit.
SELECT DISTINCT 'province' AS level, p."Mã TP" AS unit_code, p."Tỉnh Thành Phố" AS full_name, NULL AS parent_code
FROM "Xa_2025-01-04" AS p
UNION ALL
SELECT DISTINCT 'district', d."Mã QH", d."Quận Huyện", d."Mã TP" FROM "Xa_2025-01-04" AS d
UNION ALL
SELECT 'commune', w."Mã PX", w."Phường Xã", w."Mã QH" FROM "Xa_2025-01-04" AS w
