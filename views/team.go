package views

import "greenroom/registry"

func leaveText(t registry.Team) string {
	return "You will not see what belongs to " + t.Name + " any more. What you logged there stays. Only an admin can let you in again."
}

// teamRole is a role one can have in a team, with what it lets one do.
type teamRole struct {
	role registry.Role
	may  string
}

func teamRoles() []teamRole {
	return []teamRole{
		{registry.Viewer, "looks and downloads"},
		{registry.Member, "also logs runs and links models"},
		{registry.Admin, "also decides who belongs here"},
	}
}
