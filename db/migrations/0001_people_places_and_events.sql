-- Who is here, what they own, and what happened. Names of people, teams and
-- organizations share one namespace because all three stand first in addresses.

-- +goose Up

create table entities (
    id              bigint generated always as identity primary key,
    kind            text not null constraint entity_kind check (kind in ('person', 'team', 'organization')),
    name            text not null,
    organization_id bigint references entities,
    created_at      timestamptz not null,
    constraint only_teams_belong check ((kind = 'team') = (organization_id is not null))
);
create unique index entity_name on entities (lower(name));
create index entities_of_organization on entities (organization_id);

-- Old names keep leading to the entity until someone else takes them.
create table former_entity_names (
    name      text primary key constraint former_name_lower check (name = lower(name)),
    entity_id bigint not null references entities on delete cascade
);

create table people (
    id                bigint primary key references entities on delete cascade,
    full_name         text not null default '',
    email             text,
    password          text,
    admin             boolean not null default false,
    default_entity_id bigint not null references entities
);
create unique index person_email on people (lower(email));

create table members (
    entity_id bigint not null references entities on delete cascade,
    person_id bigint not null references people on delete cascade,
    role      text not null constraint member_role check (role in ('viewer', 'member', 'admin')),
    since     timestamptz not null,
    primary key (entity_id, person_id)
);
create index members_by_person on members (person_id);

create table sessions (
    id         bigint generated always as identity primary key,
    token      bytea not null constraint session_token unique,
    person_id  bigint not null references people on delete cascade,
    made_at    timestamptz not null,
    seen_at    timestamptz not null,
    expires_at timestamptz not null,
    ip         text not null default '',
    user_agent text not null default ''
);
create index sessions_by_person on sessions (person_id);

-- A link that signs in once: printed at first start, or made for someone who
-- was invited.
create table sign_in_links (
    token      bytea primary key,
    person_id  bigint not null references people on delete cascade,
    made_at    timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz
);

create table sign_in_failures (
    name text not null,
    ip   text not null,
    at   timestamptz not null
);
create index sign_in_failures_by_name on sign_in_failures (name, at);
create index sign_in_failures_by_ip on sign_in_failures (ip, at);

create table invites (
    id         bigint generated always as identity primary key,
    token      bytea not null constraint invite_token unique,
    team_id    bigint not null references entities on delete cascade,
    role       text not null constraint invite_role check (role in ('viewer', 'member', 'admin')),
    made_by    bigint not null references people on delete cascade,
    made_at    timestamptz not null,
    expires_at timestamptz not null,
    used_by    bigint references people on delete set null,
    used_at    timestamptz,
    revoked_at timestamptz
);
create index invites_by_team on invites (team_id);

create table places (
    id          bigint generated always as identity primary key,
    entity_id   bigint not null references entities,
    kind        text not null constraint place_kind check (kind in ('project', 'registry')),
    name        text not null,
    description text not null default '',
    accepts     text[] not null default '{}',
    everyone    text not null default '' constraint everyone_role check (everyone in ('', 'restricted_viewer', 'viewer', 'member')),
    created_by  bigint not null,
    created_at  timestamptz not null,
    constraint projects_are_closed check (kind = 'registry' or everyone = '')
);
create unique index place_name on places (entity_id, kind, lower(name));

-- Roles in a registry, given to a person or to a whole team.
create table place_members (
    place_id  bigint not null references places on delete cascade,
    member_id bigint not null references entities on delete cascade,
    role      text not null constraint place_member_role check (role in ('restricted_viewer', 'viewer', 'member', 'admin')),
    since     timestamptz not null,
    primary key (place_id, member_id)
);
create index place_members_by_member on place_members (member_id);

create table stages (
    place_id bigint not null references places on delete cascade,
    name     text not null,
    position int not null,
    color    text not null,
    primary key (place_id, name),
    constraint stage_position unique (place_id, position) deferrable
);

create table api_keys (
    id         bigint generated always as identity primary key,
    person_id  bigint not null references people on delete cascade,
    name       text not null,
    sha256     bytea not null constraint api_key_sha256 unique,
    hint       text not null,
    scope      text not null constraint api_key_scope check (scope in ('read', 'log', 'promote', 'admin')),
    place_id   bigint references places on delete cascade,
    made_at    timestamptz not null,
    used_at    timestamptz,
    expires_at timestamptz,
    revoked_at timestamptz
);
create index api_keys_by_person on api_keys (person_id);

-- The log. No foreign keys: what an event tells of may be deleted later, the
-- telling stays. xid is the transaction that wrote it; readers who follow the log
-- take only what no running transaction can still precede.
create table events (
    id              bigint generated always as identity primary key,
    xid             xid8 not null default pg_current_xact_id(),
    at              timestamptz not null,
    organization_id bigint not null,
    place_id        bigint not null,
    actor_id        bigint not null,
    actor           text not null,
    door            text not null,
    key_id          bigint not null,
    name            text not null,
    reason          text not null default '',
    payload         json not null
);
create index events_by_xid on events (xid, id);
create index events_by_place on events (place_id, id);

create table event_subjects (
    kind       text not null,
    subject_id bigint not null,
    event_id   bigint not null,
    primary key (kind, subject_id, event_id)
);
create index event_subjects_by_event on event_subjects (event_id);

-- A seal covers the events of the transactions [from_xid, to_xid): its hash
-- runs over them and the seal before, its signature over the hash.
create table seals (
    id        bigint generated always as identity primary key,
    at        timestamptz not null,
    from_xid  xid8 not null,
    to_xid    xid8 not null,
    events    bigint not null,
    previous  bytea not null,
    hash      bytea not null,
    signature bytea not null,
    constraint seals_follow_each_other unique (from_xid)
);

-- +goose StatementBegin
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd

create trigger events_append_only before update or delete or truncate on events
    for each statement execute function refuse_change();
create trigger event_subjects_append_only before update or delete or truncate on event_subjects
    for each statement execute function refuse_change();
create trigger seals_append_only before update or delete or truncate on seals
    for each statement execute function refuse_change();
