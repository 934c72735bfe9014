package views

import (
	"net/url"
	"strings"
	"time"

	"greenroom/registry"
)

// inviteName is what tells an invitation from others.
func inviteName(i registry.Invite) string {
	if i.ForWhom != "" {
		return i.ForWhom
	}
	return "For anybody"
}

func madeFor(i MadeInvite) string {
	if i.ForWhom == "" {
		return "Send it to one person, who joins as " + string(i.Role) + "."
	}
	return "Send it to " + i.ForWhom + ", who joins as " + string(i.Role) + "."
}

// inviteEnd says why an invitation lets nobody in any more; when follows.
func inviteEnd(i registry.Invite) string {
	switch {
	case i.UsedAt != nil && i.UsedBy != "":
		return "used by " + i.UsedBy
	case i.UsedAt != nil:
		return "used"
	case i.RevokedAt != nil:
		return "taken back"
	}
	return "ran out"
}

func inviteEndedAt(i registry.Invite) time.Time {
	switch {
	case i.UsedAt != nil:
		return *i.UsedAt
	case i.RevokedAt != nil:
		return *i.RevokedAt
	}
	return i.ExpiresAt
}

func goodUntil(i MadeInvite) string { return i.ExpiresAt.UTC().Format("Mon 2 Jan 2006, 15:04 MST") }

// inviteLetter is an invitation as one person writes it to another.
func inviteLetter(i MadeInvite, from string) string {
	return "Hello,\n\n" +
		"this link lets you join the team " + i.TeamName + " of " + i.OrganizationName + " on Greenroom, our model registry, as " + string(i.Role) + ":\n\n" +
		i.Link + "\n\n" +
		"It lets one person in and is good until " + goodUntil(i) + ". If you have no account yet, you make one on the way in.\n\n" +
		from
}

func mailVerb(i MadeInvite) string {
	if a := i.Address(); a != "" {
		return "Write to " + a
	}
	return "Write an e-mail"
}

// mailURL opens the reader's own mail program with the letter in it (RFC 6068).
func mailURL(i MadeInvite, from string) string {
	part := func(text string) string {
		return strings.ReplaceAll(url.QueryEscape(strings.ReplaceAll(text, "\n", "\r\n")), "+", "%20")
	}
	return "mailto:" + part(i.Address()) + "?subject=" + part("Join "+i.TeamName+" on Greenroom") + "&body=" + part(inviteLetter(i, from))
}
