-- The newest runs that use a version are read without looking at all that use it.

-- +goose Up

create index lineage_newest on lineage (artifact_id, direction, run_id desc);
drop index lineage_by_artifact;
