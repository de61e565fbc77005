-- The source has one row per commune with its district and province beside it; the
-- dataset has one row per unit. Units are valid from the day the source attests them.
-- A code of 2025 is that of one of the communes it was made from: a centre that lies more
-- than 20 km from that one's is another place of the same name, and is left out.
SELECT DISTINCT
  'QD124_2004' AS code_system, o.provinceCode AS unit_code, 'province' AS level,
  o.province AS full_name, NULL AS parent_code, NULL AS area_km2,
  o.provinceLat AS latitude, o.provinceLon AS longitude,
  '2025-01-01' AS valid_from, '2025-07-01' AS valid_to
FROM admin_units_legacy AS o
UNION ALL
SELECT DISTINCT
  'QD124_2004', d.districtCode, 'district', d.district, d.provinceCode, NULL,
  d.districtLat, d.districtLon, '2025-01-01', '2025-07-01'
FROM admin_units_legacy AS d
UNION ALL
SELECT
  'QD124_2004', w.wardCode, 'commune', w.ward, w.districtCode, NULL,
  w.wardLat, w.wardLon, '2025-01-01', '2025-07-01'
FROM admin_units_legacy AS w
UNION ALL
SELECT DISTINCT
  'QD19_2025', p.provinceCode, 'province', p.province, NULL, NULL,
  p.provinceLat, p.provinceLon, '2025-07-01', NULL
FROM admin_units AS p
UNION ALL
SELECT
  'QD19_2025', n.wardCode, 'commune', n.ward, n.provinceCode, n.wardAreaKm2,
  CASE WHEN abs(n.wardLat - b.wardLat) > 0.18 OR abs(n.wardLon - b.wardLon) > 0.18
    THEN NULL ELSE n.wardLat END,
  CASE WHEN abs(n.wardLat - b.wardLat) > 0.18 OR abs(n.wardLon - b.wardLon) > 0.18
    THEN NULL ELSE n.wardLon END,
  '2025-07-01', NULL
FROM admin_units AS n LEFT JOIN admin_units_legacy AS b ON b.wardCode = n.wardCode
