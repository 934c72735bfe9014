-- Drawings that scripts describe in Vega or Vega-Lite, for runs to draw their tables by.

-- +goose Up

create table custom_charts (
    id           bigint generated always as identity primary key,
    entity_id    bigint not null references entities on delete cascade,
    name         text not null,
    display_name text not null,
    type         text not null,
    access       text not null constraint chart_access check (access in ('PRIVATE', 'PUBLIC')),
    spec         text not null,
    created_by   bigint not null,
    created_at   timestamptz not null
);
create unique index chart_name on custom_charts (entity_id, lower(name));
