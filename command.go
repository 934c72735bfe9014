package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"greenroom/db"
	"greenroom/registry"
)

// with does something with the house while a server runs or none does.
func (p places) with(ctx context.Context, s shell, do func(*db.DB) error) (err error) {
	h, err := p.open(ctx, s.logger(slog.LevelWarn))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	return do(h.db)
}

var atTheTerminal = registry.System(registry.CommandLine)

// orgAddCommand is `greenroom org add`.
type orgAddCommand struct {
	places

	Name  string `arg:"" help:"What it is called in addresses."`
	Empty bool   `help:"Without the registries model and dataset."`
}

// Run adds the organization.
func (c *orgAddCommand) Run(ctx context.Context, s shell) error {
	return c.with(ctx, s, func(d *db.DB) error {
		e, err := d.AddOrganization(ctx, atTheTerminal, c.Name, c.Empty)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "The organization %s is there.\n", e.Name)
		return nil
	})
}

// teamAddCommand is `greenroom team add`.
type teamAddCommand struct {
	places

	Name   string            `arg:"" help:"What it is called in addresses."`
	Org    string            `help:"The organization it belongs to; needed when there are several."`
	Member map[string]string `placeholder:"USER=ROLE" help:"Who belongs to it as admin, member or viewer; may be repeated."`
}

// Run adds the team with its members, or neither.
func (c *teamAddCommand) Run(ctx context.Context, s shell) error {
	var members []registry.NewMember
	for person, text := range c.Member {
		m := registry.NewMember{Person: person}
		if err := m.Role.UnmarshalText([]byte(text)); err != nil {
			return err
		}
		members = append(members, m)
	}
	return c.with(ctx, s, func(d *db.DB) error {
		e, err := d.AddTeam(ctx, atTheTerminal, c.Org, c.Name, members...)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "The team %s is there, in %s.\n", e.Name, e.OrganizationName)
		return nil
	})
}

// userAddCommand is `greenroom user add`.
type userAddCommand struct {
	places

	Name          string `arg:"" help:"What they are called in addresses."`
	FullName      string `help:"What people call them."`
	Email         string `help:"Their e-mail address."`
	Admin         bool   `help:"Let them administer the whole installation."`
	Org           string `xor:"org" help:"The organization they belong to; needed when there are several."`
	NoOrg         bool   `xor:"org" help:"They belong to no organization."`
	PasswordStdin bool   `help:"Read their password from a line of standard input."`
	APIKey        bool   `name:"api-key" xor:"key" help:"Make an API key and print it as the last line."`
	APIKeyStdin   bool   `name:"api-key-stdin" xor:"key" help:"Give them the API key on a line of standard input, after that of the password."`
}

// Run adds the person, and the key.
func (c *userAddCommand) Run(ctx context.Context, s shell) error {
	who := registry.NewPerson{Name: c.Name, FullName: c.FullName, Email: c.Email, Admin: c.Admin, Organization: c.Org}
	password, err := s.line(c.PasswordStdin)
	if err != nil {
		return err
	}
	key := registry.NewKey{Name: "made with the account", Scope: registry.ScopeAdmin}
	if key.Secret, err = s.line(c.APIKeyStdin); err != nil {
		return err
	}
	if c.APIKey {
		key.Secret = randomHex(20)
	}
	if key.Secret != "" {
		if err := key.Check(); err != nil {
			return err
		}
	}
	return c.with(ctx, s, func(d *db.DB) error {
		if c.PasswordStdin {
			if who.Password, err = d.HashPassword(ctx, password); err != nil {
				return err
			}
		}
		if who.Organization == "" && !c.NoOrg {
			if who.Organization, err = theOrganization(ctx, d); err != nil {
				return err
			}
		}
		return c.add(ctx, s, d, who, key)
	})
}

func (c *userAddCommand) add(ctx context.Context, s shell, d *db.DB, who registry.NewPerson, key registry.NewKey) error {
	p, err := d.AddPerson(ctx, atTheTerminal, who)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s is there.\n", p.Name)
	if key.Secret == "" {
		return nil
	}
	if _, err := d.MakeKey(ctx, registry.ActorOf(p, registry.CommandLine), key); err != nil {
		return err
	}
	if c.APIKey {
		fmt.Fprintln(s.out, key.Secret)
	}
	return nil
}

func theOrganization(ctx context.Context, d *db.DB) (string, error) {
	name, err := d.OnlyOrganization(ctx)
	if err == nil && name == "" {
		err = errors.New("there is no organization yet, or more than one; say which with --org, or --no-org")
	}
	return name, err
}

// userLinkCommand is `greenroom user link`.
type userLinkCommand struct {
	places

	Name string `arg:"" help:"Whom it signs in."`
	URL  string `name:"url" default:"http://127.0.0.1:8080" from:"GREENROOM_URL" help:"The address people use."`
}

// Run prints the link.
func (c *userLinkCommand) Run(ctx context.Context, s shell) error {
	return c.with(ctx, s, func(d *db.DB) error {
		token := randomHex(20)
		if err := d.MakeSignInLink(ctx, atTheTerminal, c.Name, registry.Token(token)); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "This link signs %s in once, within a day:\n%s/login/%s\n", c.Name, strings.TrimRight(c.URL, "/"), token)
		return nil
	})
}

// line reads one line of standard input, if it was asked for.
func (s shell) line(asked bool) (string, error) {
	if !asked {
		return "", nil
	}
	text, err := s.in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("standard input: %w", err)
	}
	if text = strings.TrimRight(text, "\r\n"); text == "" {
		return "", errors.New("standard input ended before the line that was asked for")
	}
	return text, nil
}
