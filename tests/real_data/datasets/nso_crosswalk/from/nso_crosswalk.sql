-- `targets` counts the new communes of an old one, because two old communes are said to have
-- gone over whole to two new ones each.
SELECT c."Tỉnh, thành phố" AS new_province, c."Tên Xã mới" AS new_name, c."Mã Xã mới" AS new_code,
  c."Tên Xã cũ" AS old_name, c."Mã Xã cũ" AS old_code, c."Ghi chú" AS note,
  c."Quận/huyện" AS old_district, c."Tỉnh cũ" AS old_province,
  count(*) OVER (PARTITION BY c."Mã Xã cũ") AS targets
FROM crosswalk AS c
