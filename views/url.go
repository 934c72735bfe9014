package views

// Where the frame of every page leads.
const (
	HomeURL     = "/"
	ProjectsURL = "/projects"
	KeysURL     = "/settings/keys"
	AccountURL  = "/settings/account"
	SignInURL   = "/login"
	SignOutURL  = "/logout"
	WelcomeURL  = "/welcome"
)
