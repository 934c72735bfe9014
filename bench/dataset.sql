-- Fills a registry that has been started once with what an organization leaves behind in a year, as if its scripts and its
-- people had done it: everything below is what the verbs would have written. How much is asked by the settings
-- dataset.models, dataset.versions and dataset.runs. The runs of the project bench/playground lend their history to others.

-- Everything below refers to what was made above it; checking each reference would take longer than making it.
set local session_replication_role = replica;

-- Indexes are made again at the end: to sort all keys at once takes less than to find the place of each.
create temp table put_off as
select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as made
from pg_index i
where i.indrelid = any ('{runs,run_words,run_values,artifacts,versions,events,event_subjects,manifest_entries,lineage}'::regclass[])
and not exists (select from pg_constraint c where c.conindid = i.indexrelid);
do $$
declare q text;
begin
	for q in select 'drop index ' || name from put_off loop execute q; end loop;
end $$;

create temp table size as
select current_setting('dataset.models')::int as models, current_setting('dataset.versions')::int as versions,
	current_setting('dataset.runs')::int as runs, date_trunc('second', now()) - interval '365 days' as began, interval '365 days' as span,
	(select min(id) from entities where kind = 'organization') as organization;

-- A number in [0, 1) that is always the same for the same thing.
create function pg_temp.luck(bigint, text) returns double precision language sql immutable parallel safe as $$
	select ((hashint8extended($1, hashtext($2)) >> 11) & ((1::bigint << 52) - 1)) / (1::bigint << 52)::double precision
$$;
create function pg_temp.one_of(text[], bigint, text) returns text language sql immutable parallel safe as $$
	select $1[1 + floor(pg_temp.luck($2, $3) * cardinality($1))::int]
$$;

-- What happened, to be written into the log in the order in which it did.
create temp table told (
	at timestamptz, place_id bigint, actor_id bigint, door text, name text, payload json, kinds text[], ids bigint[]
);

---------------------------------------------------------------- people, teams, registries, projects

create temp table team as
select row_number() over (order by name) as n, nextval(pg_get_serial_sequence('entities', 'id')) as id, name
from unnest('{vision,language,forecasting}'::text[]) as t (name);

create temp table person as
select row_number() over () as n, nextval(pg_get_serial_sequence('entities', 'id')) as id, lower(split_part(full_name, ' ', 1)) as name, full_name
from unnest('{Amelia Brandt,Boris Chen,Carla Diaz,Daniel Eze,Elif Fischer,Farid Gupta,Greta Hansen,Hugo Ito,Ines Jensen,Jonas Keller,Kofi Larsen,Lena Moreau}'::text[]) as p (full_name);

insert into entities (id, kind, name, organization_id, created_at) overriding system value
select id, 'team', name, organization, began from team, size
union all
select id, 'person', name, null, began from person, size;

insert into people (id, full_name, email, default_entity_id)
select p.id, p.full_name, p.name || '@example.com', t.id
from person p
join team t on t.n = 1 + p.n % 3;

insert into members (entity_id, person_id, role, since)
select organization, id, 'member', began from person, size
union all
select t.id, p.id, case when p.n <= 3 then 'admin' when p.n = 12 then 'viewer' else 'member' end, began
from person p
join team t on t.n = 1 + p.n % 3, size;

insert into places (entity_id, kind, name, created_by, created_at)
select e.id, 'registry', 'model-registry', 0, began from (select id from team union all select id from person) e, size;

insert into stages (place_id, name, position, color)
select p.id, s.name, s.position, s.color
from places p
cross join (values ('staging', 1, 'staging'), ('production', 2, 'production')) as s (name, position, color)
where not exists (select from stages have where have.place_id = p.id) and p.kind = 'registry';

