-- The layers that may be read, one under another; each is a file of the GIS.
SELECT
  t.gid, t.ma_ts, t.ten, t.ma_xa, t.tinh_trang, t.nam_xd, t.chieu_dai, t.don_vi_ql, t.ngay_ks,
  t.trang_thai, t.han_che, t.cap_nhat, t.lat, t.lon, t.geometry_type, t.geometry
FROM duong AS t
UNION ALL
SELECT
  t.gid, t.ma_ts, t.ten, t.ma_xa, t.tinh_trang, t.nam_xd, t.chieu_dai, t.don_vi_ql, t.ngay_ks,
  t.trang_thai, t.han_che, t.cap_nhat, t.lat, t.lon, t.geometry_type, t.geometry
FROM cau AS t
UNION ALL
SELECT
  t.gid, t.ma_ts, t.ten, t.ma_xa, t.tinh_trang, t.nam_xd, t.chieu_dai, t.don_vi_ql, t.ngay_ks,
  t.trang_thai, t.han_che, t.cap_nhat, t.lat, t.lon, t.geometry_type, t.geometry
FROM thoat_nuoc AS t
UNION ALL
SELECT
  t.gid, t.ma_ts, t.ten, t.ma_xa, t.tinh_trang, t.nam_xd, t.chieu_dai, t.don_vi_ql, t.ngay_ks,
  t.trang_thai, t.han_che, t.cap_nhat, t.lat, t.lon, t.geometry_type, t.geometry
FROM chieu_sang AS t
UNION ALL
SELECT
  t.gid, t.ma_ts, t.ten, t.ma_xa, t.tinh_trang, t.nam_xd, t.chieu_dai, t.don_vi_ql, t.ngay_ks,
  t.trang_thai, t.han_che, t.cap_nhat, t.lat, t.lon, t.geometry_type, t.geometry
FROM cay_xanh AS t
