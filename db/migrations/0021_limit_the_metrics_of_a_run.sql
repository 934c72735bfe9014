-- How many metrics a run may have at most: each request adds the metrics it brings, and when those are more than a run
-- may have, they are counted.

-- +goose Up

alter table run_progress add column metrics bigint not null default 0;