insert into told
select e.created_at, 0, 0, 'command line', 'entity.created', json_build_object('kind', e.kind, 'name', e.name), array['entity'], array[e.id]
from entities e, size
where e.created_at = began
union all
select p.created_at, p.id, 0, 'command line', 'place.created', json_build_object('kind', p.kind, 'place', e.name || '/' || p.name), array['place', 'entity'], array[p.id, e.id]
from places p
join entities e on e.id = p.entity_id, size
where p.created_at = began
union all
select m.since, 0, 0, 'command line', 'member.added', json_build_object('entity', e.name, 'person', p.name, 'role', m.role), array['entity', 'entity'], array[e.id, p.id]
from members m
join entities e on e.id = m.entity_id
join entities p on p.id = m.person_id, size
where m.since = began;

-- The first project has three fifths of the runs.
create temp table project as
select p.n, nextval(pg_get_serial_sequence('places', 'id')) as id, t.id as team_id, t.name as team,
	pg_temp.one_of('{churn,fraud,demand,search,vision,speech,pricing,routing}', p.n, 'topic') || '-' ||
		pg_temp.one_of('{baseline,transformer,boosting,distilled,nightly}', p.n, 'way') || '-' || p.n as name,
	case p.n when 1 then ceil(runs * 0.6)::int else greatest(1, floor(runs * 0.4 * p.share / sum(p.share) over ()))::int end as runs
from (
	select n, case n when 1 then 0 else 1.0 / (n + 3) end as share
	from size
	cross join lateral generate_series(1, least(40, greatest(8, models / 250))) as n
) p
join team t on t.n = 1 + p.n % 3, size;

insert into places (id, entity_id, kind, name, created_by, created_at) overriding system value
select p.id, p.team_id, 'project', p.name, w.id, began from project p join person w on w.n = 1 + p.n % 12, size;

insert into told
select began, p.id, w.id, 'wandb', 'place.created', json_build_object('kind', 'project', 'place', p.team || '/' || p.name), array['place', 'entity'], array[p.id, p.team_id]
from project p
join person w on w.n = 1 + p.n % 12, size;

---------------------------------------------------------------- runs

-- Evenly over the year; the newest tenth has its history still, borrowed from the playground.
create temp table lender as
select r.id, row_number() over (order by r.name) - 1 as n, count(*) over () as lenders, p.last_step, p.history_lines, p.summary, p.output_lines, p.event_lines
from runs r
join run_progress p on p.run_id = r.id
join places at on at.id = r.place_id and at.name = 'playground'
where r.name like 'short-%';

create temp table run as
select nextval(pg_get_serial_sequence('runs', 'id')) as id, r.*
from (
	select p.id as project_id, p.team || '/' || p.name as project, k as n, p.runs, substr(md5(p.name || k), 1, 10) as name, w.id as maker,
		began + span * ((k - 0.5) / p.runs) as at, pg_temp.luck(k, p.name || 'luck') as luck,
		case when chance < 0.86 then 'finished' when chance < 0.94 then 'failed' when chance < 0.98 then 'crashed' else 'killed' end as state,
		case when k > p.runs * 0.9 then (select l.n from lender l where l.n = k % l.lenders) end as lender
	from project p
	cross join lateral generate_series(1, p.runs) as k
	cross join lateral pg_temp.luck(k, p.name) as chance
	join person w on w.n = 1 + (k * 7 + p.n) % 12, size
	order by at
) r;
create index on run (project_id, n);
analyze run;

