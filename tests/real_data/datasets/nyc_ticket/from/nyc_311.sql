-- A copy: a row that says the same as another of the file, whatever its number.
SELECT
  t."ID" AS id, t."Title" AS title, t."Description" AS description, t."Address" AS address,
  t."Zip Code" AS zip, t."Latitude" AS latitude, t."Longitude" AS longitude,
  t."Date Created" AS created, t."Status" AS status, t."Attachment URL" AS attachment,
  row_number() OVER (
    PARTITION BY t."Title", t."Description", t."Address" ORDER BY TRY_CAST(t."ID" AS BIGINT)
  ) AS copy_number
FROM NYC_20190522 AS t
