package e2e

import (
	"io"
	"math"
	"math/rand/v2"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// A gate is a TCP address in front of another one, where a test decides what comes through.
type gate struct {
	t    *testing.T
	addr string
	dial func() (net.Conn, error)

	mu       sync.Mutex
	mood     mood
	listener net.Listener // nil while refused
	conns    map[net.Conn]bool
	fate     func() int64 // how many bytes a connection carries before it is cut, nil for any number
	cuts     int
}

// mood is how a gate treats connections.
type mood string

const (
	open    mood = "open"
	refused mood = "refused" // nobody listens
	dropped mood = "dropped" // taken and closed at once
	frozen  mood = "frozen"  // taken, and nothing is ever said
)

func newGate(t *testing.T, network, target string, fate func() int64) *gate {
	t.Helper()
	g := &gate{t: t, addr: freeAddr(t), conns: map[net.Conn]bool{}, fate: fate, dial: func() (net.Conn, error) { return net.Dial(network, target) }}
	g.turn(open)
	t.Cleanup(func() { g.turn(refused) })
	return g
}

// turn changes what happens to connections. Those that stand end.
func (g *gate) turn(to mood) {
	g.t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mood = to
	for c := range g.conns {
		_ = c.Close()
	}
	clear(g.conns)
	switch {
	case to == refused && g.listener != nil:
		_ = g.listener.Close()
		g.listener = nil
	case to != refused && g.listener == nil:
		await(g.t, time.Minute, "the port is free again, which somebody may have had meanwhile", func() bool {
			l, err := net.Listen("tcp", g.addr)
			if err == nil {
				g.listener = l
			}
			return err == nil
		})
		go g.serve(g.listener)
	}
}

func (g *gate) serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go g.pass(c)
	}
}

// pass carries bytes both ways until one side ends or the connection has carried what it is fated to.
func (g *gate) pass(c net.Conn) {
	defer c.Close()
	left, ok := g.admit(c)
	if !ok {
		return
	}
	target, err := g.dial()
	if err != nil {
		return
	}
	defer target.Close()
	if _, ok := g.admit(target); !ok {
		return
	}
	l := &line{gate: g, left: left}
	go func() {
		defer c.Close()
		_, _ = io.Copy(c, l.from(target))
	}()
	_, _ = io.Copy(target, l.from(c))
}

func (g *gate) admit(c net.Conn) (left int64, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.mood == refused || g.mood == dropped {
		return 0, false
	}
	g.conns[c] = true
	if g.fate == nil {
		return -1, true
	}
	return g.fate(), true
}

// A line is one connection through a gate.
type line struct {
	gate *gate

	mu   sync.Mutex
	left int64 // bytes until it is cut, in both directions together; below 0 for ever
}

func (l *line) from(r io.Reader) io.Reader {
	return reading(func(b []byte) (int, error) {
		for {
			n, err := r.Read(b)
			if !l.gate.is(frozen) {
				return l.spend(n, err)
			}
			if err != nil {
				return 0, err
			}
		}
	})
}

// spend lets through as much of n bytes as the line still carries.
func (l *line) spend(n int, err error) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left < 0 {
		return n, err
	}
	if int64(n) < l.left {
		l.left -= int64(n)
		return n, err
	}
	n = int(l.left)
	l.left = 0
	l.gate.mu.Lock()
	l.gate.cuts++
	l.gate.mu.Unlock()
	return n, io.ErrClosedPipe
}

func (g *gate) is(m mood) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.mood == m
}

func (g *gate) cut() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.cuts
}

type reading func(b []byte) (int, error)

func (r reading) Read(b []byte) (int, error) { return r(b) }

// doomed gives out how many bytes connections carry: at random, at first about 200 kB, and more with each that was cut, so
// that everything arrives in the end.
func (g *gate) doomed(seed uint64) func() int64 {
	random := rand.New(rand.NewPCG(seed, 0))
	before := g.cuts
	return func() int64 { return int64(random.ExpFloat64() * 200e3 * math.Pow(1.25, float64(g.cuts-before))) }
}

// doom makes every new connection end after a random number of bytes, and ends those that stand.
func (g *gate) doom(seed uint64) (before int) {
	g.turn(refused)
	g.mu.Lock()
	g.fate, before = g.doomed(seed), g.cuts
	g.mu.Unlock()
	g.turn(open)
	return before
}

