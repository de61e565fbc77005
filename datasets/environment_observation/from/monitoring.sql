-- A sensor that hangs sends the same value again and again: a reading that equals the three
-- before it, of its station and parameter in the order in which the network took them.
SELECT
  o.ID, o.MaTram, o.ThoiGian, o.ThongSo, o.GiaTri, o.DonVi, o.TrangThai, o.GhiChu, o.CapNhat,
  o.GiaTri = lag(o.GiaTri, 1) OVER w AND o.GiaTri = lag(o.GiaTri, 2) OVER w
    AND o.GiaTri = lag(o.GiaTri, 3) OVER w AS stuck
FROM observations AS o
WINDOW w AS (PARTITION BY o.MaTram, o.ThongSo ORDER BY TRY_CAST(o.ID AS BIGINT))
