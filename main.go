// Command greenroom is a self-hosted model registry that speaks the protocol of
// Weights & Biases clients.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"greenroom/registry"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // a second Ctrl-C ends the program at once
	}()
	sh := shell{env: os.LookupEnv, in: bufio.NewReader(os.Stdin), out: os.Stdout, log: os.Stderr}
	if err := run(ctx, os.Args[1:], sh); err != nil {
		fmt.Fprintln(os.Stderr, "greenroom: "+sentence(err))
		os.Exit(1)
	}
}

// A shell is what the program runs in. Lines for people go to out, the log to
// log.
type shell struct {
	env func(name string) (string, bool)
	in  *bufio.Reader
	out io.Writer
	log io.Writer
}

// logger is the log of a command, with what is at least level.
func (s shell) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: level}))
}

// arguments are the commands. Each flag that has an environment variable names
// it in from.
type arguments struct {
	Serve serveCommand `cmd:"" help:"Serve the registry, with a Postgres of our own unless DATABASE_URL is set."`
	Org   struct {
		Add orgAddCommand `cmd:"" help:"Add an organization."`
	} `cmd:"" help:"Organizations."`
	Team struct {
		Add teamAddCommand `cmd:"" help:"Add a team."`
	} `cmd:"" help:"Teams."`
	User struct {
		Add  userAddCommand  `cmd:"" help:"Add a person."`
		Link userLinkCommand `cmd:"" help:"Print a link that signs a person in once, for somebody who forgot the password."`
	} `cmd:"" help:"People."`
	Version kong.VersionFlag `help:"Print the version."`
}

// A command is what the arguments ask for.
type command interface {
	Run(ctx context.Context, s shell) error
}

// run does what args ask for, and returns when it is done or ctx is.
func run(ctx context.Context, args []string, s shell) error {
	var asked arguments
	done := false // by --help or --version, which are told to exit rather than to return
	parser, err := kong.New(&asked,
		kong.Name("greenroom"),
		kong.Description("A self-hosted model registry that speaks the protocol of Weights & Biases clients."),
		kong.Writers(s.out, s.log),
		kong.Exit(func(int) { done = true }),
		kong.Vars{
			"version":      version(),
			"key_rate":     strconv.Itoa(registry.KeyRate),
			"address_rate": strconv.Itoa(registry.AddressRate),
		},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Resolvers(environment(s)),
		kong.ValueFormatter(func(v *kong.Value) string {
			if name := v.Tag.Get("from"); name != "" {
				return v.Help + " [" + name + "]"
			}
			return v.Help
		}),
	)
	if err != nil {
		return fmt.Errorf("commands: %w", err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if done {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w; see greenroom --help", err)
	}
	return parsed.Selected().Target.Addr().Interface().(command).Run(ctx, s)
}

// environment gives flags the value of the variable they name.
func environment(s shell) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		name := flag.Tag.Get("from")
		if name == "" {
			return nil, nil //nolint:nilnil // how kong is told that there is none
		}
		if value, ok := s.env(name); ok && value != "" {
			return value, nil
		}
		return nil, nil //nolint:nilnil // likewise
	})
}

// version is the release, or the commit it was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return "greenroom " + info.Main.Version
	}
	return "greenroom"
}

// sentence is what to tell the person at the terminal.
func sentence(err error) string {
	if known, ok := errors.AsType[*registry.Error](err); ok {
		return known.Message
	}
	return strings.TrimSuffix(err.Error(), "\n")
}