// quick makes clients that would come back after seconds come back at once.
var quick = []string{
	"WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL=1",
	"WANDB_X_FILE_STREAM_RETRY_WAIT_MIN_SECONDS=0.1", "WANDB_X_FILE_STREAM_RETRY_WAIT_MAX_SECONDS=1",
	"WANDB_X_FILE_TRANSFER_RETRY_WAIT_MIN_SECONDS=0.1", "WANDB_X_FILE_TRANSFER_RETRY_WAIT_MAX_SECONDS=1", "WANDB_X_FILE_TRANSFER_RETRY_MAX=1000",
	"WANDB_X_GRAPHQL_RETRY_WAIT_MIN_SECONDS=0.1", "WANDB_X_GRAPHQL_RETRY_WAIT_MAX_SECONDS=1", "WANDB_X_GRAPHQL_RETRY_MAX=1000",
}

const longTraining = `
import pathlib, random
run = wandb.init(project="cats", id="cut", config={"lr": 0.1})
print("BEGUN", flush=True)
input()
noise = random.Random(7)
saved = {f"notes/{i}.bin": noise.randbytes(100_000 * i) for i in range(1, 5)}
for name, data in saved.items():
    pathlib.Path(name).parent.mkdir(exist_ok=True)
    pathlib.Path(name).write_bytes(data)
    run.save(name)
rows = [{f"m{j}": i * 20 + j for j in range(20)} for i in range(2000)]
for row in rows:
    run.log(row)
parts = {f"part{i}.bin": noise.randbytes(150_000 * i) for i in range(7)}
net = wandb.Artifact("net", type="model", metadata={"parts": 7})
for name, data in parts.items():
    with net.new_file(name, mode="wb") as f:
        f.write(data)
while True:
    try:
        run.log_artifact(net, aliases=["good"])
        break
    except wandb.errors.AuthenticationError:  # this client asks once who it is, and gives up when that is cut
        pass
run.finish()
print("LOGGED", flush=True)
input()
def again(what):  # clients give up a download that breaks
    for _ in range(50):
        try:
            return what()
        except Exception as e:
            print("again after", type(e), e, flush=True)
    return what()
api = again(wandb.Api)
got = pathlib.Path(again(lambda: api.artifact(f"{run.entity}/cats/net:good").download()))
r = again(lambda: api.run(f"{run.entity}/cats/cut"))
for name in saved:
    again(lambda: r.file(name).download(root="back", replace=True))
tell(state=r.state, rows=again(lambda: [{k: v for k, v in h.items() if k[0] == "m"} for h in r.scan_history()]) == rows, config=r.config,
    parts={name: (got / name).read_bytes() for name in parts} == parts, made=again(lambda: [a.name for a in r.logged_artifacts()]), runs=again(lambda: len(api.runs(f"{run.entity}/cats"))),
    saved={name: (pathlib.Path("back") / name).read_bytes() for name in saved} == saved)
`

// However often the connection breaks, every point and every byte is there, once.
func TestConnectionsThatAreCut(t *testing.T) {
	t.Parallel()
	for _, client := range []string{newest, "0.16.6"} {
		t.Run(client, func(t *testing.T) {
			t.Parallel()
			seed := rand.Uint64()
			t.Logf("the seed is %d", seed)
			addr := freeAddr(t)
			g := newGate(t, "tcp", addr, nil)
			s := &server{t: t, program: program, data: filepath.Join(t.TempDir(), "data"), addr: addr, public: g.addr}
			if err := letIn(filepath.Dir(filepath.Dir(s.data))); err != nil {
				t.Fatal(err)
			}
			s.start()
			ada := s.newPerson("ada")
			r := deskOf(t, s, ada, client, quick...).run(preamble + longTraining)
			r.says("BEGUN") // what a client asks before a run begins it asks once
			before := g.doom(seed)
			r.goOn()
			r.says("LOGGED")
			t.Logf("%d connections were cut on the way in", g.cut()-before)
			before = g.doom(seed + 1)
			r.goOn()
			tells(t, "after its connections were cut, the run", r, said{"state": "finished", "rows": true, "config": said{"lr": 0.1}, "parts": true,
				"made": []any{"net:v0"}, "runs": 1.0, "saved": true})
			t.Logf("%d connections were cut on the way out", g.cut()-before)
		})
	}
}
