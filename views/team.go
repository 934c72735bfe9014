package views

import "greenroom/registry"

func personName(m registry.Membership) string {
	if m.FullName != "" {
		return m.FullName
	}
	return m.PersonName
}

func removeVerb(p Page, m registry.Membership) string {
	if m.PersonName == p.Viewer.Username {
		return "Leave"
	}
	return "Remove"
}

func removeWhat(p Page, t registry.Team, m registry.Membership) string {
	if m.PersonName == p.Viewer.Username {
		return "Leave " + t.Name
	}
	return "Remove " + m.PersonName
}

func removeText(p Page, t registry.Team, m registry.Membership) string {
	if m.PersonName == p.Viewer.Username {
		return "You will not see what belongs to " + t.Name + " any more. What you logged there stays."
	}
	return personName(m) + " will not see what belongs to " + t.Name + " any more. What they logged there stays."
}
