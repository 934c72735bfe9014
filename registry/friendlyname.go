package registry

import "strings"

// FriendlyName makes up a name for a run that was given none, such as
// calm-river. The same seed always gives the same name.
func FriendlyName(seed uint64) string {
	adjective := adjectives[seed%uint64(len(adjectives))]
	noun := nouns[seed/uint64(len(adjectives))%uint64(len(nouns))]
	return adjective + "-" + noun
}

// Plain, friendly words that read well beside each other, and beside a failed run.
var adjectives = strings.Fields(`
	amber ancient autumn balmy bold brave bright brisk calm candid careful cheerful clear clever cool
	coral cosmic crimson crisp curious daring dashing dawn deep deft dewy distant dreamy eager early
	earnest easy electric elegant ember even fair faithful famous fancy fearless fine firm fleet floral
	fluent fond fragrant frosty gallant generous gentle giddy glad gleaming golden good graceful grand
	grateful great happy hardy hazy hearty helpful honest hopeful humble icy jolly jovial joyful keen
	kind late laughing leafy light likely lilac lively logical lucky lunar magic mellow merry mild misty
	modest morning mossy neat nimble noble northern open patient peaceful pleasant polar polished polite
	prime proud pure quick quiet radiant rare ready restful rich robust rosy royal ruby rustic sage
	serene shining silent silver sleek smart smooth snowy soft solar solid southern splendid spring
	steady stellar still stoic summer sunny super swift tender tidy tranquil trusting upbeat vague
	valiant velvet vibrant violet vital vivid wandering warm western whole wild wise wistful witty
	wooden young zesty`)

var nouns = strings.Fields(`
	acorn aspen aurora badger bay beacon bird blaze bloom breeze brook bush butterfly canyon capybara
	cedar cherry cliff cloud clover comet coral cosmos cove crane creek dawn deer delta dew disco dove
	dragon dream dune dust eagle earth elevator ember etude falcon feather fern field finch fire firefly
	flame flower fog forest fox frog frost galaxy garden glacier glade glitter grass grove gull harbor
	hare haze heron hill horizon island jazz jungle lagoon lake lantern leaf lion lynx maple marsh
	meadow meteor mist monkey moon morning moss mountain music nebula night oak oasis ocean orchid otter
	owl paper peak pebble pine plain planet plasma pond puddle quail rain raven reef resonance ridge
	river robin sailor salad sea serenity shadow shape sky smoke snow snowball sound sparrow spruce star
	stone storm stream sun sunset surf swan thunder tide totem tree valley vortex water waterfall wave
	wildflower willow wind wood wren yogurt`)