insert into runs (id, place_id, name, display_name, notes, group_name, job_type, host, program, commit, tags, config, state, exit_code, created_by, created_at, ended_at)
overriding system value
select id, project_id, name,
	pg_temp.one_of('{calm,brisk,quiet,amber,mossy,silver,golden,lucid}', id, 'adjective') || '-' || pg_temp.one_of('{river,meadow,harbor,summit,lantern,orchard}', id, 'noun') || '-' || n,
	case when id % 17 = 0 then 'Longer warm-up, otherwise as before.' else '' end,
	case when id % 4 = 0 then 'sweep-' || id / 400 else '' end, case when id % 5 = 0 then 'eval' else 'train' end,
	'gpu-' || id % 24, 'train.py', md5('commit' || id / 50),
	case id % 6 when 0 then '{baseline}' when 1 then '{nightly,large}' else '{}' end::text[],
	format('{"lr":{"value":%s},"batch_size":{"value":%s},"epochs":{"value":%s},"seed":{"value":%s},"optimizer":{"value":"%s"},"weight_decay":{"value":0.01},"warmup_steps":{"value":500},"dropout":{"value":0.1},"model":{"value":{"name":"%s","layers":%s,"hidden":%s}},"data":{"value":{"path":"s3://datasets/%s","rows":%s,"split":[0.8,0.1,0.1]}},"fp16":{"value":true},"scheduler":{"value":"cosine"},"_wandb":{"value":{"python_version":"3.11.9","cli_version":"0.31.0","framework":"torch","t":{"1":[1,5,53],"3":[2,13,16],"4":"3.11.9","5":"0.31.0","12":"0.31.0"}}}}',
		round((10 ^ (-5 + 3 * luck))::numeric, 7), 2 ^ (4 + id % 5), 5 + id % 30, id % 1000, pg_temp.one_of('{adamw,sgd,lamb}', id, 'opt'),
		pg_temp.one_of('{resnet50,bert-base,xgboost,tft,vit-b16}', id, 'arch'), 6 + id % 18, 128 * (1 + id % 8), project, 10000 * (1 + id % 90)),
	state, case state when 'finished' then 0 when 'failed' then 1 end, maker, at, at + interval '1 minute' * (5 + 200 * luck)
from run
order by at;

insert into run_progress (run_id, heartbeat_at, summary, history_lines, event_lines, output_lines, last_step)
select r.id, r.at + interval '1 minute' * (5 + 200 * r.luck),
	coalesce(l.summary, format('{"_runtime":%s,"_step":%s,"_timestamp":%s,"_wandb":{"runtime":%s},"epoch":%s,"train/loss":%s,"val/loss":%s,"val/accuracy":%s,"val/f1":%s,"lr":%s,"grad_norm":%s,"throughput":%s,"gpu_memory":%s}',
		round((60 * (5 + 200 * r.luck))::numeric, 3), 99 + r.n % 400, round(extract(epoch from r.at) + 300, 3), floor(60 * (5 + 200 * r.luck)), 5 + r.id % 30,
		round((0.1 + 0.9 * r.luck)::numeric, 6), round((0.2 + 0.9 * r.luck)::numeric, 6), round((0.6 + 0.38 * (1 - r.luck))::numeric, 6), round((0.5 + 0.45 * (1 - r.luck))::numeric, 6),
		1e-5, round((2 * r.luck)::numeric, 5), round((800 + 400 * r.luck)::numeric, 2), round((30 + 40 * r.luck)::numeric, 2))),
	coalesce(l.history_lines, 100 + r.n % 400), coalesce(l.event_lines, 0), coalesce(l.output_lines, 0), coalesce(l.last_step, 99 + r.n % 400)
from run r
left join lender l on l.n = r.lender
order by r.id;

