package wandb

import (
	graphql "github.com/graph-gophers/graphql-go"

	"greenroom/registry"
)

// refusals are the mutations that Greenroom knows and does not do, by what they
// are for. README.md lists the same; a test compares the two.
var refusals = map[string]string{
	"rewindRun":                       "rewinding runs",
	"updateRunState":                  "setting a run's state from outside",
	"deleteModel":                     "deleting projects and registries from the SDK",
	"renameProject":                   "renaming projects and registries from the SDK",
	"createProjectMembers":            "changing the members of a registry from the SDK",
	"deleteProjectMembers":            "changing the members of a registry from the SDK",
	"updateProjectMember":             "changing the members of a registry from the SDK",
	"updateProjectTeamMember":         "changing the members of a registry from the SDK",
	"createFilterTrigger":             "automations",
	"updateFilterTrigger":             "automations",
	"deleteTrigger":                   "automations",
	"createGenericWebhookIntegration": "webhooks",
	"createTeam":                      "making teams from the SDK",
	"createInvite":                    "inviting people from the SDK",
	"deleteInvite":                    "removing people from teams from the SDK",
	"createServiceAccount":            "service accounts",
	"createUser":                      "making accounts from the SDK",
	"updateUser":                      "changing accounts from the SDK",
	"generateApiKey":                  "making API keys from the SDK",
	"deleteApiKey":                    "revoking API keys from the SDK",
}

// unknown are mutations that are not in the schema, by what they are for.
var unknown = map[string]string{
	"upsertSweep": "sweeps", "enqueueSweepRun": "sweeps", "createAgent": "sweeps", "agentHeartbeat": "sweeps",
	"createRunQueue": "launch", "upsertRunQueue": "launch", "deleteRunQueues": "launch", "deleteFromRunQueue": "launch",
	"pushToRunQueue": "launch", "pushToRunQueueByName": "launch", "popFromRunQueue": "launch", "ackRunQueueItem": "launch",
	"failRunQueueItem": "launch", "updateRunQueueItemWarning": "launch", "createLaunchAgent": "launch",
	"updateLaunchAgent": "launch", "createDefaultResourceConfig": "launch",
	"upsertView": "reports", "createAnonymousEntity": "anonymous runs",
}

// unsupported is the one sentence for what Greenroom does not do.
func unsupported(what string) error {
	return registry.Errorf(registry.Unsupported, "Greenroom does not support %s yet.", what)
}

// refuse is the answer of a mutation in refusals.
func refuse[T any](mutation string) (*T, error) { return nil, unsupported(refusals[mutation]) }

// ignored is an input that nobody looks at.
type ignored struct{}

func (ignored) ImplementsGraphQLType(string) bool { return true }

func (*ignored) UnmarshalGraphQL(any) error { return nil }

func (*ignored) Nullable() {}

// refused is the argument of a mutation that is not done.
type refused struct{ Input ignored }

type successPayload struct {
	Success          bool
	ClientMutationID *string
}

type (
	rewindRunPayload   struct{ RewoundRun *run }
	deleteModelPayload struct {
		Success          *bool
		ClientMutationID *string
	}
	triggerPayload struct {
		Trigger          *trigger
		ClientMutationID *string
	}
	integrationPayload struct{ Integration integration }
	entityPayload      struct{ Entity *entity }
	userPayload        struct{ User *user }
	apiKeyPayload      struct{ ApiKey *apiKey }
	invitePayload      struct{ Invite *invite }
	invite             struct {
		ID          graphql.ID
		Name, Email *string
		CreatedAt   *dateTime
		ToUser      *user
	}
)

// The mutations of refusals, each as the library wants it.

func (d *door) RewindRun(refused) (*rewindRunPayload, error) {
	return refuse[rewindRunPayload]("rewindRun")
}

func (d *door) UpdateRunState(refused) (*successPayload, error) {
	return refuse[successPayload]("updateRunState")
}

func (d *door) DeleteModel(refused) (*deleteModelPayload, error) {
	return refuse[deleteModelPayload]("deleteModel")
}

func (d *door) RenameProject(refused) (*upsertModelPayload, error) {
	return refuse[upsertModelPayload]("renameProject")
}

func (d *door) CreateProjectMembers(refused) (*successPayload, error) {
	return refuse[successPayload]("createProjectMembers")
}

func (d *door) DeleteProjectMembers(refused) (*successPayload, error) {
	return refuse[successPayload]("deleteProjectMembers")
}

func (d *door) UpdateProjectMember(refused) (*successPayload, error) {
	return refuse[successPayload]("updateProjectMember")
}

func (d *door) UpdateProjectTeamMember(refused) (*successPayload, error) {
	return refuse[successPayload]("updateProjectTeamMember")
}

func (d *door) CreateFilterTrigger(refused) (*triggerPayload, error) {
	return refuse[triggerPayload]("createFilterTrigger")
}

func (d *door) UpdateFilterTrigger(refused) (*triggerPayload, error) {
	return refuse[triggerPayload]("updateFilterTrigger")
}

func (d *door) DeleteTrigger(refused) (*successPayload, error) {
	return refuse[successPayload]("deleteTrigger")
}

func (d *door) CreateGenericWebhookIntegration(refused) (*integrationPayload, error) {
	return refuse[integrationPayload]("createGenericWebhookIntegration")
}

func (d *door) CreateTeam(refused) (*entityPayload, error) {
	return refuse[entityPayload]("createTeam")
}

func (d *door) CreateInvite(refused) (*invitePayload, error) {
	return refuse[invitePayload]("createInvite")
}

func (d *door) DeleteInvite(refused) (*successPayload, error) {
	return refuse[successPayload]("deleteInvite")
}

func (d *door) CreateServiceAccount(refused) (*userPayload, error) {
	return refuse[userPayload]("createServiceAccount")
}

func (d *door) CreateUser(refused) (*userPayload, error) {
	return refuse[userPayload]("createUser")
}

func (d *door) UpdateUser(refused) (*userPayload, error) {
	return refuse[userPayload]("updateUser")
}

func (d *door) GenerateApiKey(refused) (*apiKeyPayload, error) {
	return refuse[apiKeyPayload]("generateApiKey")
}

func (d *door) DeleteApiKey(refused) (*successPayload, error) {
	return refuse[successPayload]("deleteApiKey")
}
