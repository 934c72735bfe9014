-- Which pictures, tables, histograms and the like a run has logged, and at which steps.

-- +goose Up

-- An index made from history_blocks, a row per key and block that holds any: in
-- lines[i] stands what was logged at steps[i]. type is that of the last, in W&B's
-- words.
create table media_chunks (
    run_id bigint not null references runs on delete cascade,
    key    text not null,
    writer text not null default '',
    line0  bigint not null,
    type   text not null,
    steps  bigint[] not null,
    lines  bigint[] not null,
    primary key (run_id, key, writer, line0),
    constraint media_step_has_line check (cardinality(steps) = cardinality(lines) and cardinality(steps) > 0)
);

-- Runs that were there before; Migrate takes them from here.
create table runs_without_media (run_id bigint primary key references runs on delete cascade);
insert into runs_without_media (run_id)
select distinct b.run_id from history_blocks b join runs r on r.id = b.run_id where b.stream = 'history' and r.deleted_at is null;