-- What can be filtered by: the keys of config and summary, one level of objects among them.
create temp table value as
select r.id as run_id, r.place_id, v.name, case json_typeof(v.value) when 'number' then v.value::text::double precision end as num,
	case json_typeof(v.value) when 'number' then null else coalesce(v.value #>> '{}', '') end as text
from runs r
join run_progress p on p.run_id = r.id
cross join lateral (
	select 'config.' || c.key || coalesce('.' || i.key, '') as name, coalesce(i.value, c.value -> 'value') as value
	from json_each(r.config::json) c
	left join lateral json_each(case json_typeof(c.value -> 'value') when 'object' then c.value -> 'value' else '{}' end) i on true
	where c.key not like '\_%'
	union all
	select 'summary.' || s.key, s.value from json_each(p.summary::json) s where s.key not like '\_%') v
where r.id in (select id from run);

insert into run_keys (place_id, name)
select distinct place_id, name from value order by place_id, name;

insert into run_values (run_id, key_id, num, text)
select v.run_id, k.id, v.num, v.text
from value v
join run_keys k on k.place_id = v.place_id and k.name = v.name
order by v.run_id, k.id;
drop table value;

insert into history_blocks (run_id, stream, writer, line0, n, step0, step1, raw)
select r.id, b.stream, b.writer, b.line0, b.n, b.step0, b.step1, b.raw
from run r
join lender l on l.n = r.lender
join history_blocks b on b.run_id = l.id;

insert into metric_chunks (run_id, key, writer, line0, lines, n, step0, stride, steps, vmin, vmax, odd, agg, v)
select r.id, c.key, c.writer, c.line0, c.lines, c.n, c.step0, c.stride, c.steps, c.vmin, c.vmax, c.odd, c.agg, c.v
from run r
join lender l on l.n = r.lender
join metric_chunks c on c.run_id = l.id;

insert into run_words (run_id, place_id, created_by, created_at, title, words)
select r.id, r.place_id, r.created_by, r.created_at, r.display_name, lower(concat_ws(' ', r.display_name, r.name, array_to_string(r.tags, ' '), r.group_name, r.job_type, left(r.notes, 1000)))
from runs r
where r.id in (select id from run)
order by r.id;

insert into run_tags (place_id, tag, run_id)
select distinct place_id, tag, id from runs, unnest(tags) as tag where id in (select id from run) order by place_id, tag, id;

insert into run_counts (place_id, state, runs)
select place_id, state, count(*) from runs where id in (select id from run) and deleted_at is null group by place_id, state;

insert into told
select at, project_id, maker, 'wandb', 'run.created', json_build_object('run', project || '/runs/' || name, 'display_name', name), array['run', 'place'], array[id, project_id] from run
union all
select at + interval '1 minute' * (5 + 200 * luck), project_id, maker, 'wandb', 'run.ended', json_build_object('run', project || '/runs/' || name, 'state', state), array['run', 'place'], array[id, project_id] from run;

---------------------------------------------------------------- models, and the sources their versions were logged to

create temp table shelf as
select row_number() over (order by p.id) as n, p.id, case when p.name = 'model-registry' then e.name || '/model-registry' else e.name || '/registry/' || p.name end as address, p.name
from places p
join entities e on e.id = p.entity_id
where p.kind = 'registry' and (e.id in (select id from team) or p.name in ('model', 'dataset'));

-- Most have few versions, one has a tenth of all.
create temp table model as
select m.n, nextval(pg_get_serial_sequence('collections', 'id')) as id, nextval(pg_get_serial_sequence('collections', 'id')) as source_id,
	s.id as place_id, s.address, case when s.name = 'dataset' then 'dataset' else 'model' end as type,
	p.id as project_id, p.n as project_n, p.team || '/' || p.name as project, p.team_id, p.runs, w.id as maker,
	pg_temp.one_of('{churn,fraud,demand,basket,ranking,speech,toxicity,defects,invoices,routes,prices,anomaly,intent,summary,captions}', m.n, 'topic') || '-' ||
		pg_temp.one_of('{forecast,classifier,detector,embedder,scorer,segmenter,tagger}', m.n, 'task') || '-' || m.n as name,
	m.versions, began + span * (0.85 * pg_temp.luck(m.n, 'begun')) as begun
from (
	select n, case n when 1 then versions / 10 else 1 + (floor(rest * sum(weight) over up / sum(weight) over ())
		- coalesce(floor(rest * (sum(weight) over up - weight) / sum(weight) over ()), 0))::int end as versions
	from (
		select n, versions, versions - versions / 10 - models + 1 as rest, case n when 1 then 0 else 1.0 / (n + 20) end as weight
		from size, generate_series(1, models) as n
	) w
	window up as (order by n)
) m
join project p on p.n = case m.n when 1 then 1 else 1 + (hashint4(m.n) & 1048575) % (select count(*) from project) end
join shelf s on case
	when m.n % 10 < 4 then s.name = 'model'
	when m.n % 10 = 4 then s.name = 'dataset'
	else s.address = p.team || '/model-registry' end
join person w on w.n = 1 + m.n % 12, size;

insert into collections (id, place_id, kind, name, type, created_by, created_at, changed_at) overriding system value
select id, place_id, 'model', name, type, maker, begun, begun from model
union all
select source_id, project_id, 'source', name || '-train', type, maker, begun, begun from model;

insert into told
select begun, project_id, maker, 'wandb', 'collection.created', json_build_object('kind', 'source', 'collection', project || '/' || name || '-train', 'type', type), array['collection'], array[source_id] from model
union all
select begun, place_id, maker, 'wandb', 'collection.created', json_build_object('kind', 'model', 'collection', address || '/' || name, 'type', type), array['collection'], array[id] from model;

---------------------------------------------------------------- what the files hold: eight texts

create temp table content as
select n, repeat('Weights of a benchmark. ', n * 40) as text from generate_series(1, 8) as n;

insert into blobs (owner_id, sha256, md5, size, made_at)
select t.id, sha256(convert_to(c.text, 'UTF8')), decode(md5(c.text), 'hex'), octet_length(c.text), began from team t, content c, size;

create temp table stored as
select b.id, b.owner_id, b.size, encode(b.md5, 'base64') as digest, row_number() over (partition by b.owner_id order by b.size) as n from blobs b join team t on t.id = b.owner_id;

---------------------------------------------------------------- versions: each linked one, and one in five that was not

create temp table version as
select nextval(pg_get_serial_sequence('artifacts', 'id')) as id, v.*, r.id as run_id, r.name as run_name
from (
	select m.n as model_n, m.id as model_id, m.source_id, m.project_id, m.project, m.team_id, m.place_id, m.address, m.name, m.type, m.maker, m.runs, k, linked,
		at, row_number() over (partition by m.n order by at, k) - 1 as source_number,
		case when linked then count(*) filter (where linked) over (partition by m.n order by at, k) - 1 end as number,
		greatest(1, floor(extract(epoch from at - began) / extract(epoch from span) * m.runs)::int) as run_n
	from size
	cross join model m
	cross join lateral generate_series(1, m.versions + m.versions / 5) as k
	cross join lateral (select k <= m.versions as linked) l
	cross join lateral (select m.begun + (began + span - m.begun) * case when linked
		then (k - 0.9 * pg_temp.luck(m.n * 100000 + k, 'when')) / m.versions
		else pg_temp.luck(m.n * 100000 + k, 'unlinked') end as at) t
	order by at
) v
join run r on r.project_id = v.project_id and r.n = v.run_n
order by v.at;
create index on version (model_n, number);
analyze version;

insert into artifacts (id, collection_id, state, digest, description, metadata, tags, size, file_count, history_step, run_id, created_by, created_at, updated_at, committed_at)
overriding system value
select v.id, v.source_id, 'committed', md5('artifact' || v.id), case when v.id % 9 = 0 then 'Trained on the data of the week before, with the usual filters.' else '' end,
	json_build_object('framework', 'torch', 'epoch', v.id % 30, 'dataset', v.project || ':v' || v.id % 50, 'classes', 12, 'schema', json_build_object('inputs', 28, 'outputs', 1)),
	case v.id % 8 when 0 then '{reviewed}' when 1 then '{reviewed,quantized}' else '{}' end::text[],
	case when v.id % 100 = 0 then f.size + f.shards else f.size end, case when v.id % 100 = 0 then 203 else 3 end, case when v.id % 3 = 0 then p.last_step else p.last_step / 2 + v.id % 20 end, v.run_id, v.maker, v.at, v.at, v.at
from version v
join run_progress p on p.run_id = v.run_id
cross join (select sum(octet_length(text)) filter (where n in (1, 4, 8)) as size, 25 * sum(octet_length(text)) as shards from content) f
order by v.id;

create temp table standing as
select nextval(pg_get_serial_sequence('versions', 'id')) as id, collection_id, number, artifact_id, maker, at
from (
	select source_id as collection_id, source_number as number, id as artifact_id, maker, at from version
	union all
	select model_id, number, id, maker, at + interval '1 second' from version where linked
	order by 5
) s;
insert into versions (id, collection_id, number, artifact_id, linked_by, linked_at) overriding system value
select id, collection_id, number, artifact_id, maker, at from standing order by id;
create index on standing (collection_id, number);
create index on standing (artifact_id);
analyze standing;

update collections c
set next_number = n.next_number, versions = n.next_number, changed_at = n.at,
	description = case when c.kind = 'model' and c.id % 3 = 0 then
		'## What it does' || e'\n\n' || 'Scores every account each night. **Owner:** the team on call.' || e'\n\n' ||
		'| slice | accuracy |' || e'\n|---|---|\n' || '| all | 0.91 |' || e'\n' || '| new customers | 0.84 |' || e'\n\n' ||
		repeat('Trained on twelve months of history; rows without a label are left out. ', 8) else '' end,
	tags = case when c.kind <> 'model' then '{}' else case c.id % 5 when 0 then '{tabular}' when 1 then '{nlp,production-ready}' when 2 then '{vision,edge,quantized}' else '{}' end::text[] end
from (select collection_id, max(number) + 1 as next_number, max(at) as at from standing group by collection_id) n
where n.collection_id = c.id;

insert into model_counts (place_id, type, models, versions)
select place_id, type, count(*), sum(versions) from collections where id in (select collection_id from standing) and kind = 'model' group by place_id, type;

insert into model_words (collection_id, words)
select c.id, lower(concat_ws(' ', c.name, c.type, array_to_string(c.tags, ' '), left(c.description, 4000)))
from collections c
where c.id in (select id from model)
order by c.id;

insert into model_tags (place_id, tag, collection_id)
select c.place_id, t.tag, c.id
from collections c
cross join unnest(c.tags) as t (tag)
where c.id in (select id from model);

-- latest everywhere; stages on most models, and a few other aliases. The largest model is released every fortieth version.
create temp table alias as
select s.collection_id, 'latest' as name, s.id as version_id, s.artifact_id, s.maker, s.at, s.number, null::bigint as model_n
from standing s
join (select collection_id, max(number) as number from standing group by collection_id) newest using (collection_id, number)
union all
select s.collection_id, a.name, s.id, s.artifact_id, s.maker, s.at + interval '1 minute' * a.minutes, s.number, m.n
from model m
cross join lateral (values
	('production', (m.versions * 0.7)::int, 40, m.n % 10 < 6),
	('staging', (m.versions * 0.9)::int, 30, m.n % 10 < 4),
	('candidate', m.versions - 1, 2, m.n % 7 = 0),
	('best', (m.versions * pg_temp.luck(m.n, 'best'))::int, 3, m.n % 4 = 0)) as a (name, number, minutes, there)
join standing s on s.collection_id = m.id and s.number = least(a.number, m.versions - 1)
where a.there
union all
select s.collection_id, 'release-' || s.number, s.id, s.artifact_id, s.maker, s.at, s.number, m.n
from model m
join standing s on s.collection_id = m.id and s.number % 40 = 39
where m.n <= greatest(1, (select models from size) / 500);

insert into aliases (collection_id, name, version_id, set_by, set_at)
select collection_id, name, version_id, maker, least(at, (select began + span from size)) from alias order by at;

insert into model_stages (collection_id, stage, place_id, type)
select c.id, coalesce(held.stage, ''), c.place_id, c.type
from collections c
left join (select collection_id, place_id, s.name as stage from aliases a join stages s on s.name = a.name) held on held.collection_id = c.id and held.place_id = c.place_id
where c.id in (select collection_id from standing) and c.kind = 'model'
order by 2, 3, 4, 1;

insert into told
select v.at, v.project_id, v.maker, 'wandb', 'artifact.committed',
	json_build_object('version', v.project || '/' || v.name || '-train:v' || v.source_number, 'type', v.type, 'run', v.run_name, 'digest', md5('artifact' || v.id), 'size', a.size, 'file_count', a.file_count),
	array['artifact', 'version', 'collection', 'run'], array[v.id, s.id, v.source_id, v.run_id]
from version v
join artifacts a on a.id = v.id
join standing s on s.artifact_id = v.id and s.collection_id = v.source_id
union all
select s.at, v.place_id, v.maker, 'wandb', 'version.linked',
	json_build_object('version', v.address || '/' || v.name || ':v' || v.number, 'source', v.name || '-train:v' || v.source_number, 'type', v.type, 'digest', md5('artifact' || v.id)),
	array['version', 'artifact', 'collection'], array[s.id, v.id, v.model_id]
from version v
join standing s on s.artifact_id = v.id and s.collection_id = v.model_id
where v.linked
union all
select least(a.at, began + span), m.place_id, a.maker, 'browser', 'alias.set', json_build_object('version', m.address || '/' || m.name || ':v' || a.number, 'alias', a.name),
	array['version', 'artifact', 'collection'], array[a.version_id, a.artifact_id, m.id]
from alias a
join model m on m.n = a.model_n, size
where a.name <> 'latest';

---------------------------------------------------------------- files: three to a version, two hundred more in one of a hundred

insert into manifests (artifact_id, name, kind, blob_id)
select v.id, 'wandb_manifest.json', 'full', s.id from version v join stored s on s.owner_id = v.team_id and s.n = 1;

insert into manifest_entries (artifact_id, path, digest, size, blob_id)
select v.id, f.path, s.digest, s.size, s.id
from version v
cross join (values ('model.safetensors', 8), ('config.json', 1), ('tokenizer/vocab.json', 4)) as f (path, n)
join stored s on s.owner_id = v.team_id and s.n = f.n
union all
select v.id, 'shards/' || part / 50 || '/part-' || lpad(part::text, 4, '0') || '.parquet', s.digest, s.size, s.id
from version v
cross join generate_series(1, 200) as part
join stored s on s.owner_id = v.team_id and s.n = 1 + part % 8
where v.id % 100 = 0
order by 1, 2;

insert into run_files (run_id, name, blob_id, updated_at)
select r.id, f.name, s.id, r.at
from run r
join project p on p.id = r.project_id
cross join (values ('config.yaml', 1), ('wandb-metadata.json', 2), ('wandb-summary.json', 3), ('requirements.txt', 4)) as f (name, n)
join stored s on s.owner_id = p.team_id and s.n = f.n
where r.lender is not null;

---------------------------------------------------------------- lineage: made and used

insert into lineage (run_id, artifact_id, direction, at)
select run_id, id, 'made', at from version;

-- Every run reads a data set of its team, the popular ones much more often.
create temp table data as
select id, team_id, row_number() over (partition by team_id order by id) as n, count(*) over (partition by team_id) as total from version where type = 'dataset';
insert into lineage (run_id, artifact_id, direction, at)
select r.id, d.id, 'used', r.at
from run r
join project p on p.id = r.project_id
join (select distinct team_id, total from data) t on t.team_id = p.team_id
join data d on d.team_id = p.team_id and d.n = 1 + floor(t.total * r.luck ^ 3)
where not exists (select from version v where v.id = d.id and v.run_id = r.id);

---------------------------------------------------------------- the log

create temp table entry as
select nextval(pg_get_serial_sequence('events', 'id')) as id, told.* from (select * from told order by at) told;

insert into events (id, at, organization_id, place_id, actor_id, actor, door, key_id, name, payload) overriding system value
select e.id, e.at, organization, e.place_id, e.actor_id, coalesce(p.name, 'greenroom'), e.door, 0, e.name, e.payload
from entry e
left join person p on p.id = e.actor_id, size
order by e.id;

insert into event_subjects (kind, subject_id, event_id)
select distinct s.kind, s.subject_id, e.id
from entry e
cross join lateral unnest(e.kinds, e.ids) as s (kind, subject_id)
where s.subject_id <> 0
order by s.kind, s.subject_id, e.id;

do $$
declare q text;
begin
	for q in select made from put_off loop execute q; end loop;
end $$;
