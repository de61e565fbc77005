-- The ticket before this one about the same thing: same title and address, whatever the spelling.
-- How long ago that was, the mapping judges.
SELECT
  t.ID, t.SoPhieu, t.LinhVuc, t.TieuDe, t.NoiDung, t.DiaChiSuViec, t.GioGoi, t.GioTiepNhan,
  t.HanXuLy, t.GioTraLoi, t.GioDong, t.TrangThai, t.DonViXuLy, t.MucHaiLong, t.QuaHan,
  t.DongYCongKhai, t.DaDuyet, t.PhieuGoc, t.DaXoa, t.CapNhat,
  lag(t.SoPhieu) OVER w AS PhieuTruoc, lag(t.GioGoi) OVER w AS GioTruoc
FROM PHIEU_TIEP_NHAN AS t
WINDOW w AS (
  PARTITION BY match_key(t.TieuDe), match_key(t.DiaChiSuViec), t.DaXoa
  ORDER BY TRY_CAST(t.ID AS BIGINT)
)
