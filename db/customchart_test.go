package db_test

import (
	"fmt"
	"strings"
	"testing"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

func chartOf(entity, name string, access registry.ChartAccess) registry.CustomChart {
	return registry.CustomChart{EntityName: entity, Name: name, DisplayName: "A chart", Type: "vega2", Access: access, Spec: `{"mark":"bar"}`}
}

func TestCreateChart(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	ctx := t.Context()
	for _, tc := range []struct {
		by           registry.Actor
		entity, name string
		want         string
	}{
		{h.Bob, "vision", "bars", "vision/bars"},
		{h.Bob, "VISION", "lines", "vision/lines"},
		{h.Bob, "", "points", "vision/points"}, // where his runs go
		{h.Eve, "eve", "bars", "eve/bars"},
	} {
		ref, err := d.CreateChart(ctx, tc.by, chartOf(tc.entity, tc.name, registry.PrivateChart))
		if must(t, err); ref.String() != tc.want {
			t.Errorf("the chart is %s, want %s", ref, tc.want)
		}
	}
	events := told(t, d, h.Team.ID)
	if got := strings.Join(events[len(events)-3:], " "); got != "chart.created chart.created chart.created" {
		t.Errorf("the log tells %v", events)
	}
	create := func(by registry.Actor, chart registry.CustomChart) error {
		_, err := d.CreateChart(ctx, by, chart)
		return err
	}
	wantKind(t, "a name that is taken", create(h.Ada, chartOf("vision", "BARS", registry.PublicChart)), registry.Conflict)
	wantKind(t, "a viewer", create(h.Vera, chartOf("vision", "mine", registry.PrivateChart)), registry.Denied)
	wantKind(t, "a stranger", create(h.Eve, chartOf("vision", "mine", registry.PrivateChart)), registry.NotFound)
	wantKind(t, "somebody else's", create(h.Ada, chartOf("bob", "mine", registry.PrivateChart)), registry.NotFound)
	wantKind(t, "no such team", create(h.Ada, chartOf("none", "mine", registry.PrivateChart)), registry.NotFound)
	wantKind(t, "a name that cannot be", create(h.Bob, chartOf("vision", "a/b", registry.PrivateChart)), registry.Invalid)
	reads := h.Bob
	reads.Scope, reads.KeyID = registry.ScopeRead, 1
	wantKind(t, "a key that only reads", create(reads, chartOf("vision", "mine", registry.PrivateChart)), registry.Denied)
	if after := told(t, d, h.Team.ID); len(after) != len(events) {
		t.Errorf("what was refused is told: %v", after[len(events):])
	}
}

// As many charts as there can be are made by some at once, and no more.
func TestRoomForCharts(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	const fill = `
		insert into custom_charts (entity_id, name, display_name, type, access, spec, created_by, created_at)
		select $1, 'c' || n, '', 'vega2', 'PUBLIC', '{}', 0, now() from generate_series(3, $2) as n`
	must(t, dbtest.Exec(t, d, fill, h.Team.ID, registry.MaxCharts))
	errs := atOnce(4, func(i int) error {
		_, err := d.CreateChart(t.Context(), h.Bob, chartOf("vision", fmt.Sprint("more ", i), registry.PrivateChart))
		return err
	})
	if n := succeeded(errs); n != 2 {
		t.Errorf("%d found room for two: %v", n, errs)
	}
}

// chartsOf returns which charts somebody finds on the page of the training, by the key of the plot.
func chartsOf(t *testing.T, d *db.DB, by registry.Actor) string {
	t.Helper()
	var found []string
	for _, item := range mediaOf(t, d, by, registry.MediaQuery{}).Items {
		if item.Chart != nil {
			found = append(found, item.Name+"="+item.Chart.Ref().String())
		}
	}
	return strings.Join(found, " ")
}

// A run's config may name any chart: who looks sees only what they may see anyway.
func TestWhoseChartsDraw(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	ctx := t.Context()
	for by, charts := range map[*registry.Actor][]registry.CustomChart{
		&h.Bob: {chartOf("vision", "own", registry.PrivateChart), chartOf("bob", "private", registry.PrivateChart), chartOf("bob", "public", registry.PublicChart)},
		&h.Eve: {chartOf("eve", "private", registry.PrivateChart), chartOf("eve", "public", registry.PublicChart)},
	} {
		for _, c := range charts {
			_, err := d.CreateChart(ctx, *by, c)
			must(t, err)
		}
	}
	var visualize, values []string
	for i, panel := range []string{"Vision/OWN", "bob/private", "bob/public", "eve/private", "eve/public", "none/none", "vision/none", `a\u0000/b`} {
		visualize = append(visualize, fmt.Sprintf(`"k%d":{"panel_config":{"panelDefId":"%s"}}`, i, panel))
		values = append(values, fmt.Sprintf(`"k%d_table":{"_type":"table-file","path":"media/t.table.json"}`, i))
	}
	config := `{"_wandb":{"value":{"visualize":{` + strings.Join(visualize, ",") + `}}}}`
	_, _, err := d.UpsertRun(ctx, h.Bob, registry.RunEdit{Run: training, Config: &config})
	must(t, err)
	say(t, d, h.Bob, history(0, `{"_step":0,`+strings.Join(values, ",")+`}`))
	for _, tc := range []struct {
		by   registry.Actor
		want string
	}{
		{h.Bob, "k0=vision/own k1=bob/private k2=bob/public k4=eve/public"},
		{h.Vera, "k0=vision/own k2=bob/public k4=eve/public"},
		{dbtest.System, "k0=vision/own k1=bob/private k2=bob/public k3=eve/private k4=eve/public"},
	} {
		if got := chartsOf(t, d, tc.by); got != tc.want {
			t.Errorf("%s finds %s, want %s", tc.by.Name, got, tc.want)
		}
	}
	must(t, d.RenameEntity(ctx, h.Ada, "vision", "sight"))
	if item := mediaOf(t, d, h.Vera, registry.MediaQuery{Key: "k0_table"}).Items[0]; item.Chart == nil || item.Chart.Ref().String() != "sight/own" {
		t.Errorf("under the name that the team had, the chart is %+v", item.Chart)
	}
}
