-- The report before this one about the same thing: same title and address in the same commune.
-- How long ago that was, the mapping judges.
SELECT
  p.ID, p.MA, p.LINH_VUC_ID, p.TIEU_DE, p.MO_TA, p.VI_DO, p.KINH_DO, p.MA_XA, p.DIA_CHI, p.TAO_LUC,
  p.TIEP_NHAN_LUC, p.HAN_XU_LY, p.TRA_LOI_LUC, p.DONG_LUC, p.TRANG_THAI, p.MA_DON_VI, p.DIEM,
  p.CHE_DO, p.KIEM_DUYET, p.TRUNG_VOI, p.NGUON, p.XOA, p.CAP_NHAT,
  lag(p.MA) OVER w AS MA_TRUOC, lag(p.TAO_LUC) OVER w AS TAO_TRUOC
FROM PHAN_ANH AS p
WINDOW w AS (
  PARTITION BY match_key(p.TIEU_DE), match_key(p.DIA_CHI), p.MA_XA, p.XOA
  ORDER BY TRY_CAST(p.ID AS BIGINT)
)
