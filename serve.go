package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os/user"
	"regexp"
	"strings"
	"syscall"
	"time"

	"greenroom/db"
	"greenroom/registry"
	"greenroom/worker"
)

// drain is how long requests may take to end after the server was told to.
const drain = 10 * time.Second

// serveCommand is `greenroom serve`.
type serveCommand struct {
	places

	Addr        string `default:"127.0.0.1:8080" from:"GREENROOM_ADDR" help:"Address to listen on."`
	URL         string `name:"url" from:"GREENROOM_URL" placeholder:"URL" help:"The address people and clients use, such as https://greenroom.example.com; needed unless the server listens on this machine only."`
	Secret      string `from:"GREENROOM_SECRET" placeholder:"TEXT" help:"Signs cookies, addresses and seals; made once and kept in the data folder unless given. Needed with a Postgres of your own."`
	KeyRate     int    `default:"${key_rate}" from:"GREENROOM_KEY_RATE" placeholder:"NUMBER" help:"Requests a second that an API key, or a person in a browser, may make; 0 for any number."`
	AddressRate int    `default:"${address_rate}" from:"GREENROOM_ADDRESS_RATE" placeholder:"NUMBER" help:"Requests a second that an address may make that nobody is signed in at; 0 for any number."`

	Debug bool `from:"GREENROOM_DEBUG" help:"Log more."`
}

// Run serves until ctx is done, then lets requests end and stops what it
// started.
func (c *serveCommand) Run(ctx context.Context, s shell) (err error) {
	log := s.logger(slog.LevelInfo)
	if c.Debug {
		log = s.logger(slog.LevelDebug)
	}
	if err := c.check(); err != nil {
		return err
	}
	// First of all, so that a port in use is told before anything is touched.
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return listenError(c.Addr, err)
	}
	defer listener.Close() // closed by the server when all went well
	h, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	set, err := c.settings(listener.Addr().String(), log)
	if err != nil {
		return err
	}
	first, token, err := firstStart(ctx, h.db)
	if err != nil {
		return err
	}
	work := worker.New(h.db, worker.Config{SealKey: ed25519.NewKeyFromSeed(derive(set.secret, "seals")), Log: log})
	work.Start(ctx)
	defer work.Stop()
	h.live.Start(ctx)
	defer h.live.Stop()
	server := &http.Server{
		Handler:           newDoors(h, set),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	server.RegisterOnShutdown(h.live.Stop) // streams do not end by themselves
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	greet(s.out, set.url, first, token)
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	return shutDown(ctx, server, log)
}

// shutDown lets running requests end, for a while.
func shutDown(ctx context.Context, server *http.Server, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		log.Warn("requests were cut off", "after", drain)
		return server.Close()
	}
	return err
}

// check refuses what would go wrong later.
func (c *serveCommand) check() error {
	if c.DatabaseURL != "" && c.Secret == "" {
		return errors.New("DATABASE_URL is set, so several servers may share it, and they need the same secret: set GREENROOM_SECRET, for example to the output of `openssl rand -hex 32`")
	}
	if c.Secret != "" && len(c.Secret) < 16 {
		return errors.New("GREENROOM_SECRET is too short to be one: use at least 16 characters, for example the output of `openssl rand -hex 32`")
	}
	if c.KeyRate < 0 || c.AddressRate < 0 {
		return errors.New("requests a second cannot be fewer than none; use 0 for any number")
	}
	if c.URL == "" {
		if !onLoopback(c.Addr) {
			return fmt.Errorf("%s can be reached from other machines, so the server has to know by which address: set GREENROOM_URL, for example to http://%s", c.Addr, strings.Replace(c.Addr, "0.0.0.0", "this-machine.example.com", 1))
		}
		return nil
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return fmt.Errorf("GREENROOM_URL is %q; it has to be http:// or https:// and a host, without a path", c.URL)
	}
	return nil
}

func onLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func listenError(addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is in use, perhaps by another greenroom; stop that one, or choose another address with --addr", addr)
	}
	return fmt.Errorf("cannot listen on %s: %w", addr, err)
}

// settings is what the doors need to know.
func (c *serveCommand) settings(addr string, log *slog.Logger) (settings, error) {
	set := settings{url: strings.TrimRight(c.URL, "/"), secret: c.Secret, log: log, keyRate: c.KeyRate, addressRate: c.AddressRate}
	if set.url == "" {
		set.url = "http://" + addr
	}
	if set.secret != "" {
		return set, nil
	}
	var err error
	set.secret, err = secretIn(c.Data)
	return set, err
}

// What an empty installation is called until somebody says otherwise.
const (
	firstOrganization = "greenroom"
	firstTeam         = "team"
	firstPerson       = "owner"
)

var plainName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)

func firstStart(ctx context.Context, d *db.DB) (first registry.FirstStart, token string, err error) {
	token = randomHex(20)
	n := registry.NewInstallation{Organization: firstOrganization, Team: firstTeam, Person: firstPerson, Token: registry.Token(token)}
	if me, err := user.Current(); err == nil && me.Uid != "0" && plainName.MatchString(me.Username) && me.Username != firstOrganization && me.Username != firstTeam {
		n.Person = me.Username
	}
	first, err = d.FirstStart(ctx, registry.System(registry.CommandLine), n)
	if registry.KindOf(err) == registry.Invalid && n.Person != firstPerson {
		n.Person = firstPerson // the name of this machine's user is one of our addresses
		first, err = d.FirstStart(ctx, registry.System(registry.CommandLine), n)
	}
	return first, token, err
}

// greet prints where to go, in one piece.
func greet(out io.Writer, url string, first registry.FirstStart, token string) {
	if first.Link {
		fmt.Fprintf(out, "\nGreenroom is ready. Open this to sign in as %s; it works once, within a day:\n\n  %s/login/%s\n\nCtrl-C stops it.\n", first.Person, url, token)
		return
	}
	fmt.Fprintf(out, "\nGreenroom is ready at %s\nCtrl-C stops it.\n", url)
}
